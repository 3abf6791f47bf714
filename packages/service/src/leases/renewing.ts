import { isAccessError, type Access, type Connection, type Lease, type LeaseScope } from '@sluice/core'
import type { Caller } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import type { LeaseCache } from './lease-cache.ts'
import { requireOpenedTo } from './scope.ts'
import { requireUsable } from './usable-connection.ts'

/** A request may be under way this long on a lease. */
export const SHORTEST_MS = 60_000
/** Another node may have disabled the connection: how long until this one notices. */
const RECHECK_MS = 5_000

interface Subject {
  readonly deps: Pick<ServiceDeps, 'store' | 'clock'>
  readonly cache: LeaseCache
  readonly take: (caller: Caller, connection: Connection, scope: LeaseScope, minimumMs: number, signal: AbortSignal) => Promise<Lease>
  readonly caller: Caller
  readonly connection: Connection
  readonly scope: LeaseScope
}

/**
 * The lease to make each request with, renewed ahead of its end without any request waiting for it.
 * Where one lease for every access is refused as too large, there is one for each.
 */
export function renewing({ deps, cache, take, caller, connection: opened, scope }: Subject) {
  let connection = opened
  let checkedAt = deps.clock.now()
  let isSplit = false

  async function recheck(): Promise<void> {
    const now = deps.clock.now()
    if (now - checkedAt < RECHECK_MS) return
    connection = requireUsable(caller, await deps.store.connections.getById(connection.id))
    checkedAt = now
  }

  async function leaseFor(scope: LeaseScope, signal: AbortSignal): Promise<Lease> {
    const { id: connectionId, version } = connection
    const present = cache.peek({ connectionId, version, scope, minimumMs: SHORTEST_MS })
    if (!present) return take(caller, connection, scope, SHORTEST_MS, signal)
    if (present.isAging) renewAhead(scope, present.lease, signal)
    return present.lease
  }

  function renewAhead(scope: LeaseScope, aging: Lease, signal: AbortSignal): void {
    const longerThanThis = aging.expiresAt - deps.clock.now() + 1
    // A failure now is one only if it lasts until the lease ends; the request that then waits reports it.
    take(caller, connection, scope, longerThanThis, signal).catch(() => {})
  }

  return async (signal: AbortSignal, needed: Access): Promise<Lease> => {
    // A lease for one access alone is checked against the connection, which may be for more than was opened.
    requireOpenedTo(scope, needed)
    await recheck()
    if (!isSplit) {
      try {
        return await leaseFor(scope, signal)
      } catch (error) {
        if (scope.access.length === 1 || !isTooLarge(error)) throw error
        isSplit = true
      }
    }
    return leaseFor({ ...scope, access: [needed] }, signal)
  }
}

/** Whether the policy of a lease came out too large to ask for. The part before the dot is the cloud's. */
export function isTooLarge(error: unknown): boolean {
  return isAccessError(error) && error.reason.endsWith('.lease.policy_too_large')
}
