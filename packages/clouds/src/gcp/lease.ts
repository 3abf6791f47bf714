import { type Lease, type LeaseScope, type OpenConnection, accessError } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { retry } from '../http/retry.ts'
import { leaseId } from '../lease-id.ts'
import { accessBoundary } from './access-boundary.ts'
import { billedProject } from './billing.ts'
import { type BlobSigner, callerFor, identityOf } from './identity.ts'
import { downscope } from './sts.ts'

/** Who signs beside a lease. Not part of the lease: what is handed out must not hold it. */
export interface Signers {
  get(lease: Lease): BlobSigner | undefined
  set(lease: Lease, signer: BlobSigner): void
}

/** Issues a lease: a token of the connection's identity, narrowed by an access boundary to exactly `scope`. */
export async function leaseGcp(
  deps: CloudDeps,
  signers: Signers,
  open: OpenConnection,
  scope: LeaseScope,
  seconds: number,
  signal: AbortSignal,
): Promise<Lease> {
  const { connection } = open
  if (scope.access.length === 0) throw accessError('gcp.lease.empty', { message: 'A lease that allows nothing was asked for.' })
  // Refused before anybody is asked for a token.
  const boundary = accessBoundary(scope, {
    deleteRole: connection.auth.fields['deleteRole'],
    billedProject: billedProject(connection, deps.platform()),
  })
  const { token, signer } = await identityOf(deps, open, seconds, signal)
  const narrow = await retry(() => downscope(callerFor(deps, connection), token, boundary, signal), deps, signal)
  const lease: Lease = {
    id: leaseId(deps.random),
    scope,
    narrowed: true,
    expiresAt: narrow.expiresAt,
    secret: { kind: 'bearer', token: narrow.token },
  }
  if (signer !== undefined) signers.set(lease, signer)
  return lease
}
