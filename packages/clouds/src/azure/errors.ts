import { type AccessError, type ProviderError, type ReasonName, accessError } from '@sluice/core'
import { childText } from '../http/xml.ts'
import { type VendorAnswer, errorElement, retryAfter, shownText } from '../store/vendor-answer.ts'

/** https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
const REASONS: { readonly [code: string]: ReasonName } = {
  ContainerNotFound: 'bucket.missing',
  ContainerBeingDeleted: 'bucket.missing',
  ContainerDisabled: 'bucket.missing',
  FilesystemNotFound: 'bucket.missing',
  BlobNotFound: 'object.missing',
  PathNotFound: 'object.missing',
  BlobAlreadyExists: 'object.exists',
  ConditionNotMet: 'object.changed',
  TargetConditionNotMet: 'object.changed',
  InvalidRange: 'object.range',
  InvalidBlockList: 'upload.missing',
  AuthorizationPermissionMismatch: 'azure.denied',
  InsufficientAccountPermissions: 'azure.denied',
  UnauthorizedBlobOverwrite: 'azure.denied',
  OperationNotAllowedOnRootBlob: 'azure.denied',
  AuthorizationServiceMismatch: 'azure.sas.services',
  AuthorizationResourceTypeMismatch: 'azure.sas.resource_types',
  AuthorizationProtocolMismatch: 'azure.sas.protocol',
  AuthorizationSourceIPMismatch: 'azure.sas.address',
  AuthorizationFailure: 'azure.network.refused',
  AuthenticationFailed: 'azure.credential.rejected',
  InvalidAuthenticationInfo: 'azure.credential.rejected',
  NoAuthenticationInformation: 'azure.credential.rejected',
  KeyBasedAuthenticationNotPermitted: 'azure.shared_key_disabled',
  PublicAccessNotPermitted: 'azure.public_access',
  AccountIsDisabled: 'azure.account.disabled',
  BlobArchived: 'azure.archived',
  BlobBeingRehydrated: 'azure.archived',
  BlobImmutableDueToPolicy: 'azure.immutable',
  BlobImmutableDueToLegalHold: 'azure.immutable',
  ContainerImmutable: 'azure.immutable',
  LeaseIdMissing: 'azure.leased',
  LeaseIdMismatchWithBlobOperation: 'azure.leased',
  LeaseIdMismatchWithContainerOperation: 'azure.leased',
  KeyVaultEncryptionKeyNotFound: 'azure.key.unusable',
  KeyVaultAccessTokenCannotBeAcquired: 'azure.key.unusable',
  KeyVaultVaultNotFound: 'azure.key.unusable',
  ServerBusy: 'azure.throttled',
  InternalError: 'azure.unavailable',
  OperationTimedOut: 'azure.unavailable',
}

const BY_STATUS: { readonly [status: number]: ReasonName } = {
  403: 'azure.denied',
  412: 'object.changed',
  416: 'object.range',
  429: 'azure.throttled',
  501: 'store.unsupported',
}

/** A refusal by Blob Storage. */
export interface BlobAnswer extends VendorAnswer {
  /** Whether the request was about one blob: what a 404 without a code of its own says is missing. */
  readonly aboutBlob: boolean
}

/** Makes the one AccessError of a refusal by Blob Storage, its own words kept apart from ours. */
export function blobError(answer: BlobAnswer): AccessError {
  const provider = providerError(answer)
  const code = provider.code === undefined ? `status ${answer.status}` : `${provider.code}, status ${answer.status}`
  return accessError(reasonOf(provider, answer), {
    message: `${answer.operation} on ${answer.subject} was refused (${code})${provider.message === undefined ? '.' : `: ${provider.message}`}`,
    provider,
    context: retryAfter(answer.headers['retry-after']),
  })
}

function reasonOf(provider: ProviderError, { status, aboutBlob }: BlobAnswer): ReasonName {
  const code = provider.code ?? ''
  if (code === 'AuthenticationFailed' && /time frame|expiry time/i.test(provider.message ?? '')) return 'azure.sas.out_of_time'
  // The date is that of our own clock, and stands in requests signed with an account key alone.
  if (code === 'AuthenticationFailed' && /date header too old/i.test(provider.message ?? '')) return 'azure.clock'
  // Own properties only: the code comes from outside and may be called `constructor`.
  const known = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined
  if (known !== undefined) return known
  // Azure names a code with every answer: what has none comes from somebody on the way.
  if (status === 404 && code !== '') return aboutBlob ? 'object.missing' : 'bucket.missing'
  return BY_STATUS[status] ?? (status >= 500 ? 'azure.unavailable' : 'azure.rejected')
}

function providerError({ operation, status, headers, text, secrets = [] }: BlobAnswer): ProviderError {
  const { element } = errorElement(text)
  // The answer to HEAD has no body; the code stands in a header of every answer.
  const code = headers['x-ms-error-code'] ?? childText(element, 'Code') ?? ''
  // Request id and time follow in lines of their own.
  const words = (childText(element, 'Message') ?? '').split(/\s*\bRequestId:/)[0] ?? ''
  const message = [words, detailOf(childText(element, 'AuthenticationErrorDetail'))].filter((part) => part !== '').join(' ')
  const requestId = headers['x-ms-request-id'] ?? ''
  return {
    operation,
    status,
    ...(code === '' ? {} : { code: shownText(code, 128, secrets) }),
    ...(message === '' ? {} : { message: shownText(message, 1_000, secrets) }),
    ...(requestId === '' ? {} : { requestId: shownText(requestId, 128, secrets) }),
  }
}

/** Why the credential does not hold. The text that should have been signed says nothing to people. */
function detailOf(detail = ''): string {
  return detail
    .replace(/\s*(String to sign used was|Server used following string to sign).*/s, '')
    .replace(/found in the HTTP request '[^']*'/, 'found in the HTTP request')
}
