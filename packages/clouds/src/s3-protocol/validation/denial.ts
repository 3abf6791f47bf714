import { type AccessError, type ProviderError, isAccessError } from '@sluice/core'

/** The policy layer that AWS says refused, where it says so. */
export type DenialLayer = 'identity' | 'resource' | 'session' | 'boundary' | 'scp' | 'rcp' | 'vpc-endpoint'

/** A refusal by AWS, read from its own words. */
export interface Denial {
  readonly provider: ProviderError
  /** The action AWS names; not always the one asked for: a missing key without ListBucket names s3:ListBucket. */
  readonly action?: string
  readonly resource?: string
  readonly effect?: 'explicit' | 'implicit'
  readonly layer?: DenialLayer
  /** S3 says why only to callers of the owner's account or organization: a bare text means somebody else's bucket or object. */
  readonly bare: boolean
}

const TEXT = /is not authorized to perform: (?<action>[\w-]+:\w+)(?: on resource: "?(?<resource>[^"\s]+)"?)?(?<why>.*)/s

const LAYERS: readonly (readonly [RegExp, DenialLayer])[] = [
  [/identity-based polic/, 'identity'],
  [/resource-based polic/, 'resource'],
  [/session polic/, 'session'],
  [/permissions boundary/, 'boundary'],
  [/service control polic/, 'scp'],
  [/resource control polic/, 'rcp'],
  [/VPC endpoint polic/i, 'vpc-endpoint'],
]

/**
 * Reads an error as a refusal: a 403 whose code is AccessDenied, and nothing else.
 *
 * Other 403s (clock skew, suspended accounts, archived objects, throttling) say nothing about permissions.
 */
export function denialOf(error: AccessError): Denial | undefined {
  const provider = error.provider
  if (provider?.status !== 403 || provider.code !== 'AccessDenied') return undefined
  const groups = TEXT.exec(provider.message ?? '')?.groups
  if (groups === undefined) return { provider, bare: true }
  const why = groups['why'] ?? ''
  const layer = LAYERS.find(([pattern]) => pattern.test(why))?.[1]
  const effect = why.includes('explicit deny') ? 'explicit' : why.includes('because no') ? 'implicit' : undefined
  return {
    provider,
    bare: layer === undefined,
    ...(groups['action'] === undefined ? {} : { action: groups['action'] }),
    ...(groups['resource'] === undefined ? {} : { resource: groups['resource'] }),
    ...(effect === undefined ? {} : { effect }),
    ...(layer === undefined ? {} : { layer }),
  }
}

/** Whether KMS, not S3, refused. */
export function isKmsDenial(denial: Denial): boolean {
  return (denial.action ?? '').startsWith('kms:') || /ciphertext refers to a customer master key/i.test(denial.provider.message ?? '')
}

/** Whether S3 says that the key cannot be used in the state it is in, whoever asks. */
export function isKeyState(error: AccessError): boolean {
  return ['KMS.DisabledException', 'KMS.KMSInvalidStateException', 'KMS.NotFoundException'].includes(error.provider?.code ?? '')
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
