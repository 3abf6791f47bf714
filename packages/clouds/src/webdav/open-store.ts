import {
  type Access,
  type Connection,
  type Lease,
  type LeaseScope,
  type Location,
  type ObjectStore,
  type OpenConnection,
  accessError,
} from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { withRetries } from '../http/retry-layer.ts'
import { leaseId } from '../lease-id.ts'
import { webdavCaller } from './call.ts'
import { createWebdavStore } from './object-store.ts'
import { capabilitiesOf } from './presets.ts'

/** Opens one share. */
export function openWebdavStore(
  deps: CloudDeps,
  connection: Connection,
  location: Location,
  current: (signal: AbortSignal, access: Access) => Promise<Lease>,
): ObjectStore {
  const call = webdavCaller(deps, connection, location.bucket, current)
  return withRetries(deps)(createWebdavStore(location.bucket, capabilitiesOf(connection.settings.preset), call))
}

/** The password itself, which the server makes nothing narrower of: used by Sluice alone and never handed out. */
export function webdavLease(deps: Pick<CloudDeps, 'random'>, { connection, secret }: OpenConnection, scope: LeaseScope): Lease {
  if (scope.access.length === 0) throw accessError('lease.no_access', { message: 'A lease that allows nothing was asked for.' })
  const lease = { id: leaseId(deps.random), scope, narrowed: false, expiresAt: Infinity }
  if (connection.auth.method === 'none') return { ...lease, secret: { kind: 'anonymous' } }
  if (secret === undefined)
    throw accessError('auth.secret_missing', { message: `The password of connection ${connection.name} is not there.` })
  const reach = 'Everything that the user may do on the server.'
  return { ...lease, reach, secret: { kind: 'stored', secret } }
}
