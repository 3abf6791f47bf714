import { accessError, type Clock, type Lease, type LeaseScope } from '@sluice/core'
import { startFlight, type Flight } from './flight.ts'
import { scopeKey } from './scope.ts'

/** What is looked for: a lease of at least this version of the connection, with at least this long to live. */
export interface Wanted {
  readonly connectionId: string
  readonly version: number
  readonly scope: LeaseScope
  readonly minimumMs: number
}

/** A lease as the cloud issued it, and the version of the connection it was issued for. */
export interface Minted {
  readonly lease: Lease
  readonly version: number
}

/** Asks the cloud. Reads the connection afresh: the caller's copy may be older than a change that ended its leases. */
export type Mint = (signal: AbortSignal) => Promise<Minted>

export interface LeaseCache {
  /** A lease that is wanted: from the cache, from a mint already under way, or from a new one. */
  take(wanted: Wanted, mint: Mint, signal: AbortSignal): Promise<Lease>
  /** A lease that is wanted, if one is here; and whether most of its life is over. */
  peek(wanted: Wanted): { readonly lease: Lease; readonly isAging: boolean } | undefined
  /** Forgets the leases of a connection. None of them is returned from now on, mints under way included. */
  end(connectionId: string): void
}

interface Entry extends Minted {
  readonly connectionId: string
  readonly agesAt: number
}

/** Of an hour, the last quarter is for renewing. */
const YOUNG_SHARE = 0.75

/** Keeps up to `capacity` leases, the least recently used given up first, and makes at most one mint at a time for each scope. */
export function createLeaseCache(clock: Pick<Clock, 'now'>, capacity: number): LeaseCache {
  const entries = new Map<string, Entry>()
  const flights = new Map<string, Flight<Minted>>()

  function find(key: string, wanted: Wanted): Entry | undefined {
    const entry = entries.get(key)
    if (!entry || entry.version < wanted.version || !livesFor(entry.lease, wanted.minimumMs)) return undefined
    // A Map lists its keys in order of insertion: the first is the one unused for longest.
    entries.delete(key)
    entries.set(key, entry)
    return entry
  }

  function keep(key: string, connectionId: string, minted: Minted): void {
    const now = clock.now()
    entries.delete(key)
    entries.set(key, { ...minted, connectionId, agesAt: now + (minted.lease.expiresAt - now) * YOUNG_SHARE })
    for (const oldest of entries.keys()) {
      if (entries.size <= capacity) break
      entries.delete(oldest)
    }
  }

  const livesFor = (lease: Lease, ms: number) => lease.expiresAt - clock.now() >= ms && lease.expiresAt > clock.now()

  function start(key: string, connectionId: string, mint: Mint): Flight<Minted> {
    const flight = startFlight(connectionId, mint, {
      landed: (minted) => keep(key, connectionId, minted),
      left: () => flights.delete(key),
    })
    flights.set(key, flight)
    return flight
  }

  return {
    async take(wanted, mint, signal) {
      const key = scopeKey(wanted.connectionId, wanted.scope)
      for (;;) {
        signal.throwIfAborted()
        const entry = find(key, wanted)
        if (entry) return entry.lease
        const present = flights.get(key)
        if (present && !present.isOpen()) {
          await present.gone(signal)
          continue
        }
        const flight = present ?? start(key, wanted.connectionId, mint)
        const minted = await flight.join(signal)
        // Ended while we waited, or begun before a change we know of: look again.
        if (minted === undefined || (present && minted.version < wanted.version)) continue
        if (livesFor(minted.lease, wanted.minimumMs)) return minted.lease
        throw accessError('lease.too_short', {
          message: `The cloud issued a credential that lives less than the ${Math.ceil(wanted.minimumMs / 1000)} seconds asked for.`,
        })
      }
    },

    peek(wanted) {
      const entry = find(scopeKey(wanted.connectionId, wanted.scope), wanted)
      return entry && { lease: entry.lease, isAging: clock.now() >= entry.agesAt }
    },

    end(connectionId) {
      for (const [key, entry] of entries) if (entry.connectionId === connectionId) entries.delete(key)
      for (const flight of flights.values()) if (flight.connectionId === connectionId) flight.end()
    },
  }
}
