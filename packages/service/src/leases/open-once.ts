import { type Access, type Lease, type LeaseScope, type Location, type ObjectStore, type OpenConnection } from '@sluice/core'
import { audited } from '../audit/record.ts'
import type { Caller } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { requireCloud } from '../shared/lookup.ts'
import { LEASE_SECONDS } from './mint.ts'
import { SHORTEST_MS } from './renewing.ts'
import { normalScope, requireOpenedTo } from './scope.ts'

/**
 * Opens a location with a credential that is used for this alone. Its lease is shared by the requests of this one store and known to nobody
 * else: no cache holds it, and it goes when the store does.
 */
export function openOnce(
  deps: ServiceDeps,
  caller: Caller,
  open: OpenConnection,
  location: Location,
  access: readonly Access[],
  signal: AbortSignal,
): ObjectStore {
  const scope = normalScope(location, access)
  const cloud = requireCloud(deps.clouds, open.connection.cloud)
  let held: { readonly lease: Promise<Lease>; endsAt: number } | undefined

  function fresh(): Promise<Lease> {
    if (held !== undefined && held.endsAt - deps.clock.now() > SHORTEST_MS) return held.lease
    const lease = mintOnce(deps, caller, open, scope, signal)
    const minting = { lease, endsAt: Infinity }
    held = minting
    lease.then(
      ({ expiresAt }) => (minting.endsAt = expiresAt),
      () => (held = held === minting ? undefined : held),
    )
    return lease
  }

  return cloud.open(open.connection, location, async (_signal, needed) => {
    requireOpenedTo(scope, needed)
    return fresh()
  })
}

function mintOnce(deps: ServiceDeps, caller: Caller, open: OpenConnection, scope: LeaseScope, signal: AbortSignal): Promise<Lease> {
  const cloud = requireCloud(deps.clouds, open.connection.cloud)
  const { method } = open.connection.auth
  const details = { cloud: cloud.id, method, location: cloud.format(scope.location), access: scope.access.join(' '), once: true }
  return audited(
    deps,
    caller,
    { action: 'lease.mint', target: '(used once)', details },
    async () => cloud.lease(open, scope, LEASE_SECONDS, signal),
    ({ id, narrowed }) => ({ lease: id, narrowed }),
  )
}
