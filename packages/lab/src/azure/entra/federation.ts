import type { Issuers } from '../../oidc/issuers.ts'
import { unverifiedClaims, verifyIssuedToken, type TokenVerdict } from '../../oidc/verify.ts'
import type { AzureState, FederatedCredential } from '../state/types.ts'
import { EntraError } from './error.ts'

const DOCUMENTATION = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation'

/** Verifies the token of another issuer against the federated credentials of an application. Throws EntraError. */
export async function demandFederated(
  state: AzureState,
  issuers: Issuers,
  credentials: readonly FederatedCredential[],
  assertion: string,
): Promise<void> {
  const claims = unverifiedClaims(assertion)
  if (claims === undefined) throw new EntraError(401, 'invalid_client', 50027, 'JWT token is invalid or malformed.')
  const credential = matching(credentials, {
    issuer: String(claims.iss),
    subject: String(claims.sub),
    audiences: [claims.aud ?? []].flat(),
  })
  const verdict = await verifyIssuedToken(
    issuers,
    assertion,
    { issuer: credential.issuer, audiences: credential.audiences },
    state.clock.now(),
  )
  if (!verdict.ok) throw refusal(verdict, credential.issuer, state.clock.now())
}

interface Asserted {
  readonly issuer: string
  readonly subject: string
  readonly audiences: readonly string[]
}

/** The credential that a token fits; which part of it fits none is told by the number. */
function matching(credentials: readonly FederatedCredential[], asserted: Asserted): FederatedCredential {
  if (credentials.length === 0) throw mismatch(70021, '. The application has no federated identity credential')
  const ofIssuer = credentials.filter(({ issuer }) => issuer === asserted.issuer)
  if (ofIssuer.length === 0) throw mismatch(700211, ` issuer '${asserted.issuer}'`)
  const ofSubject = ofIssuer.filter(({ subject }) => subject === asserted.subject)
  if (ofSubject.length === 0) {
    const isCaseOnly = ofIssuer.some(({ subject }) => subject.toLowerCase() === asserted.subject.toLowerCase())
    throw isCaseOnly
      ? mismatch(
          7002138,
          ` subject '${asserted.subject}'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison`,
        )
      : mismatch(700213, ` subject '${asserted.subject}'`)
  }
  const found = ofSubject.find(({ audiences }) => audiences.some((audience) => asserted.audiences.includes(audience)))
  if (!found) throw mismatch(700212, ` audience '${asserted.audiences.join(' ')}'`)
  return found
}

function mismatch(number: number, what: string): EntraError {
  return new EntraError(
    401,
    'invalid_client',
    number,
    `No matching federated identity record found for presented assertion${what}. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. ${DOCUMENTATION}`,
  )
}

function refusal(verdict: Extract<TokenVerdict, { ok: false }>, issuer: string, now: number): EntraError {
  switch (verdict.problem) {
    case 'issuer-unreachable':
    case 'issuer-mismatch':
      return new EntraError(400, 'invalid_request', 501661, 'Request to External OIDC endpoint failed.')
    case 'key':
      return new EntraError(
        401,
        'invalid_client',
        7000272,
        `The certificate with identifier used to sign the federated credential could not be found in the metadata of identity provider ${issuer}. Please validate that your Identity Provider's metadata exposes the key used to sign the incoming token.`,
      )
    case 'expired':
    case 'not-yet-valid':
      return new EntraError(401, 'invalid_client', 700024, timeRange(verdict.unverified ?? {}, now))
    case 'signature':
      return new EntraError(
        401,
        'invalid_client',
        50013,
        'Assertion failed signature validation. [Reason - The provided signature value did not match the expected signature value.]',
      )
    default:
      return new EntraError(401, 'invalid_client', 50027, 'JWT token is invalid or malformed.')
  }
}

function timeRange({ nbf, exp }: { readonly nbf?: number; readonly exp?: number }, now: number): string {
  const time = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '0000Z')
  return `Client assertion is not within its valid time range. Current time: ${time(now)}, assertion valid from ${time((nbf ?? 0) * 1000)}, expiry time of assertion ${time((exp ?? 0) * 1000)}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .`
}
