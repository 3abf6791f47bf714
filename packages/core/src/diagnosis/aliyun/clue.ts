import type { Observation } from '../case.ts'
import type { Clue, ClueLayer } from '../clue.ts'
import { readPrintedError } from '../message/printed-error.ts'

/** What kind of policy refused. https://help.aliyun.com/en/ram/user-guide/how-do-i-troubleshoot-access-denied-errors */
const LAYERS: readonly (readonly [RegExp, ClueLayer])[] = [
  [/IdentityBasedPolicy/i, 'identity'],
  [/ResourceBasedPolicy|BucketPolicy/i, 'resource'],
  [/SessionPolicy/i, 'session'],
  [/AssumeRolePolicy|TrustPolicy/i, 'trust'],
  [/ControlPolicy/i, 'scp'],
  [/Vpc(e|Endpoint)\w*Policy/i, 'vpc-endpoint'],
]

/** OSS's numbers of causes that name a policy. https://help.aliyun.com/en/oss/user-guide/0003-error-codes */
const NUMBERS: { readonly [number: string]: Pick<Clue, 'layer' | 'effect'> } = {
  '0003-00000101': { layer: 'resource', effect: 'explicit' },
  '0003-00000201': { layer: 'identity', effect: 'explicit' },
  '0003-00000301': { layer: 'session' },
}

const DETAILS = [
  'PolicyType',
  'NoPermissionType',
  'AuthAction',
  'AuthPrincipalType',
  'AuthPrincipalDisplayName',
  'AuthPrincipalOwnerId',
] as const

/** Reads an answer of Alibaba Cloud, or of what prints one. What its detail says counts before its words, which are the same for several policies. */
export function aliyunClue(observation: Observation): Clue {
  const { headers } = observation
  const message = `${observation.message ?? ''}${errorHeader(headers['x-oss-err'])}`
  const printed = readPrintedError(message)
  const fields = { ...printed.fields, ...detailsIn(message) }
  const status = observation.status ?? printed.status
  const code = codeOf(observation.code ?? printed.code, message)
  const number = headers['x-oss-ec'] ?? fields['EC'] ?? /\b(?:EC|Ec)["']?\s*[>:=]\s*["']?(\d{4}-\d{8})/.exec(message)?.[1]
  const layer = LAYERS.find(([pattern]) => pattern.test(fields['PolicyType'] ?? ''))?.[1] ?? NUMBERS[number ?? '']?.layer
  const effect = effectOf(fields['NoPermissionType']) ?? NUMBERS[number ?? '']?.effect
  const endpoint = endpointIn(fields, message)
  const region = /\boss-([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com/.exec(endpoint ?? '')?.[1]
  const requestId = headers['x-oss-request-id'] ?? headers['x-acs-request-id'] ?? printed.requestId
  return {
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(printed.message === undefined ? {} : { text: printed.message }),
    ...(printed.operation === undefined ? {} : { operation: printed.operation }),
    ...(layer === undefined ? {} : { layer }),
    ...(effect === undefined ? {} : { effect }),
    ...(fields['AuthAction'] === undefined ? {} : { action: fields['AuthAction'] }),
    ...(fields['AuthPrincipalDisplayName'] === undefined ? {} : { principal: fields['AuthPrincipalDisplayName'] }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(requestId === undefined ? {} : { requestId }),
    fields: { ...fields, ...(number === undefined ? {} : { EC: number }) },
  }
}

/** Details stand inside AccessDeniedDetail, in XML, JSON or what a language prints of either. */
function detailsIn(message: string): { readonly [name: string]: string } {
  return Object.fromEntries(
    DETAILS.flatMap((name): readonly (readonly [string, string])[] => {
      const value = new RegExp(`\\b${name}\\\\?["']?\\s*[>:=]\\s*\\\\?["']?([\\w:.*/@-]+)`).exec(message)?.[1]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** Codes with periods are cut at the first by some tools; words of SDKs are no codes. */
function codeOf(code: string | undefined, message: string): string | undefined {
  const whole =
    /\b(?:AuthenticationFail|EntityNotExist|InvalidAccessKeyId|InvalidSecurityToken|InvalidTimeStamp|InvalidParameter)(?:\.\w+)+/.exec(
      message,
    )?.[0]
  if (whole !== undefined) return whole.replace(/(?<=\w)Error$/, '')
  if (code !== undefined && !/^(Oss|Server|Client|Request|Response|Service|Error|Exception|SDK|Tea)(Error|Exception)?$/i.test(code))
    return code
  if (ONLY_RAM.test(message)) return 'NoPermission'
  if (/specified access key is not found/i.test(message)) return 'InvalidAccessKeyId.NotFound'
  return /\b(NoPermission|NoSuchBucket|NoSuchKey|SecurityTokenExpired|SignatureDoesNotMatch|RequestTimeTooSkewed|InvalidAccessKeyId|InvalidObjectState|UserDisable|AbnormalBucketOwnerStatus|AccessDenied)\b/.exec(
    message,
  )?.[1]
}

/** How STS says that it refuses. OSS has other words. */
export const ONLY_RAM = /not authorized to do this action\. You should be authorized by RAM/i

function effectOf(type: string | undefined): Clue['effect'] {
  if (type === undefined) return undefined
  return /explicit/i.test(type) ? 'explicit' : /implicit/i.test(type) ? 'implicit' : undefined
}

/** The endpoint that would have been right. */
function endpointIn(fields: { readonly [name: string]: string }, message: string): string | undefined {
  if (!ELSEWHERE.test(message)) return undefined
  return fields['Endpoint'] ?? /Endpoint["']?\s*[>:=]\s*["']?([\w.-]+\.aliyuncs\.com)/.exec(message)?.[1]
}

/** How OSS says that the bucket is in another region. */
export const ELSEWHERE = /must be addressed using (the|OSS)\b/i

/** HEAD has no body: OSS says in a header what it would have been. */
function errorHeader(header: string | undefined): string {
  try {
    return header === undefined ? '' : atob(header)
  } catch {
    return ''
  }
}
