import type { Access, Connection, Lease, Location, ObjectStore, Platform } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { memberOf, providerOf } from './identity.ts'
import type { Signers } from './lease.ts'
import { projectOf } from './names.ts'
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
  const project = settings.requesterPays === true ? billedProject(connection, deps.platform()) : undefined
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

/** The project that pays where the bucket bills whoever asks: the one named, else that of who asks. */
export function billedProject(connection: Connection, platform: Platform): string | undefined {
  const { billingProject } = connection.auth.fields
  if (billingProject !== undefined) return billingProject
  const member = memberOf(connection, platform)
  if (member?.startsWith('serviceAccount:') === true) return projectOf(member.slice('serviceAccount:'.length))
  return providerOf(connection)?.projectNumber
}
