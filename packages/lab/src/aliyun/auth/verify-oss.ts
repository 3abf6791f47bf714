import { sameText } from '../../aws/auth/canonical.ts'
import type { LabRequest } from '../../http/request.ts'
import { AliyunError } from '../error.ts'
import type { AliyunState } from '../state/types.ts'
import { findAliyunCredential, type AliyunCredential } from './credentials.ts'
import { readOssSignature, type OssSignature } from './oss-signature.ts'
import { ossV1Signature, ossV1StringToSign } from './oss-v1.ts'
import { ossCanonicalRequests, ossStringToSign, ossV4Signature, type OssScope } from './oss-v4.ts'

const MAX_SKEW_MS = 15 * 60_000

/**
 * Checks who signed a request to OSS: undefined when nobody did. Throws OSS's own error when the signature, the key, the token
 * or the time does not hold. https://help.aliyun.com/en/oss/user-guide/0002-error-codes
 */
export function verifyOssRequest(
  state: AliyunState,
  request: LabRequest,
  where: { readonly bucket: string | undefined; readonly region: string },
): AliyunCredential | undefined {
  const reading = readOssSignature(request)
  if (reading.kind === 'unsigned') return undefined
  if (reading.kind === 'malformed') throw new AliyunError(400, 'InvalidArgument', reading.message, { ec: '0002-00000201' })
  const { signature } = reading
  if (signature.scope) checkScope(signature.scope, where.region)
  checkTime(state, signature)
  const credential = findAliyunCredential(state, signature.accessKeyId)
  if (!credential) throw unknownKey(signature.accessKeyId)
  if (!credential.isActive)
    throw new AliyunError(403, 'InvalidAccessKeyId', 'The OSS Access Key Id is disabled.', {
      ec: '0002-00000903',
      details: [['OSSAccessKeyId', signature.accessKeyId]],
    })
  checkToken(state, credential, signature)
  checkSignature(request, signature, credential, where.bucket)
  return credential
}

function checkScope({ region, product }: OssScope, expected: string): void {
  if (region !== expected)
    throw new AliyunError(400, 'InvalidArgument', 'Invalid signing region in Authorization header.', { ec: '0002-00000226' })
  if (product !== 'oss')
    throw new AliyunError(400, 'InvalidArgument', 'Invalid signing product in Authorization header.', { ec: '0002-00000227' })
}

function checkTime(state: AliyunState, { time, expiresAt }: OssSignature): void {
  const now = state.clock.now()
  if (expiresAt !== undefined && now > expiresAt)
    throw new AliyunError(403, 'AccessDenied', 'Request has expired.', {
      ec: '0002-00000069',
      details: [
        ['Expires', iso(expiresAt)],
        ['ServerTime', iso(now)],
      ],
    })
  const isEarly = expiresAt !== undefined && time !== undefined && time > now + MAX_SKEW_MS
  const isSkewed = expiresAt === undefined && time !== undefined && Math.abs(now - time) > MAX_SKEW_MS
  if (isEarly || isSkewed)
    throw new AliyunError(403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.', {
      ec: '0002-00000504',
      details: [
        ['MaxAllowedSkewMilliseconds', String(MAX_SKEW_MS)],
        ['RequestTime', iso(time ?? 0)],
        ['ServerTime', iso(now)],
      ],
    })
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

function unknownKey(accessKeyId: string): AliyunError {
  return new AliyunError(403, 'InvalidAccessKeyId', 'The OSS Access Key Id you provided does not exist in our records.', {
    ec: '0002-00000902',
    details: [['OSSAccessKeyId', accessKeyId]],
  })
}

function checkToken(state: AliyunState, { holder }: AliyunCredential, { token, accessKeyId }: OssSignature): void {
  if (holder.kind !== 'session') {
    if (token !== undefined) throw invalidToken()
    return
  }
  // A temporary key without its token is, to OSS, a key nobody knows.
  if (token === undefined) throw unknownKey(accessKeyId)
  if (!sameText(token, holder.session.token)) throw invalidToken()
  if (state.clock.now() >= holder.session.expiresAt)
    throw new AliyunError(403, 'SecurityTokenExpired', 'The security token you provided has expired.', { ec: '0002-00000007' })
}

function invalidToken(): AliyunError {
  return new AliyunError(403, 'InvalidSecurityToken', 'The security token you provided is invalid.', { ec: '0002-00000024' })
}

function checkSignature(request: LabRequest, signature: OssSignature, credential: AliyunCredential, bucket: string | undefined): void {
  const attempts = attemptsOf(request, signature, credential, bucket)
  if (attempts.some(({ expected }) => sameText(expected, signature.signature))) return
  const [first] = attempts
  throw new AliyunError(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    {
      ec: '0002-00000040',
      details: [
        ['OSSAccessKeyId', signature.accessKeyId],
        ['SignatureProvided', signature.signature],
        ['StringToSign', first?.toSign ?? ''],
        ...(first?.canonical === undefined ? [] : [['CanonicalRequest', first.canonical] as const]),
      ],
    },
  )
}

/** What a client may have signed, and the signature that comes of it. */
interface Attempt {
  readonly toSign: string
  readonly expected: string
  readonly canonical?: string
}

function attemptsOf(
  request: LabRequest,
  { scope, additional = [], timestamp }: OssSignature,
  { secret }: AliyunCredential,
  bucket: string | undefined,
): readonly Attempt[] {
  if (!scope) {
    const toSign = ossV1StringToSign(request, bucket, timestamp)
    return [{ toSign, expected: ossV1Signature(secret, toSign) }]
  }
  return ossCanonicalRequests(request, bucket, additional).map((canonical) => {
    const toSign = ossStringToSign(timestamp, scope, canonical)
    return { toSign, canonical, expected: ossV4Signature(secret, scope, toSign) }
  })
}
