import type { Connection, Location, Platform, SetupOptions } from '@sluice/core'
import type { SetupCase } from './setup-cases.ts'

export const PLATFORM: Platform = {
  issuer: { url: 'https://sluice.example.com' },
  azure: {
    clientId: '33333333-3333-4333-8333-333333333333',
    objectId: '44444444-4444-4444-8444-444444444444',
    tenantId: '11111111-1111-4111-8111-111111111111',
  },
  regions: [],
  egressAddresses: ['192.0.2.0/28'],
}

export const SUBSCRIPTION = '22222222-2222-4222-8222-222222222222'

export function folder(bucket: string, prefix: string, account = 'lakedata'): Location {
  return { cloud: 'azure', account, bucket, prefix, extent: prefix === '' ? 'bucket' : 'folder' }
}

export function blob(bucket: string, key: string, account = 'lakedata'): Location {
  return { cloud: 'azure', account, bucket, prefix: key, extent: 'object' }
}

export function connectionOf(changes: Partial<Connection> = {}): Connection {
  return {
    id: 'conn_a2c4e6g2i4k6m2o4q6s2',
    organization: 'acme',
    project: 'analytics',
    name: 'lake',
    description: '',
    labels: {},
    cloud: 'azure',
    auth: { method: 'federation', fields: {} },
    locations: [folder('landing', 'data/')],
    purposes: ['import'],
    access: ['list', 'read'],
    settings: {},
    state: 'draft',
    createdAt: '2026-01-01T12:34:56.000Z',
    updatedAt: '2026-01-01T12:34:56.000Z',
    version: 1,
    ...changes,
  }
}

function setupCase(connection: Partial<Connection>, options: SetupOptions = {}): SetupCase {
  return { connection: connectionOf(connection), platform: PLATFORM, options }
}

const KNOWN = { tenantId: '11111111-1111-4111-8111-111111111111', clientId: '55555555-5555-4555-8555-555555555555' }
const SAS = { method: 'sas', fields: {} } as const
const ALL = ['list', 'read', 'write', 'delete'] as const

/** The setups kept as files under testdata/setup, by folder. */
export const AZURE_SETUP_CASES: { readonly [folder: string]: SetupCase } = {
  'azure-federation-import-folder': setupCase({}),
  'azure-federation-backup-known': setupCase(
    { auth: { method: 'federation', fields: KNOWN }, purposes: ['backup'], access: ALL, locations: [folder('backups', '')] },
    { subscriptionId: SUBSCRIPTION, resourceGroup: 'lake', customRoleId: 'Sluice backups' },
  ),
  'azure-federation-two-accounts': setupCase(
    {
      access: ['list', 'read', 'delete'],
      purposes: ['import', 'purge'],
      locations: [
        folder('landing', 'events/'),
        folder('landing', 'users/'),
        blob('landing', 'manifest.json'),
        folder('landing', '', 'other'),
      ],
    },
    { applicationName: 'Data platform' },
  ),
  'azure-federation-write-only': setupCase({ access: ['write'], purposes: ['export'] }),
  'azure-federation-hostile-names': setupCase({
    access: ['list', 'delete'],
    purposes: ['purge'],
    name: 'näher',
    locations: [folder('landing', 'a "b" $(c) `d` ${e} %{f} [g] é 中/'), blob('landing', '[x] 100% of +it.csv')],
  }),
  'azure-managed-identity': setupCase({ auth: { method: 'managed-identity', fields: {} }, access: ['list', 'read', 'write'] }),
  'azure-managed-identity-reader': setupCase(
    { auth: { method: 'managed-identity', fields: { accountName: 'lakedata' } }, locations: [folder('landing', '')] },
    { subscriptionId: SUBSCRIPTION, resourceGroup: 'lake' },
  ),
  'azure-sas-folder': setupCase({ auth: SAS }),
  'azure-sas-blob': setupCase(
    { auth: SAS, locations: [blob('landing', 'exports/flights (final) 2026.parquet')] },
    { resourceGroup: 'lake' },
  ),
  'azure-sas-two-containers': setupCase(
    { auth: SAS, access: ALL, purposes: ['backup'], locations: [folder('landing', ''), folder('backups', 'nightly/')] },
    { subscriptionId: SUBSCRIPTION, resourceGroup: 'lake', expiresAt: '2027-01-31T00:00:00Z' },
  ),
  'azure-account-key': setupCase({ auth: { method: 'account-key', fields: { accountName: 'lakedata' }, secretId: 'secret_a' } }),
}
