import type { Observation } from '../case.ts'
import type { Clue } from '../clue.ts'
import { readPrintedError } from '../message/printed-error.ts'

/** Codes that may stand anywhere in what was printed. https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
const CODES = new RegExp(
  String.raw`\b(${[
    'AuthorizationPermissionMismatch',
    'AuthorizationResourceTypeMismatch',
    'AuthorizationServiceMismatch',
    'AuthorizationProtocolMismatch',
    'AuthorizationSourceIPMismatch',
    'AuthorizationFailure',
    'AuthenticationFailed',
    'InvalidAuthenticationInfo',
    'NoAuthenticationInformation',
    'KeyBasedAuthenticationNotPermitted',
    'PublicAccessNotPermitted',
    'AccountIsDisabled',
    'InsufficientAccountPermissions',
    'ContainerNotFound',
    'ContainerBeingDeleted',
    'ContainerDisabled',
    'FilesystemNotFound',
    'BlobNotFound',
    'PathNotFound',
    'BlobArchived',
    'BlobBeingRehydrated',
    'BlobImmutableDueToPolicy',
    'BlobImmutableDueToLegalHold',
    'ContainerImmutable',
    'LeaseIdMissing',
    'LeaseIdMismatchWithBlobOperation',
    'HierarchicalNamespaceNotEnabled',
    'EndpointUnsupportedAccountFeatures',
    'UnauthorizedBlobOverwrite',
    'AccountRequiresHttps',
    String.raw`KeyVault\w+`,
  ].join('|')})\b`,
)

/** What the sentences of Azure Storage say where no code stands beside them. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/perform this operation using this permission/i, 'AuthorizationPermissionMismatch'],
  [/perform this operation using this resource type/i, 'AuthorizationResourceTypeMismatch'],
  [/perform this operation using this service/i, 'AuthorizationServiceMismatch'],
  [/perform this operation using this protocol/i, 'AuthorizationProtocolMismatch'],
  [/perform this operation using this source IP/i, 'AuthorizationSourceIPMismatch'],
  // Cut off before "using this …", the sentence is one of five: only its full stop tells.
  [/not authorized to perform this operation\.(?!\.)/i, 'AuthorizationFailure'],
  [/Key based authentication is not permitted/i, 'KeyBasedAuthenticationNotPermitted'],
  [/Public access is not permitted on this storage account/i, 'PublicAccessNotPermitted'],
  [/Make sure the value of Authorization header is formed correctly/i, 'AuthenticationFailed'],
  [
    /Signature (did not match|fields not well formed|not valid in the specified)|MAC signature found in the HTTP request/i,
    'AuthenticationFailed',
  ],
  [/(Issuer|Audience|Lifetime) validation failed/i, 'InvalidAuthenticationInfo'],
  [/You do not have the required permissions needed to perform this operation/i, 'AuthorizationPermissionMismatch'],
  [/The specified account is disabled/i, 'AccountIsDisabled'],
  [/The specified container does not exist/i, 'ContainerNotFound'],
]

const DETAIL = /AuthenticationErrorDetail["']?\s*[>:=]\s*["']?(?<detail>[^<\n]*)/

/** Reads an answer of Azure Storage or of Entra ID, or of what prints one. */
export function azureClue(observation: Observation): Clue {
  const { headers, message = '' } = observation
  const printed = readPrintedError(message)
  const words = `${observation.code ?? ''} ${headers['x-ms-error-code'] ?? ''} ${printed.message ?? ''} ${message}`
  const status = observation.status ?? printed.status
  const code = codeOf(observation, printed.code, words)
  const detail = printed.fields['AuthenticationErrorDetail'] ?? DETAIL.exec(message)?.groups?.['detail']?.trim()
  const requestId = headers['x-ms-request-id'] ?? printed.requestId
  return {
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(printed.message === undefined ? {} : { text: printed.message }),
    ...(printed.operation === undefined ? {} : { operation: printed.operation }),
    ...(requestId === undefined ? {} : { requestId }),
    fields: { ...printed.fields, ...(detail === undefined || detail === '' ? {} : { AuthenticationErrorDetail: detail }) },
  }
}

function codeOf(observation: Observation, printed: string | undefined, words: string): string | undefined {
  const entra = /\bAADSTS\d{4,8}/.exec(words)?.[0]
  if (entra !== undefined) return entra
  const header = observation.headers['x-ms-error-code']
  const known = [observation.code, header].find((code) => code !== undefined && CODES.test(code)) ?? CODES.exec(words)?.[1]
  // Azurite has the firewall's code for what its words, and Azure's code, call a credential that does not hold.
  if (known === 'AuthorizationFailure' && /failed to authenticate the request/i.test(words)) return 'AuthenticationFailed'
  if (known !== undefined) return known
  const sentence = SENTENCES.find(([pattern]) => pattern.test(words))?.[1]
  return (
    sentence ??
    header ??
    observation.code ??
    (/^(Http|Request|Rest|Client|Api|Error|Operation)?$/.test(printed ?? '') ? undefined : printed)
  )
}
