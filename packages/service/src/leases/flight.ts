/**
 * One piece of work under way, shared by everybody who waits for it.
 *
 * It is aborted when the last waiter has given up or when it is ended, never because one of several gave up.
 * It is there until its work is over and its last waiter has left, so that ending it reaches those who have not picked up the result yet.
 */
export interface Flight<Result> {
  readonly connectionId: string
  /** Whether one may still join: the work is neither over nor ended nor given up by all. */
  isOpen(): boolean
  /** The result; undefined when the flight was ended, whatever became of its work. Rejects at once when `signal` is aborted. */
  join(signal: AbortSignal): Promise<Result | undefined>
  /** Resolves when the work is over and everybody has left. */
  gone(signal: AbortSignal): Promise<void>
  end(): void
}

interface Events<Result> {
  /** The work succeeded and the flight was not ended. */
  landed(result: Result): void
  /** The flight is gone. */
  left(): void
}

/** Starts work that others may join. The caller joins at once, in the same turn. */
export function startFlight<Result>(
  connectionId: string,
  work: (signal: AbortSignal) => Promise<Result>,
  events: Events<Result>,
): Flight<Result> {
  const controller = new AbortController()
  const gone = Promise.withResolvers<void>()
  let waiters = 0
  let isOver = false
  let isEnded = false

  const result = run()
  // Everybody who waits hears of a failure; with nobody left there is nobody to tell.
  result.catch(() => {})

  async function run(): Promise<Result> {
    try {
      const value = await work(controller.signal)
      if (!isEnded) events.landed(value)
      return value
    } finally {
      isOver = true
      leaveIfDone()
    }
  }

  function leaveIfDone(): void {
    if (!isOver || waiters > 0) return
    events.left()
    gone.resolve()
  }

  function abandon(): void {
    waiters--
    if (waiters === 0 && !isOver) controller.abort()
    leaveIfDone()
  }

  return {
    connectionId,
    isOpen: () => !isOver && !isEnded && !controller.signal.aborted,

    async join(signal) {
      waiters++
      try {
        const value = await untilAborted(result, signal)
        return isEnded ? undefined : value
      } catch (error) {
        // What an ended flight died of says nothing about the connection as it is now.
        if (isEnded && !signal.aborted) return undefined
        throw error
      } finally {
        abandon()
      }
    },

    gone: (signal) => untilAborted(gone.promise, signal),

    end() {
      isEnded = true
      controller.abort()
    },
  }
}

async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
