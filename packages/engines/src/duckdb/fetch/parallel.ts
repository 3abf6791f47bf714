/**
 * Runs tasks, at most `width` at a time, in order of their start. The first failure stops the others through the signal each task gets,
 * waits for them, and is thrown.
 */
export async function parallel<T>(
  items: readonly T[],
  width: number,
  task: (item: T, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  const queue = items.values()
  let failure: { readonly error: unknown } | undefined
  const lane = async () => {
    for (const item of queue) {
      if (both.aborted) return
      try {
        await task(item, both)
      } catch (error) {
        failure ??= { error }
        stop.abort(error)
        return
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane))
  signal.throwIfAborted()
  if (failure) throw failure.error
}
