import type { AccessBoundary, JsonObject, ProviderError, ReasonName } from '@sluice/core'
import { type GoogleCaller, askService, requiredText } from './service.ts'
import type { GoogleToken } from './token.ts'

const TOKEN_URL = 'https://sts.googleapis.com/v1/token'
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const JWT = 'urn:ietf:params:oauth:token-type:jwt'
/** What a token may be used for at all. IAM decides what of it; scopes would only repeat that. */
export const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
/** Of tokens whose end Google does not tell: they end with what they were made from, and never live longer. */
const LONGEST_MS = 3_600_000

/** Exchanges a JWT of ours for the token of a principal of a workload identity pool. https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token */
export async function exchangeJwt(
  caller: GoogleCaller,
  request: { readonly audience: string; readonly jwt: string },
  signal: AbortSignal,
): Promise<GoogleToken> {
  const answer = await askService(
    caller,
    {
      operation: 'sts.token',
      url: TOKEN_URL,
      subject: `provider ${request.audience}`,
      body: {
        form: {
          grant_type: EXCHANGE,
          audience: request.audience,
          scope: SCOPE,
          requested_token_type: ACCESS_TOKEN,
          subject_token_type: JWT,
          subject_token: request.jwt,
        },
      },
      secrets: [request.jwt],
      reasonOf: exchangeReason,
    },
    signal,
  )
  return tokenOf(caller, answer, caller.clock.now() + LONGEST_MS)
}

/** Exchanges a token for one that can do no more than `boundary` says. It ends with the one it was made from. */
export async function downscope(
  caller: GoogleCaller,
  source: GoogleToken,
  boundary: AccessBoundary,
  signal: AbortSignal,
): Promise<GoogleToken> {
  const answer = await askService(
    caller,
    {
      operation: 'sts.downscope',
      url: TOKEN_URL,
      subject: 'a token to be narrowed',
      body: {
        form: {
          grant_type: EXCHANGE,
          requested_token_type: ACCESS_TOKEN,
          subject_token_type: ACCESS_TOKEN,
          subject_token: source.token,
          options: JSON.stringify({ accessBoundary: boundary }),
        },
      },
      secrets: [source.token],
      reasonOf: () => undefined,
    },
    signal,
  )
  return tokenOf(caller, answer, source.expiresAt)
}

/** The end is told for some tokens only; `latest` is known without. */
function tokenOf({ clock }: GoogleCaller, answer: JsonObject, latest: number): GoogleToken {
  const seconds = answer['expires_in']
  const told = typeof seconds === 'number' && seconds > 0 ? clock.now() + seconds * 1_000 : latest
  return { token: requiredText(answer, 'access_token', 'sts.token'), expiresAt: Math.min(told, latest) }
}

/** https://cloud.google.com/iam/docs/troubleshooting-workload-identity-federation */
function exchangeReason({ code, message = '' }: ProviderError): ReasonName | undefined {
  if (code === 'invalid_target') return 'gcp.federation.provider'
  if (code === 'unauthorized_client') return 'gcp.federation.refused'
  if (code !== 'invalid_grant') return undefined
  if (/error connecting to|unable to (?:fetch|retrieve)|jwks/i.test(message)) return 'gcp.federation.unreachable'
  return /is stale/i.test(message) ? 'gcp.clock' : 'gcp.federation.refused'
}
