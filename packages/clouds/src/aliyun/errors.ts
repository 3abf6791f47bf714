import { type AccessError, type ProviderError, type ReasonName, accessError } from '@sluice/core'
import { jsonObject, jsonText, parseJsonObject } from '../http/json.ts'
import { child, childText } from '../http/xml.ts'
import { type VendorAnswer, errorElement, retryAfter, shownText } from '../store/vendor-answer.ts'
import { regionOfEndpoint } from './region.ts'

const REASONS: { readonly [code: string]: ReasonName } = {
  NoSuchBucket: 'bucket.missing',
  NoSuchKey: 'object.missing',
  NoSuchVersion: 'object.missing',
  NoSuchUpload: 'upload.missing',
  PreconditionFailed: 'object.changed',
  FileAlreadyExists: 'object.exists',
  InvalidRange: 'object.range',
  InvalidObjectName: 'object.key',
  InvalidObjectState: 'aliyun.archived',
  InvalidAccessKeyId: 'aliyun.key.unknown',
  'InvalidAccessKeyId.NotFound': 'aliyun.key.unknown',
  'InvalidAccessKeyId.Inactive': 'aliyun.key.unknown',
  SignatureDoesNotMatch: 'aliyun.key.signature',
  InvalidSecurityToken: 'aliyun.key.token',
  'InvalidSecurityToken.Malformed': 'aliyun.key.token',
  'InvalidSecurityToken.MismatchWithAccessKey': 'aliyun.key.token',
  AccessKeyIdAndSecurityTokenNotMatch: 'aliyun.key.token',
  MissingSecurityToken: 'aliyun.key.token',
  SecurityTokenExpired: 'aliyun.credential.expired',
  'InvalidSecurityToken.Expired': 'aliyun.credential.expired',
  RequestTimeTooSkewed: 'aliyun.clock',
  'InvalidTimeStamp.Expired': 'aliyun.clock',
  UserDisable: 'aliyun.account_suspended',
  InDebt: 'aliyun.account_suspended',
  InDebtOverdue: 'aliyun.account_suspended',
  BucketDisable: 'aliyun.account_suspended',
  AbnormalBucketOwnerStatus: 'aliyun.account_suspended',
  KmsServiceNotEnabled: 'aliyun.kms.denied',
  NoPermission: 'aliyun.sts.denied',
  'EntityNotExist.Role': 'aliyun.role.missing',
  'AuthenticationFail.NoPermission': 'aliyun.oidc.denied',
  'AuthenticationFail.OIDCToken.AudienceNotMatch': 'aliyun.oidc.audience',
  'AuthenticationFail.OIDCToken.IssuerNotMatch': 'aliyun.oidc.issuer',
  'AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch': 'aliyun.oidc.fingerprint',
  'AuthenticationFail.OIDCToken.IssuerConfigurationBroken': 'aliyun.oidc.keys',
  'AuthenticationFail.OIDCToken.InvalidSignature': 'aliyun.oidc.keys',
  'AuthenticationFail.OIDCToken.Expired': 'aliyun.oidc.expired',
  InternalError: 'aliyun.unavailable',
  ServiceUnavailable: 'aliyun.unavailable',
  RequestTimeout: 'aliyun.unavailable',
  NotImplemented: 'store.unsupported',
}

/** Families of codes, told by how they begin. */
const FAMILIES: readonly (readonly [RegExp, ReasonName])[] = [
  [/^(?:Throttling|QpsLimitExceeded|TotalQpsLimitExceeded|SlowDown|\w*TrafficRateLimitExceeded)/, 'aliyun.throttled'],
  [/^AuthenticationFail\.OIDCToken\./, 'aliyun.oidc.rejected'],
  [/^InvalidParameter\.PolicySize/, 'aliyun.lease.policy_too_large'],
]

const BY_STATUS: { readonly [status: number]: ReasonName } = {
  403: 'aliyun.denied',
  404: 'object.missing',
  412: 'object.changed',
  416: 'object.range',
  429: 'aliyun.throttled',
  501: 'store.unsupported',
}

/** What Alibaba Cloud tells of a denial by a policy, where it does. */
export interface DeniedDetail {
  /** `oss:GetObject` */
  readonly action: string
  /** `AccountLevelIdentityBasedPolicy`, `SessionPolicy`, `AssumeRolePolicy` … */
  readonly policyType: string
  /** `ImplicitDeny` or `ExplicitDeny` */
  readonly denial: string
}

interface ReadAnswer {
  readonly code?: string
  readonly message?: string
  readonly requestId?: string
  /** Of the endpoint that OSS names in place of the one that was asked. */
  readonly region?: string
  readonly denied?: DeniedDetail
}

