import type { LabRequest } from '../../http/request.ts'
import { AliyunError } from '../error.ts'

/** A signature of an RPC request as it stands there, unjudged. */
export interface RpcSignature {
  /** `rpc`: version 1.0 over the parameters, HMAC-SHA1. `acs3`: over the headers, HMAC-SHA256. */
  readonly scheme: 'rpc' | 'acs3'
  readonly accessKeyId: string
  readonly signature: string
  readonly token: string | undefined
  readonly time: number
  readonly nonce: string
  readonly signedHeaders: readonly string[]
}

/** Finds the signature of a request; undefined where there is none. Throws about one that is incomplete. */
export function readRpcSignature(request: LabRequest, values: ReadonlyMap<string, string>): RpcSignature | undefined {
  const header = request.headers.get('authorization')
  if (header !== undefined) return readAcs3(request, header)
  return values.has('Signature') ? readRpc(values) : undefined
}

const MUST_BE_SIGNED = ['host', 'x-acs-action', 'x-acs-content-sha256', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-version']

function readAcs3({ headers }: LabRequest, header: string): RpcSignature {
  const [, accessKeyId, signed, signature] =
    /^ACS3-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(header) ?? []
  if (accessKeyId === undefined || signed === undefined || signature === undefined)
    throw incomplete('The Authorization header is not ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=….')
  const signedHeaders = signed.split(';')
  const unsigned = MUST_BE_SIGNED.find((name) => !signedHeaders.includes(name) || !headers.has(name))
  if (unsigned !== undefined) throw incomplete(`The header ${unsigned} is missing or not signed.`)
  return {
    scheme: 'acs3',
    accessKeyId,
    signature,
    token: headers.get('x-acs-security-token'),
    time: readTime(headers.get('x-acs-date')),
    nonce: headers.get('x-acs-signature-nonce') ?? '',
    signedHeaders,
  }
}

function readRpc(values: ReadonlyMap<string, string>): RpcSignature {
  if (values.get('SignatureMethod') !== 'HMAC-SHA1' || values.get('SignatureVersion') !== '1.0')
    throw incomplete('SignatureMethod is HMAC-SHA1 and SignatureVersion 1.0.')
  const nonce = values.get('SignatureNonce') ?? ''
  const accessKeyId = values.get('AccessKeyId') ?? ''
  if (nonce === '') throw incomplete('SignatureNonce is missing.')
  if (accessKeyId === '') throw new AliyunError(400, 'MissingAccessKeyId', 'AccessKeyId is mandatory for this action.')
  return {
    scheme: 'rpc',
    accessKeyId,
    signature: values.get('Signature') ?? '',
    token: values.get('SecurityToken'),
    time: readTime(values.get('Timestamp')),
    nonce,
    signedHeaders: [],
  }
}

function readTime(text: string | undefined): number {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN
  if (Number.isNaN(time)) throw new AliyunError(400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.')
  return time
}

function incomplete(message: string): AliyunError {
  return new AliyunError(400, 'IncompleteSignature', `The request signature does not conform to Aliyun standards. ${message}`)
}
