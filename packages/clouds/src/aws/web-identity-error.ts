import { type AccessError, type ProviderError, type ReasonName, accessError } from '@sluice/core'

/**
 * What STS says about a token, by code and, where one code means several things, by its words. Words that are not known stay with
 * what the code alone says. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
const INVALID_TOKEN: readonly (readonly [words: RegExp, reason: ReasonName])[] = [
  [/no openidconnect provider found/i, 'aws.oidc.no_provider'],
  [/token audience/i, 'aws.oidc.audience'],
  [/verification key|thumbprint|certificate/i, 'aws.oidc.keys'],
]

/** The error of a role assumed with a token of ours: what is wrong with it, as far as STS says so. */
export function webIdentityError(error: AccessError): AccessError {
  const reason = reasonOf(error.provider)
  if (reason === undefined) return error
  return accessError(reason, { message: error.message, ...(error.provider ? { provider: error.provider } : {}), cause: error })
}

function reasonOf(provider: ProviderError | undefined): ReasonName | undefined {
  switch (provider?.code) {
    case 'AccessDenied':
    case 'AccessDeniedException':
      return 'aws.oidc.denied'
    case 'ExpiredTokenException':
    case 'ExpiredToken':
      return 'aws.oidc.expired'
    case 'IDPCommunicationError':
      return 'aws.oidc.unreachable'
    case 'IDPRejectedClaim':
      return 'aws.oidc.rejected'
    case 'InvalidIdentityToken':
      return invalidToken(provider)
    default:
      return undefined
  }
}

function invalidToken({ message = '' }: ProviderError): ReasonName {
  return INVALID_TOKEN.find(([words]) => words.test(message))?.[1] ?? 'aws.oidc.rejected'
}
