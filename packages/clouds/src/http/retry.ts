import { AccessError, type Clock, type Random, isAccessError } from '@sluice/core'

export interface RetryPolicy {
  readonly clock: Clock
  readonly random: Random
  /** Tries in all, the first included. */
  readonly tries?: number
  /** Bound of the first wait; each next one is twice as long. */
  readonly baseMs?: number
  /** No wait is longer, whatever the cloud asks for: a longer one is the caller's decision. */
  readonly capMs?: number
}

/**
 * Tries again what failed with `retry: 'later'`, waiting a random time below a bound that doubles ("full jitter"), or what the cloud asked for.
 * When patience runs out the last error is thrown, marked `exhausted`. Only for what may be done twice.
 */
export async function retry<T>(attempt: () => Promise<T>, policy: RetryPolicy, signal: AbortSignal): Promise<T> {
  const tries = policy.tries ?? 4
  const capMs = policy.capMs ?? 10_000
  for (let done = 1; ; done++) {
    try {
      return await attempt()
    } catch (error) {
      if (!isAccessError(error) || error.retry !== 'later' || signal.aborted) throw error
      const asked = askedToWait(error)
      if (done >= tries || asked > capMs) throw exhausted(error, done)
      const bound = Math.min(capMs, (policy.baseMs ?? 100) * 2 ** (done - 1))
      await policy.clock.sleep(Math.max(asked, policy.random.fraction() * bound), signal)
    }
  }
}

function askedToWait(error: AccessError): number {
  const seconds = error.context['retryAfterSeconds']
  return typeof seconds === 'number' ? seconds * 1_000 : 0
}

function exhausted(error: AccessError, tries: number): AccessError {
  return new AccessError(error.code, {
    reason: error.reason,
    message: error.message,
    remedy: error.remedy,
    retry: 'exhausted',
    context: { ...error.context, tries },
    ...(error.provider ? { provider: error.provider } : {}),
    cause: error,
  })
}
