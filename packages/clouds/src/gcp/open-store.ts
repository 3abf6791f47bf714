import type { Access, Connection, Lease, Location, ObjectStore } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { billedProject } from './billing.ts'
import type { Signers } from './lease.ts'
import { createGcsStore } from './object-store.ts'

/** What every bucket of Google can do. */
export const GCP_CAPABILITIES = {
  presign: true,
  conditionalPut: true,
  versions: true,
  listStartAfter: true,
  multipart: true,
  // Parts are joined before they are sent, so that they may have any length; this is the least that is sent at a time.
  minPartBytes: 256 * 1024,
  maxParts: 10_000,
  maxKeysPerPage: 1_000,
} as const

/** Opens one bucket of Google, without retries. */
export function openGcpStore(
  deps: CloudDeps,
  signers: Signers,
  connection: Connection,
  location: Location,
  current: (signal: AbortSignal, access: Access) => Promise<Lease>,
): ObjectStore {
  const { settings } = connection
  const project = billedProject(connection, deps.platform())
  return createGcsStore({
    capabilities: { ...GCP_CAPABILITIES, presign: signs(connection) },
    bucket: location.bucket,
    lease: current,
    signers,
    transport: deps.transport,
    clock: deps.clock,
    random: deps.random,
    tenant: connection.id,
    resource: settings.storageClass === undefined ? {} : { storageClass: settings.storageClass },
    ...(settings.encryption?.keyId === undefined ? {} : { kmsKeyName: settings.encryption.keyId }),
    ...(project === undefined ? {} : { userProject: project }),
  })
}

/** The principal of a pool has no key to sign with; every service account has. */
function signs({ auth }: Connection): boolean {
  return auth.method !== 'federation' || auth.fields['serviceAccount'] !== undefined
}
