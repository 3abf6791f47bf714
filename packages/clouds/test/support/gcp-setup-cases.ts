import { type Connection, type Location, type Platform, connectionSubject } from '@sluice/core'
import { type SetupCase, connectionOf } from './setup-cases.ts'

export const GCP_PLATFORM: Platform = {
  gcp: { serviceAccount: 'sluice-{project}@sluice-platform.iam.gserviceaccount.com' },
  issuer: { url: 'https://sluice.example.com' },
  regions: ['europe-west3'],
  egressAddresses: [],
}

export const PROVIDER = 'projects/123456789012/locations/global/workloadIdentityPools/sluice-lake/providers/sluice'
export const ACCOUNT = 'loader@acme-data.iam.gserviceaccount.com'

export function gcpFolder(bucket: string, prefix: string): Location {
  return { cloud: 'gcp', bucket, prefix, extent: prefix === '' ? 'bucket' : 'folder' }
}

export function gcpObject(bucket: string, key: string): Location {
  return { cloud: 'gcp', bucket, prefix: key, extent: 'object' }
}

export function gcpConnectionOf(changes: Partial<Connection> = {}): Connection {
  return connectionOf({
    cloud: 'gcp',
    auth: { method: 'federation', fields: { provider: PROVIDER } },
    locations: [gcpFolder('acme-lake', 'data/')],
    settings: {},
    ...changes,
  })
}

export const SUBJECT = connectionSubject(gcpConnectionOf())

const grant = (fields: { readonly [name: string]: string } = {}): Connection['auth'] => ({ method: 'grant', fields })
const key: Connection['auth'] = {
  method: 'service-account-key',
  fields: { clientEmail: ACCOUNT, privateKeyId: '0123456789abcdef' },
  secretId: 'secret_a',
}

/** The setups kept as files under testdata/setup-gcp, by folder. */
export const GCP_SETUP_CASES: { readonly [folder: string]: SetupCase } = {
  'federation-import-folder': {
    connection: gcpConnectionOf(),
    platform: GCP_PLATFORM,
    options: { projectId: 'acme-data' },
  },
  'federation-project-unknown': {
    connection: gcpConnectionOf({ auth: { method: 'federation', fields: {} }, locations: [gcpFolder('acme-lake', '')] }),
    platform: GCP_PLATFORM,
    options: {},
  },
  'federation-as-service-account': {
    connection: gcpConnectionOf({
      auth: { method: 'federation', fields: { provider: PROVIDER, serviceAccount: ACCOUNT, audience: 'https://sluice.example.com' } },
      purposes: ['backup'],
      access: ['list', 'read', 'write', 'delete'],
      locations: [gcpFolder('acme-lake', 'data/'), gcpFolder('acme-lake', 'more/'), gcpObject('acme-raw', 'manifest.json')],
    }),
    platform: GCP_PLATFORM,
    options: { customRoleId: 'acmeSluice' },
  },
  'federation-purge': {
    connection: gcpConnectionOf({ purposes: ['purge'], access: ['list', 'delete'] }),
    platform: GCP_PLATFORM,
    options: { projectId: 'acme-data', poolId: 'sluice-lake', providerId: 'sluice' },
  },
  'grant-export': {
    connection: gcpConnectionOf({ auth: grant(), purposes: ['export'], access: ['write'] }),
    platform: GCP_PLATFORM,
    options: { projectId: 'acme-data' },
  },
  'grant-as-service-account': {
    connection: gcpConnectionOf({ auth: grant({ serviceAccount: ACCOUNT }) }),
    platform: GCP_PLATFORM,
    options: {},
  },
  'grant-account-of-another-project': {
    connection: gcpConnectionOf({ auth: grant({ serviceAccount: ACCOUNT }) }),
    platform: GCP_PLATFORM,
    options: { projectId: 'acme-buckets' },
  },
  key: { connection: gcpConnectionOf({ auth: key }), platform: { regions: [], egressAddresses: [] }, options: {} },
  'key-to-be-made': {
    connection: gcpConnectionOf({ auth: { method: 'service-account-key', fields: {} } }),
    platform: { regions: [], egressAddresses: [] },
    options: { projectId: 'acme-data' },
  },
  'more-folders-than-a-condition-takes': {
    connection: gcpConnectionOf({ locations: Array.from({ length: 30 }, (_, index) => gcpFolder('acme-lake', `tenants/t${index}/`)) }),
    platform: GCP_PLATFORM,
    options: { projectId: 'acme-data' },
  },
  'hostile-names': {
    connection: gcpConnectionOf({
      name: `x'; rm -rf "$HOME" \`id\`\nJSON\n\${bad} %{bad}`,
      auth: { method: 'federation', fields: {} },
      locations: [gcpFolder('acme-lake', `a'b"c\`d\${e}$f%{g}h*i?j\\k\u00e9\u4e2d\u{1f600}$(id)/`)],
    }),
    platform: GCP_PLATFORM,
    options: {},
  },
}
