import type { AliyunPlatform, Connection, Location, Platform } from '@sluice/core'
import { type SetupCase, connectionOf } from './setup-cases.ts'

export const CUSTOMER = '9876543210987654'
export const OTHER = '1111222233334444'
export const ROLE_ARN = `acs:ram::${CUSTOMER}:role/lake-test`

export const ALIYUN: AliyunPlatform = {
  principalArn: 'acs:ram::1234567890123456:role/sluice',
  accountId: '1234567890123456',
  stsRegion: 'cn-hangzhou',
}

export function aliyunPlatformOf(change: Partial<Platform> = {}): Platform {
  return { aliyun: ALIYUN, issuer: { url: 'https://sluice.example.com' }, regions: ['cn-beijing'], egressAddresses: [], ...change }
}

export function ossFolder(bucket: string, prefix: string): Location {
  return { cloud: 'aliyun', bucket, prefix, extent: prefix === '' ? 'bucket' : 'folder' }
}

export function ossObject(bucket: string, key: string): Location {
  return { cloud: 'aliyun', bucket, prefix: key, extent: 'object' }
}

export const OIDC_AUTH: Connection['auth'] = {
  method: 'oidc',
  fields: { roleArn: ROLE_ARN, oidcProviderArn: `acs:ram::${CUSTOMER}:oidc-provider/sluice-sluice.example.com` },
}

/** A connection by role, unless a test says otherwise. */
export function ossConnectionOf(changes: Partial<Connection> = {}): Connection {
  return connectionOf({
    cloud: 'aliyun',
    auth: { method: 'role', fields: { roleArn: ROLE_ARN }, externalId: { kind: 'chosen', value: 'my-external-id-123' } },
    locations: [ossFolder('test-bucket-123', 'data/')],
    settings: { region: 'cn-beijing' },
    ...changes,
  })
}

export const OSS_KEY = `acs:kms:cn-beijing:${CUSTOMER}:key/0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd`
const OTHER_KEY = `acs:kms:cn-beijing:${CUSTOMER}:key/key-bjj65a4f6a1q0z0a1b2c3`
const ISSUED = { kind: 'issued', value: 'sluice-0123456789abcdef0123456789abcdef' } as const

/** The setups kept as files under testdata/setup-aliyun, by folder. */
export const ALIYUN_SETUP_CASES: { readonly [folder: string]: SetupCase } = {
  'import-folder': { connection: ossConnectionOf(), platform: aliyunPlatformOf(), options: {} },
  'whole-bucket-trusting-a-user': {
    connection: ossConnectionOf({ locations: [ossFolder('test-bucket-123', '')] }),
    platform: aliyunPlatformOf({ aliyun: { ...ALIYUN, principalArn: 'acs:ram::1234567890123456:user/sluice' } }),
    options: {},
  },
  'export-with-kms': {
    connection: ossConnectionOf({
      purposes: ['export'],
      access: ['write'],
      settings: {
        region: 'cn-beijing',
        kmsWriteKeys: [OSS_KEY],
        kmsReadKeys: [OSS_KEY],
        encryption: { algorithm: 'aws:kms', keyId: OSS_KEY },
      },
    }),
    platform: aliyunPlatformOf(),
    options: {},
  },
  'backup-into-new-bucket': {
    connection: ossConnectionOf({
      name: 'nightly backup',
      auth: { method: 'role', fields: {}, externalId: ISSUED },
      purposes: ['backup'],
      access: ['list', 'read', 'write', 'delete'],
      locations: [ossFolder('acme-backups', '')],
    }),
    platform: aliyunPlatformOf({ aliyun: { ...ALIYUN, templateBucket: { name: 'sluice-templates', region: 'cn-beijing' } } }),
    options: {
      accountId: CUSTOMER,
      roleName: 'acme-backup',
      policyName: 'acme-backup-access',
      createBucket: { region: 'cn-beijing', kmsKeyArn: OSS_KEY },
    },
  },
  'single-object-account-unknown': {
    connection: ossConnectionOf({
      auth: { method: 'role', fields: {}, externalId: ISSUED },
      locations: [ossObject('test-bucket-123', 'exports/2026/flights (final).parquet')],
    }),
    platform: aliyunPlatformOf(),
    options: {},
  },
  'several-buckets-of-another-account': {
    connection: ossConnectionOf({
      purposes: ['import', 'purge'],
      access: ['list', 'read', 'delete'],
      locations: [
        ossFolder('acme-raw', 'events/'),
        ossFolder('acme-raw', 'users/'),
        ossObject('acme-raw', 'manifest.json'),
        ossFolder('acme-cooked', ''),
      ],
      settings: { region: 'cn-beijing', kmsReadKeys: [OSS_KEY, OTHER_KEY] },
    }),
    platform: aliyunPlatformOf(),
    options: { bucketAccountId: OTHER },
  },
  oidc: {
    connection: ossConnectionOf({ auth: OIDC_AUTH }),
    platform: { issuer: { url: 'https://sluice.example.com' }, regions: [], egressAddresses: [] },
    options: {},
  },
  'oidc-account-unknown-issuer-with-path': {
    connection: ossConnectionOf({
      auth: { method: 'oidc', fields: {} },
      access: ['list', 'read', 'write'],
      purposes: ['import', 'export'],
    }),
    platform: aliyunPlatformOf({ issuer: { url: 'https://example.com/sluice/1' } }),
    options: {},
  },
  'access-key': {
    connection: ossConnectionOf({
      auth: { method: 'keys', fields: { accessKeyId: 'LTAI5tExampleExampleExam' }, secretId: 'secret_a' },
      access: ['list', 'read', 'write'],
    }),
    platform: { regions: [], egressAddresses: [] },
    options: { accountId: CUSTOMER },
  },
  'project-wide-without-external-id': {
    connection: ossConnectionOf({ auth: { method: 'role', fields: { roleArn: ROLE_ARN }, externalId: { kind: 'none' } } }),
    platform: aliyunPlatformOf(),
    options: {},
  },
  'hostile-names': {
    connection: ossConnectionOf({
      name: `x'; rm -rf "$HOME" \`id\`\nJSON\n\${bad} %{bad}`,
      auth: { method: 'role', fields: { roleArn: ROLE_ARN }, externalId: ISSUED },
      locations: [ossFolder('test-bucket-123', `a'b"c\`d$e%{f}g\\h\u00e9\u4e2d\u{1f600}$(id)/`)],
    }),
    platform: aliyunPlatformOf(),
    options: {},
  },
}
