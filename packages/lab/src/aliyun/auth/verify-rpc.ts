import { createHash, createHmac } from 'node:crypto'
import { sameText } from '../../aws/auth/canonical.ts'
import { percentEncode, type LabRequest } from '../../http/request.ts'
import { AliyunError } from '../error.ts'
import type { AliyunState } from '../state/types.ts'
import { findAliyunCredential, type AliyunCredential } from './credentials.ts'
import { readRpcSignature, type RpcSignature } from './read-rpc-signature.ts'

/** An RPC request as far as its signature is concerned. */
export interface SignedRpc {
  readonly request: LabRequest
  readonly body: Buffer
  /** Parameters of query and form. */
  readonly values: ReadonlyMap<string, string>
}

const MAX_SKEW_MS = 15 * 60_000

/**
 * Checks who signed an RPC request: undefined when nobody did. Throws Alibaba Cloud's own error when the signature, the key,
 * the token, the time or the nonce does not hold.
 * https://help.aliyun.com/en/sdk/product-overview/rpc-mechanism and https://help.aliyun.com/en/sdk/product-overview/v3-request-structure-and-signature
 */
export function verifyRpc(state: AliyunState, rpc: SignedRpc): AliyunCredential | undefined {
  const signature = readRpcSignature(rpc.request, rpc.values)
  if (!signature) return undefined
  if (Math.abs(state.clock.now() - signature.time) > MAX_SKEW_MS)
    throw new AliyunError(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.')
  const credential = findAliyunCredential(state, signature.accessKeyId)
  if (!credential) throw new AliyunError(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.')
  if (!credential.isActive) throw new AliyunError(403, 'InvalidAccessKeyId.Inactive', 'Specified access key is disabled.')
  const toSign = signature.scheme === 'acs3' ? acs3StringToSign(rpc, signature) : rpcStringToSign(rpc)
  const expected =
    signature.scheme === 'acs3'
      ? createHmac('sha256', credential.secret).update(toSign).digest('hex')
      : createHmac('sha1', `${credential.secret}&`).update(toSign).digest('base64')
  if (!sameText(expected, signature.signature))
    throw new AliyunError(
      400,
      'SignatureDoesNotMatch',
      `Specified signature is not matched with our calculation. server string to sign is:${toSign}`,
    )
  checkToken(state, credential, signature)
  checkNonce(state, signature)
  return credential
}

function checkToken(state: AliyunState, { holder }: AliyunCredential, { token }: RpcSignature): void {
  if (holder.kind !== 'session') {
    if (token !== undefined) throw new AliyunError(400, 'InvalidSecurityToken.Malformed', 'Specified SecurityToken is malformed.')
    return
  }
  if (token === undefined) throw new AliyunError(400, 'MissingSecurityToken', 'SecurityToken is mandatory for this action.')
  if (!sameText(token, holder.session.token))
    throw new AliyunError(400, 'InvalidSecurityToken.MismatchWithAccessKey', 'Specified SecurityToken mismatch with the AccessKey.')
  if (state.clock.now() >= holder.session.expiresAt)
    throw new AliyunError(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.')
}

/** A request is answered once: who repeats it must sign it again. */
function checkNonce(state: AliyunState, { nonce, accessKeyId, time }: RpcSignature): void {
  const used = `${accessKeyId} ${nonce}`
  if (state.nonces.has(used)) throw new AliyunError(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.')
  for (const [known, until] of state.nonces) {
    if (until > state.clock.now()) break
    state.nonces.delete(known)
  }
  state.nonces.set(used, time + 2 * MAX_SKEW_MS)
}

function canonicalPairs(pairs: Iterable<readonly [string, string]>): string {
  return [...pairs]
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .sort()
    .join('&')
}

function rpcStringToSign({ request, values }: SignedRpc): string {
  const pairs = [...values].filter(([name]) => name !== 'Signature')
  return [request.method, percentEncode('/'), percentEncode(canonicalPairs(pairs))].join('&')
}

function acs3StringToSign({ request, body }: SignedRpc, { signedHeaders }: RpcSignature): string {
  const hash = createHash('sha256').update(body).digest('hex')
  const claimed = request.headers.get('x-acs-content-sha256')
  if (claimed !== hash)
    throw new AliyunError(400, 'InvalidContentSha256', 'The specified x-acs-content-sha256 does not match the content of the request.')
  const headers = signedHeaders.map((name) => `${name}:${(request.headers.get(name) ?? '').trim()}\n`).join('')
  const canonical = [request.method, request.rawPath, canonicalPairs(request.query), headers, signedHeaders.join(';'), hash].join('\n')
  return `ACS3-HMAC-SHA256\n${createHash('sha256').update(canonical).digest('hex')}`
}
