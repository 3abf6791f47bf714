import { type AccessError, type Clock, type ProviderError, isAccessError } from '@sluice/core'

/** The policy layer that a cloud says refused, where it says so. */
export type DenialLayer = 'identity' | 'resource' | 'session' | 'boundary' | 'scp' | 'rcp' | 'vpc-endpoint'

/** A refusal for want of permission, read from the cloud's own words. */
export interface Denial {
  readonly provider: ProviderError
  /** The permission the cloud names; not always the one asked for: S3 hides a missing key behind s3:ListBucket. */
  readonly action?: string
  readonly resource?: string
  readonly effect?: 'explicit' | 'implicit'
  readonly layer?: DenialLayer
  /** It gives no reason. S3 gives one only to callers of the owner's account or organization: there a bare text means somebody else's bucket or object. */
  readonly bare: boolean
}

/** What came of one request of a probe. */
export type Probe<T> =
  | { readonly ok: true; readonly value: T; readonly ms: number }
  | { readonly ok: false; readonly error: AccessError; readonly ms: number }

/** Runs one request and keeps a cloud's error as a value. Cancellation and defects are thrown. */
export async function probe<T>(now: () => number, request: () => Promise<T>, signal: AbortSignal): Promise<Probe<T>> {
  const startedAt = now()
  try {
    return { ok: true, value: await request(), ms: now() - startedAt }
  } catch (error) {
    signal.throwIfAborted()
    if (!isAccessError(error)) throw error
    return { ok: false, error, ms: now() - startedAt }
  }
}

/** The same request is made once per run, however many checks want its answer. */
export function once<T>(make: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let made: Promise<T> | undefined
  return (signal) => {
    if (made !== undefined) return made
    made = make(signal)
    // Who asks hears of a failure. One that was made ahead may never be asked for: a run that was given up must not end the process.
    made.catch(() => undefined)
    return made
  }
}

/** Makes requests that are asked once per run, and keeps a cloud's error as a value. */
export function askedOnce({ clock }: { readonly clock: Pick<Clock, 'now'> }) {
  return <T>(request: (signal: AbortSignal) => Promise<T>): ((signal: AbortSignal) => Promise<Probe<T>>) =>
    once((signal) =>
      probe(
        () => clock.now(),
        () => request(signal),
        signal,
      ),
    )
}
