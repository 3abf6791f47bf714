import { accessError, type Connection, type Lease, type LeaseScope, type Location } from '@sluice/core'
import { okEvent, recordingFailure } from '../audit/record.ts'
import type { Caller, LeaseRequest, Leases } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { requireCloud, requireConnection, requireMethod } from '../shared/lookup.ts'
import { shownName } from '../shared/name.ts'
import { createLeaseCache } from './lease-cache.ts'
import { LEASE_SECONDS, mint } from './mint.ts'
import { openOnce } from './open-once.ts'
import { renewing } from './renewing.ts'
import { normalScope, requireScope } from './scope.ts'
import { requireUsable } from './usable-connection.ts'

const CAPACITY = 10_000
const MINIMUM_SECONDS = 900
/** A lease is minted in less than the rest. */
const LONGEST_MINIMUM_SECONDS = LEASE_SECONDS - 300

/** The use cases of leases. One for each process: the cache is in its memory. */
export function createLeases(deps: ServiceDeps): Leases {
  const cache = createLeaseCache(deps.clock, CAPACITY)
  let served = 0
  let minted = 0

  function take(caller: Caller, connection: Connection, scope: LeaseScope, minimumMs: number, signal: AbortSignal): Promise<Lease> {
    const { id: connectionId, version } = connection
    const mintNow = (signal: AbortSignal) => {
      minted++
      return mint(deps, caller, connectionId, scope, signal)
    }
    return cache.take({ connectionId, version, scope, minimumMs }, mintNow, signal)
  }

  /** Records the lease before it is handed out, and takes it again after: it may have been ended meanwhile. */
  async function handOut(caller: Caller, request: LeaseRequest, signal: AbortSignal): Promise<Lease> {
    const minimumMs = 1_000 * requireMinimum(request.minimumSeconds)
    let recorded: string | undefined
    for (;;) {
      const connection = requireUsable(caller, await requireConnection(deps, caller, request.connection))
      const scope = await requestedScope(deps, connection, request)
      const lease = await take(caller, connection, scope, minimumMs, signal)
      if (lease.id === recorded) return lease
      requireNarrowed(connection, lease)
      const act = { action: 'lease.create', target: connection.name, details: shown(deps, connection, scope, lease) }
      await deps.store.audit.append(okEvent(caller, act, deps.clock))
      recorded = lease.id
    }
  }

  return {
    async create(caller, request, signal) {
      const act = { action: 'lease.create', target: shownName(request.connection) }
      const lease = await recordingFailure(deps, caller, act, () => handOut(caller, request, signal))
      served++
      return lease
    },

    async open(caller, connection, location, access, signal) {
      signal.throwIfAborted()
      const scope = normalScope(location, access)
      const cloud = requireCloud(deps.clouds, connection.cloud)
      const usable = requireUsable(caller, await deps.store.connections.getById(connection.id))
      await requireScope(deps.store, cloud, usable, scope)
      const current = renewing({ deps, cache, take, caller, connection: usable, scope })
      return cloud.open(usable, location, async (signal, needed) => {
        const lease = await current(signal, needed)
        served++
        return lease
      })
    },

    openOnce: (caller, open, location, access, signal) => openOnce(deps, caller, open, location, access, signal),

    end: (connectionId) => cache.end(connectionId),

    stats: () => ({ served, minted }),
  }
}

function requireMinimum(seconds = MINIMUM_SECONDS): number {
  if (Number.isFinite(seconds) && seconds >= 0 && seconds <= LONGEST_MINIMUM_SECONDS) return seconds
  throw accessError('lease.minimum_invalid', { message: `The minimum life of a lease is 0 to ${LONGEST_MINIMUM_SECONDS} seconds.` })
}

async function requestedScope(deps: ServiceDeps, connection: Connection, request: LeaseRequest): Promise<LeaseScope> {
  const cloud = requireCloud(deps.clouds, connection.cloud)
  if (!requireMethod(cloud, connection.auth.method).narrows && connection.auth.method !== 'none') throw notNarrowed(connection)
  const scope = normalScope(request.location === undefined ? onlyLocation(connection) : cloud.parse(request.location), request.access)
  await requireScope(deps.store, cloud, connection, scope)
  return scope
}

function requireNarrowed(connection: Connection, { narrowed, secret }: Lease): void {
  if (!narrowed && secret.kind !== 'anonymous') throw notNarrowed(connection)
}

function notNarrowed({ name, auth }: Connection): unknown {
  return accessError('lease.not_narrowed', { message: `The connection ${name} uses ${auth.method}, which cannot be narrowed to a lease.` })
}

function onlyLocation({ name, locations }: Connection): Location {
  const [only, ...others] = locations
  if (only && others.length === 0) return only
  throw accessError('lease.location_needed', { message: `The connection ${name} has ${locations.length} locations; name the one meant.` })
}

function shown(deps: ServiceDeps, connection: Connection, { location, access }: LeaseScope, { id, expiresAt, narrowed }: Lease) {
  const ends = Number.isFinite(expiresAt) ? { expiresAt: new Date(expiresAt).toISOString() } : {}
  return { lease: id, location: requireCloud(deps.clouds, connection.cloud).format(location), access: access.join(' '), narrowed, ...ends }
}
