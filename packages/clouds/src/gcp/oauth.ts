import type { ProviderError, ReasonName } from '@sluice/core'
import { SignJWT } from 'jose'
import type { ServiceAccountKey } from './service-account-key.ts'
import { type GoogleCaller, askService, requiredText } from './service.ts'
import { SCOPE } from './sts.ts'
import type { GoogleToken } from './token.ts'

/** The only place where a signed assertion is ever sent, whatever a key file says. */
const TOKEN_URL = 'https://oauth2.googleapis.com/token'
const SECONDS = 3_600

/** A token of a service account for its key. https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests */
export async function tokenForKey(caller: GoogleCaller, key: ServiceAccountKey, signal: AbortSignal): Promise<GoogleToken> {
  const now = Math.floor(caller.clock.now() / 1_000)
  const assertion = await new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.privateKeyId })
    .setIssuer(key.clientEmail)
    .setAudience(TOKEN_URL)
    .setIssuedAt(now)
    .setExpirationTime(now + SECONDS)
    .sign(key.privateKey)
  const answer = await askService(
    caller,
    {
      operation: 'oauth.token',
      url: TOKEN_URL,
      subject: `key ${key.privateKeyId} of ${key.clientEmail}`,
      body: { form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion } },
      secrets: [assertion],
      reasonOf,
    },
    signal,
  )
  const seconds = answer['expires_in']
  return {
    token: requiredText(answer, 'access_token', 'oauth.token'),
    expiresAt: caller.clock.now() + 1_000 * (typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, SECONDS) : SECONDS),
  }
}

function reasonOf({ code, message = '' }: ProviderError): ReasonName | undefined {
  if (code !== 'invalid_grant') return undefined
  return /reasonable timeframe|iat and exp/i.test(message) ? 'gcp.clock' : 'gcp.key.rejected'
}