/** Makes the one AccessError of a refusal by OSS or STS, their own words kept apart from ours. */
export function aliyunError(answer: VendorAnswer): AccessError {
  const read = readAnswer(answer)
  const provider = providerError(answer, read)
  const code = provider.code === undefined ? `status ${answer.status}` : `${provider.code}, status ${answer.status}`
  const { denied } = read
  const detail = denied === undefined ? '' : ` (${denied.action}: ${denied.denial}, ${denied.policyType})`
  return accessError(reasonOf(provider, denied), {
    message: `${answer.operation} on ${answer.subject} was refused (${code})${provider.message === undefined ? '.' : `: ${provider.message}`}${detail}`,
    provider,
    context: { ...retryAfter(answer.headers['retry-after']), ...denied },
  })
}

/** What a refusal says of the policy that caused it; undefined where it says nothing. */
export function deniedDetailOf({ context }: AccessError): DeniedDetail | undefined {
  const { action, policyType, denial } = context
  return typeof action === 'string' && typeof policyType === 'string' && typeof denial === 'string'
    ? { action, policyType, denial }
    : undefined
}

/** Whether KMS, not OSS, refused: OSS says so in words alone. */
export function isKeyRefusal(provider: ProviderError | undefined, denied: DeniedDetail | undefined): boolean {
  return denied?.action.startsWith('kms:') === true || /forbidden by kms/i.test(provider?.message ?? '')
}

function reasonOf(provider: ProviderError, denied: DeniedDetail | undefined): ReasonName {
  const code = provider.code ?? ''
  const status = provider.status ?? 0
  if (code === 'AccessDenied') {
    if (provider.region !== undefined) return 'aliyun.region.unknown'
    return isKeyRefusal(provider, denied) ? 'aliyun.kms.denied' : 'aliyun.denied'
  }
  // Own properties only: the code comes from outside and may be called `constructor`.
  const known = Object.hasOwn(REASONS, code) ? REASONS[code] : FAMILIES.find(([pattern]) => pattern.test(code))?.[1]
  return known ?? BY_STATUS[status] ?? (status >= 500 ? 'aliyun.unavailable' : 'aliyun.rejected')
}

function providerError(answer: VendorAnswer, { code, message, requestId, region }: ReadAnswer): ProviderError {
  const shown = (text: string, limit: number) => shownText(text, limit, answer.secrets)
  const id = answer.headers['x-oss-request-id'] ?? answer.headers['x-acs-request-id'] ?? requestId
  return {
    operation: answer.operation,
    status: answer.status,
    ...(code === undefined ? {} : { code: shown(code, 128) }),
    ...(message === undefined ? {} : { message: shown(message, 1_000) }),
    ...(id === undefined || id === '' ? {} : { requestId: shown(id, 128) }),
    ...(region === undefined ? {} : { region }),
  }
}

/** OSS answers in XML, to HEAD in a header; STS in JSON. */
function readAnswer({ text, headers }: VendorAnswer): ReadAnswer {
  const json = parseJsonObject(text)
  if (json !== undefined) {
    const detail = jsonObject(json['AccessDeniedDetail'])
    return present({
      code: jsonText(json['Code']),
      message: jsonText(json['Message']),
      requestId: jsonText(json['RequestId']),
      region: undefined,
      denied: deniedDetail((name) => jsonText(detail?.[name])),
    })
  }
  const header = headers['x-oss-err']
  const { element } = errorElement(text === '' && header !== undefined ? Buffer.from(header, 'base64').toString('utf8') : text)
  const detail = child(element, 'AccessDeniedDetail')
  const code = childText(element, 'Code')
  return present({
    code,
    message: childText(element, 'Message'),
    requestId: childText(element, 'RequestId'),
    region: code === 'AccessDenied' ? regionOfEndpoint(childText(element, 'Endpoint')) : undefined,
    denied: deniedDetail((name) => childText(detail, name)),
  })
}

function deniedDetail(read: (name: string) => string | undefined): DeniedDetail | undefined {
  const [action, policyType, denial] = [read('AuthAction'), read('PolicyType'), read('NoPermissionType')]
  if (![action, policyType, denial].every((text) => text !== undefined && /^[\w:*.-]{1,128}$/.test(text))) return undefined
  return { action: action ?? '', policyType: policyType ?? '', denial: denial ?? '' }
}

/** Without what is absent or empty. */
function present(read: { readonly [name in keyof ReadAnswer]-?: ReadAnswer[name] | undefined }): ReadAnswer {
  const { code, message, requestId, region, denied } = read
  return {
    ...(code ? { code } : {}),
    ...(message ? { message } : {}),
    ...(requestId ? { requestId } : {}),
    ...(region === undefined ? {} : { region }),
    ...(denied === undefined ? {} : { denied }),
  }
}
