import type { Clock } from '@sluice/core'

/** Why a query was stopped before its end. */
export type StopReason = 'cancelled' | 'time' | 'closed'

/** One signal for everything that can end a query early, and which of them did. */
export interface Stopping {
  readonly signal: AbortSignal
  reason(): StopReason | undefined
  /** Ends the timer. */
  dispose(): void
}

export function stopAfter(milliseconds: number, clock: Clock, caller: AbortSignal, closing: AbortSignal): Stopping {
  const stop = new AbortController()
  const timer = new AbortController()
  let why: StopReason | undefined
  const because = (reason: StopReason) => () => {
    why ??= reason
    stop.abort()
  }
  const cancelled = because('cancelled')
  const closed = because('closed')
  if (caller.aborted) cancelled()
  if (closing.aborted) closed()
  caller.addEventListener('abort', cancelled, { once: true })
  closing.addEventListener('abort', closed, { once: true })
  // A timer that is disposed rejects.
  clock.sleep(milliseconds, timer.signal).then(because('time'), () => undefined)
  return {
    signal: stop.signal,
    reason: () => why,
    dispose() {
      timer.abort()
      caller.removeEventListener('abort', cancelled)
      closing.removeEventListener('abort', closed)
    },
  }
}
