import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose'
import type { Issuers } from './issuers.ts'

/** The claims of a token, with those that every cloud asks for. */
export interface TokenClaims extends JWTPayload {
  readonly iss: string
  readonly sub: string
  readonly aud: string | string[]
  readonly exp: number
}

/** What a cloud expects of a token. */
export interface TokenExpectations {
  /** Exactly as the token must write it. */
  readonly issuer: string
  /** The token must be for one of these. */
  readonly audiences: readonly string[]
  /** Keys that were uploaded beforehand; absent: they are fetched from the issuer. */
  readonly keys?: JSONWebKeySet
}

export type TokenProblem =
  | 'malformed'
  | 'algorithm'
  | 'claim-missing'
  | 'issuer'
  | 'issuer-unreachable'
  | 'issuer-mismatch'
  | 'key'
  | 'signature'
  | 'expired'
  | 'not-yet-valid'
  | 'audience'

/** Whether a token holds, and if not, why. The claims of a refused token are what it says of itself, proved by nobody. */
export type TokenVerdict =
  | { readonly ok: true; readonly claims: TokenClaims }
  | { readonly ok: false; readonly problem: TokenProblem; readonly message: string; readonly unverified?: JWTPayload }

const ALGORITHMS = ['RS256', 'ES256']
/** The skew between clocks that clouds put up with. */
const TOLERANCE_SECONDS = 60

/** The claims that a token says it has, for finding out whose it is. They prove nothing. */
export function unverifiedClaims(token: string): JWTPayload | undefined {
  try {
    return decodeJwt(token)
  } catch {
    return undefined
  }
}

/** Verifies a JWT of an issuer: form, issuer, signature, time and audience. `now` in milliseconds. */
export async function verifyIssuedToken(issuers: Issuers, token: string, expected: TokenExpectations, now: number): Promise<TokenVerdict> {
  const unverified = unverifiedClaims(token)
  const algorithm = algorithmOf(token)
  if (!unverified || algorithm === undefined) return { ok: false, problem: 'malformed', message: 'The token is not a JWT.' }
  const refuse = (problem: TokenProblem, message: string): TokenVerdict => ({ ok: false, problem, message, unverified })
  if (!ALGORITHMS.includes(algorithm)) return refuse('algorithm', `The token is signed with ${algorithm}, not with RS256 or ES256.`)
  const missing = ['iss', 'sub', 'aud', 'exp'].find((name) => unverified[name] === undefined)
  if (missing !== undefined) return refuse('claim-missing', `The token has no claim ${missing}.`)
  if (unverified.iss !== expected.issuer)
    return refuse('issuer', `The token is from ${String(unverified.iss)}, not from ${expected.issuer}.`)

  const published = expected.keys ? { ok: true as const, keys: expected.keys } : await issuers.keysOf(expected.issuer)
  if (!published.ok) return refuse(published.problem, published.message)
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(published.keys), {
      algorithms: ALGORITHMS,
      audience: [...expected.audiences],
      issuer: expected.issuer,
      currentDate: new Date(now),
      clockTolerance: TOLERANCE_SECONDS,
    })
    return isComplete(payload) ? { ok: true, claims: payload } : refuse('malformed', 'A claim of the token is not of its type.')
  } catch (error) {
    return refuse(...reasonOf(error, expected))
  }
}

function algorithmOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg
  } catch {
    return undefined
  }
}

function reasonOf(error: unknown, expected: TokenExpectations): readonly [TokenProblem, string] {
  if (error instanceof errors.JWTExpired) return ['expired', 'The token has expired.']
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return ['audience', `The token is not for ${expected.audiences.join(' or ')}.`]
    if (error.claim === 'nbf') return ['not-yet-valid', 'The token is not valid yet.']
    return ['malformed', error.message]
  }
  if (error instanceof errors.JWKSNoMatchingKey) return ['key', 'The issuer publishes no key with which the token is signed.']
  if (error instanceof errors.JWSSignatureVerificationFailed) return ['signature', 'The signature of the token is wrong.']
  if (error instanceof errors.JOSEError) return ['malformed', error.message]
  throw error
}

function isComplete(payload: JWTPayload): payload is TokenClaims {
  const { iss, sub, aud, exp } = payload
  return typeof iss === 'string' && typeof sub === 'string' && aud !== undefined && typeof exp === 'number'
}
