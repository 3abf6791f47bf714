/**
 * Turns work that tells of its progress into events to iterate over. The work starts with the first read and its error is thrown to the reader;
 * a reader who stops early calls `stop`.
 */
export async function* eventChannel<T>(work: (tell: (event: T) => void) => Promise<void>, stop: () => void): AsyncGenerator<T> {
  const queue: T[] = []
  let wake: (() => void) | undefined
  let over = false
  const notify = (): void => {
    wake?.()
    wake = undefined
  }
  const done = work((event) => {
    queue.push(event)
    notify()
  }).finally(() => {
    over = true
    notify()
  })
  // The error is rethrown below; this keeps it from counting as unhandled when the reader has gone.
  done.catch(() => undefined)
  try {
    while (true) {
      const event = queue.shift()
      if (event !== undefined) {
        yield event
        continue
      }
      if (over) break
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    await done
  } finally {
    if (!over) stop()
  }
}

/** The same for work that ends by a signal: the caller's, or that of a reader who stops early. */
export function endingChannel<T>(
  signal: AbortSignal,
  work: (tell: (event: T) => void, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<T> {
  const stop = new AbortController()
  const ending = AbortSignal.any([signal, stop.signal])
  return eventChannel<T>(
    (tell) => work(tell, ending),
    () => stop.abort(),
  )
}
