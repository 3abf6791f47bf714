import { type AccessError, type ProviderError, type ReasonName, accessError } from '@sluice/core'
import { type VendorAnswer, retryAfter, shownText } from '../store/vendor-answer.ts'
import { jsonList, jsonObject, parseJsonObject, jsonText } from '../http/json.ts'

/** Codes that say by themselves what happened. Reasons of Cloud Storage, statuses of other services, errors of OAuth. */
const REASONS: { readonly [code: string]: ReasonName } = {
  authError: 'gcp.unauthenticated',
  UNAUTHENTICATED: 'gcp.unauthenticated',
  conditionNotMet: 'object.changed',
  requestedRangeNotSatisfiable: 'object.range',
  UserProjectMissing: 'gcp.requester_pays',
  UserProjectAccessDenied: 'gcp.user_project',
  UserProjectAccountProblem: 'gcp.user_project',
  UserProjectInvalid: 'gcp.user_project',
  UserProjectInconsistent: 'gcp.user_project',
  USER_PROJECT_DENIED: 'gcp.user_project',
  retentionPolicyNotMet: 'gcp.retention',
  objectUnderActiveHold: 'gcp.retention',
  accountDisabled: 'gcp.billing',
  BILLING_DISABLED: 'gcp.billing',
  accessNotConfigured: 'gcp.service_disabled',
  SERVICE_DISABLED: 'gcp.service_disabled',
  SECURITY_POLICY_VIOLATED: 'gcp.perimeter',
  vpcServiceControls: 'gcp.perimeter',
  orgPolicyConstraintFailed: 'gcp.org_policy',
  rateLimitExceeded: 'gcp.throttled',
  userRateLimitExceeded: 'gcp.throttled',
  RESOURCE_EXHAUSTED: 'gcp.throttled',
  backendError: 'gcp.unavailable',
  internalError: 'gcp.unavailable',
  uploadBrokenConnection: 'gcp.unavailable',
}

const BY_STATUS: { readonly [status: number]: ReasonName } = {
  401: 'gcp.unauthenticated',
  403: 'gcp.denied',
  404: 'object.missing',
  408: 'gcp.unavailable',
  412: 'object.changed',
  416: 'object.range',
  429: 'gcp.throttled',
}

/** Makes the one AccessError of a refusal of Cloud Storage. */
export function storageError(answer: VendorAnswer): AccessError {
  const provider = providerError(answer)
  return errorOf(storageReason(provider), answer, provider)
}

/** Makes the one AccessError of a refusal of any other service; `reasonOf` knows what its codes mean there. */
export function serviceError(answer: VendorAnswer, reasonOf: (provider: ProviderError) => ReasonName | undefined): AccessError {
  const provider = providerError(answer)
  return errorOf(reasonOf(provider) ?? commonReason(provider), answer, provider)
}

function errorOf(reason: ReasonName, answer: VendorAnswer, provider: ProviderError): AccessError {
  const code = provider.code === undefined ? `status ${answer.status}` : `${provider.code}, status ${answer.status}`
  return accessError(reason, {
    message: `${answer.operation} on ${answer.subject} was refused (${code})${provider.message === undefined ? '.' : `: ${provider.message}`}`,
    provider,
    context: retryAfter(answer.headers['retry-after']),
  })
}

function storageReason(provider: ProviderError): ReasonName {
  const { status = 0, message = '' } = provider
  if (/cloud ?kms/i.test(message)) {
    if (status === 403) return 'gcp.kms.denied'
    if (status < 500) return 'gcp.kms.unusable'
  }
  if (status === 404 && /\bbucket does not exist/i.test(message)) return 'bucket.missing'
  if (hidesAbsence(provider)) return 'object.missing'
  return commonReason(provider)
}

function commonReason(provider: ProviderError): ReasonName {
  const { status = 0, code = '', message = '' } = provider
  // The perimeter's refusal has the code of every other.
  if (status === 403 && /vpcServiceControlsUniqueIdentifier|prohibited by organization's policy/i.test(message)) return 'gcp.perimeter'
  if (status === 412 && /constraints\//.test(message)) return 'gcp.org_policy'
  if (status === 400 && /user project/i.test(message)) return /no user project/i.test(message) ? 'gcp.requester_pays' : 'gcp.user_project'
  if (permissionIn(message) === 'serviceusage.services.use') return 'gcp.user_project'
  // A hold is told from a missing permission by its words alone.
  if (status === 403 && /under active .*hold|retention policy or object retention/i.test(message)) return 'gcp.retention'
  // Own properties only: the code comes from outside and may be called `constructor`.
  const known = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined
  return known ?? BY_STATUS[status] ?? (status >= 500 ? 'gcp.unavailable' : 'gcp.rejected')
}

const PERMISSION = /does not have (?<has>[\w.]+) access|Permission '(?<named>[\w.]+)' denied/

/** The permission that a refusal names as missing. */
export function permissionIn(message: string | undefined): string | undefined {
  const groups = PERMISSION.exec(message ?? '')?.groups
  return groups?.['has'] ?? groups?.['named']
}

/**
 * Cloud Storage answers a read of an object that does not exist with 403 to those who may not list, and then names listing, not reading,
 * as what is missing. Leases for a folder always meet this: their right to list is tied to a prefix, which a read does not carry.
 */
function hidesAbsence(provider: ProviderError): boolean {
  const reading = provider.operation === 'objects.get' || provider.operation === 'objects.getMedia'
  return reading && provider.status === 403 && permissionIn(provider.message) === 'storage.objects.list'
}

/** A 404 of Cloud Storage itself and not of somebody on the way, or a 403 that hides one from who may read and not list. */
export function isAbsence(error: AccessError): boolean {
  if (error.reason !== 'object.missing') return false
  const { status, code, message = '' } = error.provider ?? {}
  return status === 403 || code === 'notFound' || message.startsWith('No such object')
}

function providerError(answer: VendorAnswer): ProviderError {
  const { code, message } = wordsOf(answer.text)
  const shown = (text: string, limit: number) => shownText(text, limit, answer.secrets)
  return {
    operation: answer.operation,
    status: answer.status,
    ...(code === undefined ? {} : { code: shown(code, 128) }),
    ...(message === undefined ? {} : { message: shown(message, 1_000) }),
  }
}

interface Words {
  readonly code?: string
  readonly message?: string
}

/** `{error: {errors: [{reason}]}}` of Cloud Storage, `{error: {status, details: [{reason}]}}` of other services, `{error, error_description}` of OAuth. */
function wordsOf(text: string): Words {
  const body = parseJsonObject(text)
  if (body === undefined) return plainWords(text)
  const { error } = body
  if (typeof error === 'string') return words(error, jsonText(body['error_description']))
  const detail = jsonObject(error) ?? {}
  const reason = jsonList(detail['errors']).map((one) => jsonText(jsonObject(one)?.['reason']))[0]
  const info = jsonList(detail['details'])
    .map((one) => jsonText(jsonObject(one)?.['reason']))
    .find((one) => one !== undefined)
  // What only says again that it is a denial tells less than the status.
  const code = reason ?? (info === 'IAM_PERMISSION_DENIED' ? undefined : info) ?? jsonText(detail['status'])
  return words(code, jsonText(detail['message']))
}

/** Media requests are refused in plain text. A page of a proxy has no words for us. */
function plainWords(text: string): Words {
  const line = text.trim()
  return line === '' || line.length > 1_000 || line.startsWith('<') ? {} : { message: line }
}

function words(code: string | undefined, message: string | undefined): Words {
  return { ...(code === undefined || code === '' ? {} : { code }), ...(message === undefined || message === '' ? {} : { message }) }
}
