/** What goes wrong. */
export type FaultEffect =
  /** Nothing is answered before this time has passed. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** All transfers that meet this fault share a link of this speed, in both directions. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** This error instead of the operation. */
  | { readonly kind: 'error'; readonly status: number; readonly code: string; readonly message?: string }
  /** The connection is cut before an answer. */
  | { readonly kind: 'reset' }
  /** The connection is cut after so many bytes of the answer's body. */
  | { readonly kind: 'truncate'; readonly afterBytes: number }
  /** No answer ever. */
  | { readonly kind: 'hang' }

export interface Fault {
  /** `s3.GetObject`, `s3.*` or `*`. */
  readonly operation: string
  readonly effect: FaultEffect
  /** Only requests for keys that start so. */
  readonly keyPrefix?: string
  /** Only requests this is true of. */
  readonly when?: (request: FaultSubject) => boolean
  /** How many requests it meets before it is over; absent: all. */
  readonly times?: number
}

/** What a fault can know about a request. */
export interface FaultSubject {
  readonly operation: string
  readonly bucket?: string
  readonly key?: string
}

export interface ActiveFault {
  readonly id: string
  readonly fault: Fault
  readonly met: number
}

/** Switches for faults. Several may meet one request: their latencies add up, the first that ends the request decides. */
export interface Faults {
  /** Switches one on and gives its id. */
  add(fault: Fault): string
  remove(id: string): boolean
  clear(): void
  list(): readonly ActiveFault[]
}

/** What the faults that meet one request come to. */
export interface Injection {
  readonly ids: readonly string[]
  readonly latencyMs: number
  readonly ending: Extract<FaultEffect, { kind: 'error' | 'reset' | 'hang' }> | undefined
  readonly truncateAfter: number | undefined
  /** Waits for as long as the shared links take over that many bytes. */
  readonly pace: (bytes: number, signal: AbortSignal) => Promise<void>
}

export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

interface Entry {
  readonly id: string
  readonly fault: Fault
  met: number
  /** When the link of a bandwidth fault is free again. */
  freeAt: number
}

/** One request on a link. */
interface Transfer {
  readonly link: Entry
  isBegun: boolean
}

/** Within a transfer a gap up to this is ours (timers that ring late, reading the next piece): a real link empties a buffer meanwhile. */
const BUFFERED_MS = 10

/** A set of faults, none of them on. */
export function faultSwitches(deps: {
  readonly now: () => number
  readonly sleep: Sleep
}): Faults & { inject(subject: FaultSubject): Injection } {
  const entries = new Map<string, Entry>()
  let counter = 0
  return {
    add(fault) {
      counter += 1
      const id = `fault-${counter}`
      entries.set(id, { id, fault, met: 0, freeAt: 0 })
      return id
    },
    remove: (id) => entries.delete(id),
    clear: () => entries.clear(),
    list: () => [...entries.values()].map(({ id, fault, met }) => ({ id, fault, met })),
    inject(subject) {
      const met = [...entries.values()].filter((entry) => meets(entry.fault, subject))
      for (const entry of met) {
        entry.met += 1
        if (entry.fault.times !== undefined && entry.met >= entry.fault.times) entries.delete(entry.id)
      }
      const effects = met.map((entry) => entry.fault.effect)
      const transfers = met.filter((entry) => entry.fault.effect.kind === 'bandwidth').map((link): Transfer => ({ link, isBegun: false }))
      return {
        ids: met.map((entry) => entry.id),
        latencyMs: effects.reduce((sum, effect) => sum + (effect.kind === 'latency' ? effect.ms : 0), 0),
        ending: effects.find((effect) => effect.kind === 'error' || effect.kind === 'reset' || effect.kind === 'hang'),
        truncateAfter: effects.find((effect) => effect.kind === 'truncate')?.afterBytes,
        async pace(bytes, signal) {
          for (const transfer of transfers) await occupy(transfer, bytes, signal)
        },
      }
    },
  }

  async function occupy(transfer: Transfer, bytes: number, signal: AbortSignal): Promise<void> {
    const { link } = transfer
    if (link.fault.effect.kind !== 'bandwidth') return
    const now = deps.now()
    const isUnderWay = transfer.isBegun && now - link.freeAt <= BUFFERED_MS
    link.freeAt = (isUnderWay ? link.freeAt : Math.max(link.freeAt, now)) + (bytes * 1000) / link.fault.effect.bytesPerSecond
    transfer.isBegun = true
    // Timers are coarse: what is under a few milliseconds is paid together with the next piece.
    const wait = link.freeAt - now
    if (wait >= 4) await deps.sleep(wait, signal)
  }
}

function meets(fault: Fault, subject: FaultSubject): boolean {
  const { operation } = fault
  const named =
    operation === '*' ||
    operation === subject.operation ||
    (operation.endsWith('.*') && subject.operation.startsWith(operation.slice(0, -1)))
  return named && (fault.keyPrefix === undefined || (subject.key ?? '').startsWith(fault.keyPrefix)) && (fault.when?.(subject) ?? true)
}
