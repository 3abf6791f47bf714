import type { AwsPlatform, Connection, Location, Platform, SetupOptions } from '@sluice/core'

/** One setup to write down: what it is made from. */
export interface SetupCase {
  readonly connection: Connection
  readonly platform: Platform
  readonly options: SetupOptions
}

export const AWS: AwsPlatform = {
  principalArn: 'arn:aws:iam::123456789012:role/xxxxxxx/tnabcdefg/xxxxxxx-tnabcdefg',
  accountId: '123456789012',
  trust: 'account',
  partition: 'aws',
  stsRegion: 'us-west-2',
}

export function platformOf(aws: Partial<AwsPlatform> = {}, issuer?: Platform['issuer']): Platform {
  return { aws: { ...AWS, ...aws }, ...(issuer === undefined ? {} : { issuer }), regions: ['us-west-2'], egressAddresses: [] }
}

export function folder(bucket: string, prefix: string): Location {
  return { cloud: 'aws', bucket, prefix, extent: prefix === '' ? 'bucket' : 'folder' }
}

export function object(bucket: string, key: string): Location {
  return { cloud: 'aws', bucket, prefix: key, extent: 'object' }
}

export function connectionOf(changes: Partial<Connection> = {}): Connection {
  return {
    id: 'conn_a2c4e6g2i4k6m2o4q6s2',
    organization: 'acme',
    project: 'analytics',
    name: 'lake',
    description: '',
    labels: {},
    cloud: 'aws',
    auth: {
      method: 'role',
      fields: { roleArn: 'arn:aws:iam::987654321987:role/lake-test' },
      externalId: { kind: 'chosen', value: 'my-external-id-123' },
    },
    locations: [folder('test-bucket-123', 'data/')],
    purposes: ['import'],
    access: ['list', 'read'],
    settings: { region: 'us-west-2' },
    state: 'waiting',
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    version: 1,
    ...changes,
  }
}

const KEY = 'arn:aws:kms:us-west-2:987654321987:key/0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd'
const OTHER_KEY = 'arn:aws:kms:us-west-2:111122223333:key/c3046e91-fdfc-4f3a-acff-00597dd3801f'
const ISSUED = { kind: 'issued', value: 'sluice-0123456789abcdef0123456789abcdef' } as const

/** The setups kept as files under testdata/setup, by folder. */
export const SETUP_CASES: { readonly [folder: string]: SetupCase } = {
  'import-folder': { connection: connectionOf(), platform: platformOf(), options: {} },
  'exact-principal-whole-bucket': {
    connection: connectionOf({ locations: [folder('test-bucket-123', '')] }),
    platform: platformOf({ trust: 'principal' }),
    options: {},
  },
  'export-with-kms': {
    connection: connectionOf({
      purposes: ['export'],
      access: ['write'],
      settings: { region: 'us-west-2', kmsWriteKeys: [KEY], kmsReadKeys: [KEY], encryption: { algorithm: 'aws:kms', keyId: KEY } },
    }),
    platform: platformOf(),
    options: {},
  },
  'backup-into-new-bucket': {
    connection: connectionOf({
      name: 'nightly backup',
      auth: { method: 'role', fields: {}, externalId: ISSUED },
      purposes: ['backup'],
      access: ['list', 'read', 'write', 'delete'],
      locations: [folder('acme-backups', '')],
    }),
    platform: { ...platformOf(), aws: { ...AWS, templateBucket: { name: 'sluice-templates', region: 'us-west-2' } } },
    options: {
      accountId: '987654321987',
      roleName: 'acme-backup',
      rolePath: '/data/',
      policyName: 'acme-backup-access',
      tags: { team: 'data platform', 'cost-center': '42' },
      permissionsBoundary: 'arn:aws:iam::987654321987:policy/third-parties',
      createBucket: { region: 'us-west-2', kmsKeyArn: KEY },
    },
  },
  'single-object-account-unknown': {
    connection: connectionOf({
      auth: { method: 'role', fields: {}, externalId: ISSUED },
      locations: [object('test-bucket-123', 'exports/2026/flights (final) *?.parquet')],
    }),
    platform: platformOf(),
    options: {},
  },
  'several-buckets-of-another-account': {
    connection: connectionOf({
      purposes: ['import', 'purge'],
      access: ['list', 'read', 'delete'],
      locations: [
        folder('acme-raw', 'events/'),
        folder('acme-raw', 'users/'),
        object('acme-raw', 'manifest.json'),
        folder('acme-cooked', ''),
      ],
      settings: { region: 'us-west-2', kmsReadKeys: [KEY, OTHER_KEY] },
    }),
    platform: platformOf(),
    options: { bucketAccountId: '111122223333' },
  },
  china: {
    connection: connectionOf({
      auth: { method: 'role', fields: { roleArn: 'arn:aws-cn:iam::987654321987:role/sluice-lake' }, externalId: ISSUED },
      access: ['list', 'read', 'write'],
      settings: {
        region: 'cn-north-1',
        kmsWriteKeys: ['arn:aws-cn:kms:cn-north-1:987654321987:key/0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd'],
      },
    }),
    platform: platformOf({ partition: 'aws-cn', principalArn: 'arn:aws-cn:iam::123456789012:role/sluice', stsRegion: 'cn-north-1' }),
    options: {},
  },
  oidc: {
    connection: connectionOf({ auth: { method: 'oidc', fields: { roleArn: 'arn:aws:iam::987654321987:role/lake-test' } } }),
    platform: { issuer: { url: 'https://sluice.example.com' }, regions: [], egressAddresses: [] },
    options: {},
  },
  'oidc-china-issuer-with-path-new-bucket': {
    connection: connectionOf({
      auth: { method: 'oidc', fields: { roleArn: 'arn:aws-cn:iam::987654321987:role/data/lake-test' } },
      purposes: ['backup'],
      access: ['list', 'read', 'write', 'delete'],
      settings: { region: 'cn-north-1' },
    }),
    platform: platformOf({}, { url: 'https://example.com/sluice/1' }),
    options: { createBucket: { region: 'cn-north-1' }, tags: { team: 'data' } },
  },
  'access-key': {
    connection: connectionOf({
      auth: { method: 'keys', fields: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, secretId: 'secret_a' },
      access: ['list', 'read', 'write'],
    }),
    platform: { regions: [], egressAddresses: [] },
    options: { accountId: '987654321987' },
  },
  'project-wide-without-external-id': {
    connection: connectionOf({
      auth: { method: 'role', fields: { roleArn: 'arn:aws:iam::987654321987:role/lake-test' }, externalId: { kind: 'none' } },
    }),
    platform: platformOf(),
    options: {},
  },
  'too-long-for-a-managed-policy': {
    connection: connectionOf({ locations: Array.from({ length: 110 }, (_, index) => folder('test-bucket-123', `tenants/t${index}/`)) }),
    platform: platformOf(),
    options: {},
  },
  'hostile-names': {
    connection: connectionOf({
      name: `x'; rm -rf "$HOME" \`id\`\nJSON\n\${bad} %{bad}`,
      auth: { method: 'role', fields: { roleArn: 'arn:aws:iam::987654321987:role/lake-test' }, externalId: ISSUED },
      locations: [folder('test-bucket-123', `a'b"c\`d\${aws:username}e$f%{g}h*i?j\\k\u00e9\u4e2d\u{1f600}$(id)/`)],
    }),
    platform: platformOf(),
    options: {},
  },
}
