import { compactVerify, decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'
import { jsonAnswer, type Answer } from '../../http/answer.ts'
import type { LabRequest } from '../../http/request.ts'
import { issueToken, TOKEN_SECONDS } from '../auth/tokens.ts'
import { readForm } from '../body.ts'
import type { Call, Identified } from '../call.ts'
import { GoogleError, notImplemented } from '../error.ts'
import { refuseOAuth } from '../refuse.ts'
import type { GcpState, ServiceAccount } from '../state/types.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const TOKEN_URL = 'https://oauth2.googleapis.com/token'
/** Older libraries name the endpoint so. */
const AUDIENCES = [TOKEN_URL, 'https://www.googleapis.com/oauth2/v4/token', 'https://accounts.google.com/o/oauth2/token']
const SKEW_SECONDS = 300

/** The token endpoint, for service accounts that sign for themselves. https://developers.google.com/identity/protocols/oauth2/service-account */
export function identifyOAuth(request: LabRequest): Identified {
  const isToken = request.method === 'POST' && /^\/(token|oauth2\/v4\/token)$/.test(request.rawPath)
  return {
    operation: isToken ? 'oauth.token' : 'oauth.unknown',
    refuse: refuseOAuth,
    run: isToken
      ? token
      : async () => {
          throw notImplemented(`${request.method} ${request.rawPath}`)
        },
  }
}

async function token(call: Call): Promise<Answer> {
  const { state } = call
  const form = await readForm(call)
  if (form.get('grant_type') !== JWT_BEARER)
    throw new GoogleError(400, 'unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type') ?? ''}`)
  const { account, scopes } = await verifyAssertion(state, form.get('assertion') ?? '', audiencesOf(call.request))
  call.identified(account.email)
  const text = issueToken(state, {
    identity: { kind: 'service-account', email: account.email },
    scopes,
    expiresAt: state.clock.now() + TOKEN_SECONDS * 1000,
  })
  return jsonAnswer({ access_token: text, expires_in: TOKEN_SECONDS - 1, token_type: 'Bearer' })
}

/** At the lab's own address the endpoint goes by that name too: key files can name it as their token_uri. */
function audiencesOf({ direct, headers, rawPath }: LabRequest): readonly string[] {
  return direct ? [...AUDIENCES, `http://${headers.get('host') ?? ''}${rawPath}`] : AUDIENCES
}

/** Checks in Google's order: account, signature, audience, time, scope. */
async function verifyAssertion(
  state: GcpState,
  assertion: string,
  audiences: readonly string[],
): Promise<{ readonly account: ServiceAccount; readonly scopes: readonly string[] }> {
  const claims = read(assertion)
  const account = state.serviceAccounts.get(claims.iss ?? '')
  if (!account || account.disabled) throw new GoogleError(400, 'invalid_grant', 'Invalid grant: account not found')
  if (!(await isSigned(assertion, account, state.clock.now()))) throw new GoogleError(400, 'invalid_grant', 'Invalid JWT Signature.')
  if (typeof claims.aud !== 'string' || !audiences.includes(claims.aud))
    throw new GoogleError(400, 'invalid_grant', 'Invalid JWT: Failed audience check.')
  if (!isTimely(claims, state.clock.now() / 1000))
    throw new GoogleError(
      400,
      'invalid_grant',
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
    )
  const scopes = typeof claims['scope'] === 'string' ? claims['scope'].split(' ').filter((scope) => scope !== '') : []
  if (scopes.length === 0) throw new GoogleError(400, 'invalid_scope', 'Invalid OAuth scope or ID token audience provided.')
  return { account, scopes }
}

function read(assertion: string): JWTPayload {
  try {
    return decodeJwt(assertion)
  } catch {
    throw new GoogleError(400, 'invalid_request', 'Bad Request')
  }
}

async function isSigned(assertion: string, account: ServiceAccount, now: number): Promise<boolean> {
  const { kid, alg } = decodeProtectedHeader(assertion)
  if (alg !== 'RS256') return false
  const keys = [...account.keys.values()].filter((key) => !key.disabled && key.validBefore > now && (kid === undefined || kid === key.id))
  for (const key of keys) {
    try {
      await compactVerify(assertion, key.publicKey)
      return true
    } catch {
      // Another key of the account may be the one.
    }
  }
  return false
}

function isTimely({ iat, exp }: JWTPayload, now: number): boolean {
  return iat !== undefined && exp !== undefined && exp > now && iat <= now + SKEW_SECONDS && exp - iat <= 3600
}
