/** What a program does about an error. The HTTP status and the CLI's exit code follow from it. */
export const ERROR_CODES = {
  invalid: { status: 400, exit: 2, meaning: 'The request is malformed or contradicts itself; change it.' },
  unauthenticated: { status: 401, exit: 3, meaning: 'No valid token of Sluice came with the request.' },
  forbidden: { status: 403, exit: 4, meaning: 'Sluice itself does not allow this to the caller.' },
  denied: { status: 403, exit: 4, meaning: 'The cloud refused; the customer can change that.' },
  not_found: { status: 404, exit: 5, meaning: 'The thing named does not exist.' },
  conflict: { status: 409, exit: 6, meaning: 'The thing exists, changed meanwhile, or is still in use.' },
  limited: { status: 429, exit: 7, meaning: 'A limit was reached; try again later or ask for less.' },
  unsupported: { status: 501, exit: 2, meaning: 'This cloud, method or engine cannot do it.' },
  unavailable: { status: 503, exit: 7, meaning: 'The cloud or Sluice could not answer; try again.' },
  internal: { status: 500, exit: 1, meaning: 'A defect of Sluice; report it with the request id.' },
} as const
export type ErrorCode = keyof typeof ERROR_CODES

/** Whether trying again can help: never, later, or it was tried already until patience ran out. */
export type Retry = 'never' | 'later' | 'exhausted'

/** What the cloud itself said, kept apart from what we conclude. Never holds a secret. */
export interface ProviderError {
  readonly operation: string
  readonly status?: number
  readonly code?: string
  readonly message?: string
  readonly requestId?: string
  readonly region?: string
}

export interface AccessErrorDetails {
  /** Stable and documented, for example `aws.trust.refused`. Every reason stands in `REASONS`. */
  readonly reason: string
  /** What happened, in one sentence that names the thing concerned. */
  readonly message: string
  /** What to do about it, when this occurrence knows better than the table of reasons. */
  readonly remedy?: string
  readonly retry?: Retry
  readonly context?: { readonly [key: string]: string | number | boolean }
  readonly provider?: ProviderError
  readonly cause?: unknown
}

const BRAND = Symbol.for('sluice.AccessError')

/** The one error type of Sluice: a code to act on, a reason to look up, a message and a remedy to read. */
export class AccessError extends Error {
  readonly code: ErrorCode
  readonly reason: string
  readonly remedy: string
  readonly retry: Retry
  readonly context: { readonly [key: string]: string | number | boolean }
  readonly provider: ProviderError | undefined
  readonly [BRAND] = true

  constructor(code: ErrorCode, details: AccessErrorDetails) {
    super(details.message, details.cause === undefined ? {} : { cause: details.cause })
    this.name = 'AccessError'
    this.code = code
    this.reason = details.reason
    this.remedy = details.remedy ?? ''
    this.retry = details.retry ?? (code === 'unavailable' ? 'later' : 'never')
    this.context = details.context ?? {}
    this.provider = details.provider
  }
}

/** Whether something thrown is an AccessError, also across copies of this package. */
export function isAccessError(value: unknown): value is AccessError {
  return typeof value === 'object' && value !== null && BRAND in value
}

/** An error to hand to a caller who expects AccessErrors: anything else becomes `internal`, its text kept as the cause only. */
export function asAccessError(value: unknown): AccessError {
  if (isAccessError(value)) return value
  if (value instanceof Error && value.name === 'AbortError')
    return new AccessError('unavailable', {
      reason: 'request.cancelled',
      message: 'The request was cancelled.',
      retry: 'never',
      cause: value,
    })
  return new AccessError('internal', { reason: 'internal.defect', message: 'Sluice met a condition it does not handle.', cause: value })
}
