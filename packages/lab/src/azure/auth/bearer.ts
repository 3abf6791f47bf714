import { versionOf, type BlobRequest } from '../blob/call.ts'
import { isForAccount, readAccessToken } from '../entra/access-token.ts'
import { authenticationFailed, AzureError } from '../error.ts'
import type { BlobCaller } from './caller.ts'

/** The first version that takes tokens of Entra. */
const FIRST_VERSION = '2017-11-09'

/** Verifies an access token of Entra: signature, time, audience, tenant. */
export function verifyBearer({ account, request, state }: BlobRequest, token: string): BlobCaller {
  if (versionOf(request) < FIRST_VERSION) throw authenticationFailed('Authentication scheme Bearer is not supported in this version.')
  if (state.callerProtocol === 'http') throw authenticationFailed('Authentication scheme Bearer is not supported over http.')
  const claims = readAccessToken(state, token)
  const refuse = (detail: string): AzureError => invalidToken(account.tenantId, detail)
  if (claims === undefined) throw refuse('Signature validation failed. Signature verification failed.')
  if (claims.exp * 1000 <= state.clock.now()) throw refuse('Lifetime validation failed. The token is expired.')
  if (!isForAccount(claims.aud, account.name)) throw refuse('Audience validation failed. Audience did not match.')
  if (claims.tid !== account.tenantId) throw refuse('Issuer validation failed. Issuer did not match.')
  return { kind: 'identity', name: `identity:${claims.oid}`, objectId: claims.oid }
}

function invalidToken(tenantId: string, detail: string): AzureError {
  return new AzureError(
    401,
    'InvalidAuthenticationInfo',
    'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.',
    { details: [['AuthenticationErrorDetail', detail]], headers: bearerChallenge(tenantId) },
  )
}

/** Where to get a token from. */
export function bearerChallenge(tenantId: string): { readonly [name: string]: string } {
  return {
    'www-authenticate': `Bearer authorization_uri=https://login.microsoftonline.com/${tenantId}/oauth2/authorize resource_id=https://storage.azure.com`,
  }
}
