/** Codes that printers give a status as: HEAD has no body to say more in. */
const STATUSES: { readonly [code: string]: number } = {
  Forbidden: 403,
  '403 Forbidden': 403,
  NotFound: 404,
  '404 Not Found': 404,
  'Bad Request': 400,
  BadRequest: 400,
  'Moved Permanently': 301,
}

/** What AWS says in words where a printer leaves the code out. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/access key id you provided does not exist/i, 'InvalidAccessKeyId'],
  [/request signature we calculated does not match/i, 'SignatureDoesNotMatch'],
  [/security token included in the request is invalid/i, 'InvalidClientTokenId'],
  [/security token included in the request is expired|provided token has expired/i, 'ExpiredToken'],
  [/provided token is malformed or otherwise invalid/i, 'InvalidToken'],
  [/difference between the request time and the (current|server)/i, 'RequestTimeTooSkewed'],
  [/specified bucket does not/i, 'NoSuchBucket'],
  [/specified key does not exist/i, 'NoSuchKey'],
  [/bucket does not allow ACLs/i, 'AccessControlListNotSupported'],
  [/operation is not valid for the object['’]s storage class/i, 'InvalidObjectState'],
  [/specified method is not allowed against this resource/i, 'MethodNotAllowed'],
  [/must be addressed using the specified endpoint/i, 'PermanentRedirect'],
  [/location constraint is incompatible for the region/i, 'IllegalLocationConstraintException'],
  [/the region '[^']*' is wrong; expecting/i, 'AuthorizationHeaderMalformed'],
  [/STS is not activated in this region/i, 'RegionDisabledException'],
  [
    /no openidconnect provider found|incorrect token audience|retrieve verification key from your identity provider/i,
    'InvalidIdentityToken',
  ],
  [/all access to this (?:object|bucket) has been disabled/i, 'AllAccessDisabled'],
]

/** Names of SDKs' own exceptions, which are no codes of AWS. */
const SDK_NAMES =
  /^(?:Amazon\w*|Aws\w*|AWS\w*|S3|Sts|Kms|Sdk|Http\w*|Client|Service|Runtime)(?:Service|Client|Response)?(?:Exception|Error)$/

/** The codes that can stand in a text of whatever language. */
const NAMED =
  /\b(AccessDenied(?:Exception)?|NoSuchBucket|NoSuchKey|PermanentRedirect|AuthorizationHeaderMalformed|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidClientTokenId|ExpiredToken(?:Exception)?|InvalidToken|RequestTimeTooSkewed|InvalidObjectState|AccessControlListNotSupported|RegionDisabledException|InvalidIdentityToken|IDPCommunicationError|IDPRejectedClaim|AllAccessDisabled|AccountProblem|KMS\.\w+|MethodNotAllowed|NoSuchBucketPolicy)\b/

/** A code as AWS has it, and the status that some printers write in its place. */
export function readCode(given: string | undefined): { readonly code?: string; readonly status?: number } {
  const text = given?.trim()
  if (text === undefined || text === '' || /^(unknown|unknownerror|none|null)$/i.test(text) || SDK_NAMES.test(text)) return {}
  if (/^[1-5]\d\d$/.test(text)) return { status: Number(text) }
  const status = STATUSES[text]
  if (status !== undefined) return { status }
  // The SDK for C++ writes its own names: ACCESS_DENIED.
  return { code: /^[A-Z]+(_[A-Z]+)*$/.test(text) && text.length > 3 ? camelCase(text) : text }
}

function camelCase(text: string): string {
  return text
    .split('_')
    .map((word) => `${word.slice(0, 1)}${word.slice(1).toLowerCase()}`)
    .join('')
}

/** The code that a text names or means, where nothing gave one apart. */
export function codeInText(text: string): string | undefined {
  return WORDS.find(([words]) => words.test(text))?.[1] ?? NAMED.exec(text)?.[1]
}
