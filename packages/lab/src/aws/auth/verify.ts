import type { LabRequest } from '../../http/request.ts'
import { AwsError } from '../error.ts'
import type { AwsState } from '../state/types.ts'
import { canonicalRequest, sameText, scopeText, sign, signingKey, stringToSign } from './canonical.ts'
import { findCredential, type Credential } from './credentials.ts'
import { readSignature, type ReadSignature } from './read-signature.ts'
import { MAX_SKEW_MS, type AuthRefusals } from './refusals.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

/** A request whose signature holds. */
export interface Verified {
  readonly credential: Credential
  readonly signature: ReadSignature
  /** What the chunks of a streamed body are chained to. */
  readonly chunkChain: { readonly key: Buffer; readonly timestamp: string; readonly scope: string; readonly seed: string }
}

export interface VerifyRules {
  readonly service: string
  readonly refusals: AuthRefusals
  /** The region a signature must be made for, where the host or the bucket fixes one. */
  readonly region: string | undefined
  /** How to say that it was made for another one. */
  readonly wrongRegion: (given: string, expected: string) => string
  /** Hash that stands in the canonical request. */
  readonly payloadHash: (signature: ReadSignature) => string
}

/**
 * Checks who signed a request: undefined when nobody did. Throws AWS's own error when the signature, the key, the token or
 * the time does not hold.
 */
export function verifyRequest(state: AwsState, request: LabRequest, rules: VerifyRules): Verified | undefined {
  const { refusals } = rules
  const reading = readSignature(request)
  if (reading.kind === 'unsigned') return undefined
  if (reading.kind === 'unsupported') throw refusals.unsupported()
  if (reading.kind === 'malformed') throw refusals.malformed(reading.message, reading.presigned)
  const { signature } = reading
  checkScope(signature, rules)
  checkTime(state, signature, refusals)

  const credential = findCredential(state, signature.accessKeyId)
  if (!credential) throw refusals.unknownKey(signature.accessKeyId)
  checkToken(state, credential, signature, refusals)

  const canonical = canonicalRequest(request, signature.signedHeaders, rules.payloadHash(signature), rules.service)
  const toSign = stringToSign(signature.timestamp, signature.scope, canonical)
  const key = signingKey(credential.secret, signature.scope)
  if (!sameText(sign(key, toSign), signature.signature))
    throw refusals.mismatch(signature.accessKeyId, signature.signature, toSign, canonical)
  if (rules.service === 's3') checkUnsignedHeaders(request, signature)
  return {
    credential,
    signature,
    chunkChain: { key, timestamp: signature.timestamp, scope: scopeText(signature.scope), seed: signature.signature },
  }
}

function checkScope({ scope }: ReadSignature, rules: VerifyRules): void {
  if (scope.service !== rules.service)
    throw rules.refusals.wrongScope(
      rules.service === 's3'
        ? `incorrect service "${scope.service}". This endpoint belongs to "s3".`
        : `Credential should be scoped to correct service: '${rules.service}'. `,
    )
  if (rules.region !== undefined && scope.region !== rules.region)
    throw rules.refusals.wrongScope(rules.wrongRegion(scope.region, rules.region), rules.region)
}

function checkTime(state: AwsState, signature: ReadSignature, refusals: AuthRefusals): void {
  const now = state.clock.now()
  if (signature.expiresSeconds === undefined) {
    if (Math.abs(now - signature.time) > MAX_SKEW_MS) throw refusals.skewed(signature.timestamp, signature.time, now)
    return
  }
  if (signature.time > now + MAX_SKEW_MS) throw new AwsError(403, 'AccessDenied', 'Request is not yet valid')
  const end = signature.time + signature.expiresSeconds * 1000
  if (now > end)
    throw new AwsError(403, 'AccessDenied', 'Request has expired', {
      details: [
        ['X-Amz-Expires', String(signature.expiresSeconds)],
        ['Expires', isoSeconds(end)],
        ['ServerTime', isoSeconds(now)],
      ],
    })
}

function checkToken(state: AwsState, credential: Credential, { token, accessKeyId }: ReadSignature, refusals: AuthRefusals): void {
  const { holder } = credential
  if (holder.kind !== 'session') {
    if (token !== undefined) throw refusals.badToken()
    return
  }
  // A temporary key without its token is, to AWS, a key nobody knows.
  if (token === undefined) throw refusals.unknownKey(accessKeyId)
  if (!sameText(token, holder.session.token)) throw refusals.badToken()
  if (state.clock.now() >= holder.session.expiresAt) throw refusals.expiredToken()
}

// S3 takes every x-amz- header into account, so it insists that each was signed. The SDKs leave the tracing header out.
function checkUnsignedHeaders(request: LabRequest, signature: ReadSignature): void {
  const unsigned = [...request.headers.keys()].filter(
    (name) => name.startsWith('x-amz-') && name !== 'x-amz-content-sha256' && !signature.signedHeaders.includes(name),
  )
  if (unsigned.length > 0)
    throw new AwsError(403, 'AccessDenied', 'There were headers present in the request which were not signed', {
      details: [['HeadersNotSigned', unsigned.join(', ')]],
    })
}
