import { type AccessError, type ProviderError, type ReasonName, accessError } from '@sluice/core'
import { childText } from '../http/xml.ts'
import { type VendorAnswer, errorElement, retryAfter, shownText } from '../store/vendor-answer.ts'

const REASONS: { readonly [code: string]: ReasonName } = {
  NoSuchBucket: 'bucket.missing',
  NoSuchKey: 'object.missing',
  NoSuchVersion: 'object.missing',
  NoSuchUpload: 'upload.missing',
  PreconditionFailed: 'object.changed',
  InvalidRange: 'object.range',
  InvalidAccessKeyId: 'aws.key.unknown',
  InvalidClientTokenId: 'aws.key.unknown',
  UnrecognizedClientException: 'aws.key.unknown',
  SignatureDoesNotMatch: 'aws.key.signature',
  InvalidToken: 'aws.key.token',
  ExpiredToken: 'aws.credential.expired',
  ExpiredTokenException: 'aws.credential.expired',
  TokenRefreshRequired: 'aws.credential.expired',
  RequestTimeTooSkewed: 'aws.clock',
  RequestExpired: 'aws.clock',
  InvalidObjectState: 'aws.archived',
  AccessControlListNotSupported: 'aws.acl_unsupported',
  RegionDisabledException: 'aws.region.disabled',
  PermanentRedirect: 'aws.region.unknown',
  PackedPolicyTooLarge: 'aws.lease.policy_too_large',
  SlowDown: 'aws.throttled',
  Throttling: 'aws.throttled',
  ThrottlingException: 'aws.throttled',
  RequestLimitExceeded: 'aws.throttled',
  TooManyRequests: 'aws.throttled',
  RequestTimeout: 'aws.unavailable',
  InternalError: 'aws.unavailable',
  InternalFailure: 'aws.unavailable',
  ServiceUnavailable: 'aws.unavailable',
  OperationAborted: 'aws.unavailable',
  ConditionalRequestConflict: 'aws.unavailable',
}

const BY_STATUS: { readonly [status: number]: ReasonName } = {
  301: 'aws.region.unknown',
  307: 'aws.region.unknown',
  403: 'aws.denied',
  404: 'object.missing',
  412: 'object.changed',
  416: 'object.range',
  429: 'aws.throttled',
  501: 'store.unsupported',
}

/** Makes the one AccessError of a vendor's refusal, the vendor's own words kept apart from ours. */
export function vendorError(answer: VendorAnswer): AccessError {
  const provider = providerError(answer)
  const reason = reasonOf(provider)
  const code = provider.code === undefined ? `status ${answer.status}` : `${provider.code}, status ${answer.status}`
  return accessError(reason, {
    message: `${answer.operation} on ${answer.subject} was refused (${code})${provider.message === undefined ? '.' : `: ${provider.message}`}`,
    provider,
    context: retryAfter(answer.headers['retry-after']),
  })
}

function reasonOf(provider: ProviderError): ReasonName {
  const code = provider.code ?? ''
  const status = provider.status ?? 0
  const denied = code === 'AccessDenied' || code === 'AccessDeniedException'
  if (code.startsWith('KMS.')) return status === 403 || code.includes('AccessDenied') ? 'aws.kms.denied' : 'aws.kms.unusable'
  if (denied && /\bkms:|ciphertext refers to a customer master key/i.test(provider.message ?? '')) return 'aws.kms.denied'
  if (denied && hidesAbsence(provider)) return 'object.missing'
  if (denied) return 'aws.denied'
  // Own properties only: the code comes from outside and may be called `constructor`.
  const known = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined
  return known ?? BY_STATUS[status] ?? (status >= 500 ? 'aws.unavailable' : 'aws.rejected')
}

/**
 * S3 answers a read of a key that does not exist with 403 to those who may not list, and then names listing, not reading, as what is missing.
 * Leases for a folder always meet this: their right to list is tied to a prefix, which a read does not carry.
 */
function hidesAbsence(provider: ProviderError): boolean {
  const reading = provider.operation === 'GetObject' || provider.operation === 'HeadObject'
  return reading && /not authorized to perform: s3:ListBucket\b/.test(provider.message ?? '')
}

function providerError(answer: VendorAnswer): ProviderError {
  const error = errorElement(answer.text)
  const code = childText(error.element, 'Code')
  const message = childText(error.element, 'Message')
  const requestId = answer.headers['x-amz-request-id'] ?? answer.headers['x-amzn-requestid'] ?? childText(error.root, 'RequestId')
  const region = regionIn(answer.headers['x-amz-bucket-region'] ?? childText(error.element, 'Region'))
  const shown = (text: string, limit: number) => shownText(text, limit, answer.secrets)
  return {
    operation: answer.operation,
    status: answer.status,
    ...(code === undefined || code === '' ? {} : { code: shown(code, 128) }),
    ...(message === undefined || message === '' ? {} : { message: shown(message, 1_000) }),
    ...(requestId === undefined || requestId === '' ? {} : { requestId: shown(requestId, 128) }),
    ...(region === undefined ? {} : { region }),
  }
}

/** A region as AWS names them, or nothing: it becomes part of a host name. */
export function regionIn(text: string | undefined): string | undefined {
  return text !== undefined && /^[a-z]{2,}(-[a-z0-9]+){1,4}$/.test(text) && text.length <= 32 ? text : undefined
}
