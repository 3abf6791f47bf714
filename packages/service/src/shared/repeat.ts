import type { Clock } from '@sluice/core'

/** Does something now and every so often until told to stop. `failed` hears what went wrong: the next time may go better. */
export async function repeat(
  clock: Pick<Clock, 'sleep'>,
  everyMs: number,
  signal: AbortSignal,
  work: () => Promise<unknown>,
  failed: (cause: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch((cause: unknown) => signal.aborted || failed(cause))
    await clock.sleep(everyMs, signal).catch(() => {})
  }
}
