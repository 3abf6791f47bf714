import type { GoogleIdentity } from '@sluice/core'
import type { JWTPayload } from 'jose'
import { verifyIssuedToken, type TokenVerdict } from '../../oidc/verify.ts'
import { GoogleError } from '../error.ts'
import type { GcpState, Pool, Provider } from '../state/types.ts'
import { mapAttributes, noSubject } from './map-attributes.ts'

const AUDIENCE = /^\/\/iam\.googleapis\.com\/(projects\/\d+\/locations\/global\/workloadIdentityPools\/[^/]+)\/providers\/([^/]+)$/

/** Turns a token of a trusted issuer into a principal of a pool. */
export async function federate(
  state: GcpState,
  audience: string,
  token: string,
): Promise<{ readonly identity: Extract<GoogleIdentity, { readonly kind: 'federated' }>; readonly assertionExpiresAt: number }> {
  const { pool, provider } = findProvider(state, audience)
  const verdict = await verifyIssuedToken(
    state.issuers,
    token,
    { issuer: provider.issuerUri, audiences: audiencesOf(pool, provider), ...(provider.keys ? { keys: provider.keys } : {}) },
    state.clock.now(),
  )
  if (!verdict.ok) throw refused(verdict, provider)
  checkIssuedAt(verdict.claims, state.clock.now())
  const identity = { kind: 'federated' as const, pool: pool.name, ...mapAttributes(provider, verdict.claims) }
  return { identity, assertionExpiresAt: verdict.claims.exp * 1000 }
}

function findProvider(state: GcpState, audience: string): { readonly pool: Pool; readonly provider: Provider } {
  const name = AUDIENCE.exec(audience)
  if (!name)
    throw new GoogleError(
      400,
      'invalid_request',
      'Invalid value for "audience". This value should be the full resource name of the Identity Provider. See https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for the list of possible formats.',
    )
  const pool = state.pools.get(name[1] ?? '')
  const provider = pool?.providers.get(name[2] ?? '')
  if (!pool || !provider || pool.disabled || pool.deleted || provider.disabled || provider.deleted)
    throw new GoogleError(
      400,
      'invalid_target',
      'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn\'t exist.',
    )
  return { pool, provider }
}

function audiencesOf(pool: Pool, provider: Provider): readonly string[] {
  if (provider.allowedAudiences.length > 0) return provider.allowedAudiences
  const name = `//iam.googleapis.com/${pool.name}/providers/${provider.id}`
  return [name, `https:${name}`]
}

/** Google's words, which call two different things stale and blame the issuer for a key that is not among its own. */
function refused(verdict: Extract<TokenVerdict, { readonly ok: false }>, provider: Provider): GoogleError {
  const claims = verdict.unverified ?? {}
  if (verdict.problem === 'claim-missing' && claims.sub === undefined) return noSubject()
  return new GoogleError(
    400,
    verdict.problem === 'malformed' ? 'invalid_request' : 'invalid_grant',
    wordsOf(verdict.problem, claims, provider),
  )
}

function wordsOf(problem: Extract<TokenVerdict, { readonly ok: false }>['problem'], claims: JWTPayload, provider: Provider): string {
  switch (problem) {
    case 'issuer':
      return issuerWords(claims, provider)
    case 'audience':
      return audienceWords(claims)
    case 'expired':
    case 'not-yet-valid':
      return staleWords(claims)
    case 'signature':
      return 'Unable to verify the ID Token signature.'
    case 'claim-missing':
      if (claims.iss === undefined) return issuerWords(claims, provider)
      return claims.aud === undefined ? audienceWords(claims) : staleWords(claims)
    case 'malformed':
      return 'The subject token is not a valid JWT.'
    default:
      return "Error connecting to the given credential's issuer."
  }
}

const SKEW_SECONDS = 60

/** Google wants to know when a token was made, and takes none from the future. */
function checkIssuedAt(claims: JWTPayload, now: number): void {
  if (claims.iat === undefined || claims.iat > now / 1000 + SKEW_SECONDS) throw new GoogleError(400, 'invalid_grant', staleWords(claims))
}

function staleWords({ iat }: JWTPayload): string {
  return `ID Token issued at ${String(iat ?? null)} is stale to sign-in.`
}

function issuerWords(claims: JWTPayload, provider: Provider): string {
  return `The issuer in ID Token ${String(claims.iss ?? null)} does not match the expected one in config: ${provider.issuerUri}.`
}

function audienceWords(claims: JWTPayload): string {
  return `The audience in ID Token [${[claims.aud ?? []].flat().join(', ')}] does not match the expected audience.`
}
