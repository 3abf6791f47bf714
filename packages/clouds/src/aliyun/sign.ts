import { createHash, createHmac } from 'node:crypto'
import type { HttpRequest } from '@sluice/core'
import { encodeKey, encodeSegment } from '../store/encoding.ts'
import type { AliyunCredentials } from './credentials.ts'
import { ossHost } from './region.ts'

/** A request to OSS before it is signed. It goes to the bucket's own host in the region it is signed for. */
export interface OssRequest {
  readonly method: HttpRequest['method']
  readonly bucket: string
  readonly key?: string
  /** A parameter without a value is sent by its name alone. */
  readonly query: { readonly [name: string]: string }
  readonly headers: { readonly [name: string]: string }
  readonly body?: Uint8Array
}

/** What a signature is made with. */
export interface OssSigning {
  readonly region: string
  readonly credentials: AliyunCredentials
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Where a request goes and what it carries, ready for a transport. */
export type ReadyRequest = Pick<HttpRequest, 'method' | 'url' | 'target' | 'headers' | 'body'>

type Pairs = { readonly [name: string]: string }

const ALGORITHM = 'OSS4-HMAC-SHA256'

/** Signs with OSS's signature version 4 in the headers. https://help.aliyun.com/en/oss/developer-reference/recommend-to-use-signature-version-4 */
export function signOss(request: OssRequest, signing: OssSigning): ReadyRequest {
  const { credentials } = signing
  const time = timestamp(signing.now)
  const headers = {
    ...request.headers,
    'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-oss-date': time,
    ...(credentials.securityToken === undefined ? {} : { 'x-oss-security-token': credentials.securityToken }),
  }
  const signature = signatureOf({ ...request, headers }, signing, time)
  const authorization = `${ALGORITHM} Credential=${credentials.accessKeyId}/${scopeOf(signing, time)},Signature=${signature}`
  return ready(request, signing.region, { ...headers, authorization })
}

/** A request without a signature: what everybody may ask. */
export function unsignedOss(request: OssRequest, region: string): ReadyRequest {
  return ready(request, region, request.headers)
}

/** Signs in the query, for `expiresInSeconds`. The holder must send the headers that come with the URL: the signature covers them. */
export function presignOss(
  request: OssRequest,
  signing: OssSigning,
  expiresInSeconds: number,
): { readonly url: string; readonly headers: Pairs } {
  const { credentials, region } = signing
  const time = timestamp(signing.now)
  const query = {
    ...request.query,
    'x-oss-credential': `${credentials.accessKeyId}/${scopeOf(signing, time)}`,
    'x-oss-date': time,
    'x-oss-expires': String(expiresInSeconds),
    'x-oss-signature-version': ALGORITHM,
    ...(credentials.securityToken === undefined ? {} : { 'x-oss-security-token': credentials.securityToken }),
  }
  const signature = signatureOf({ ...request, query }, signing, time)
  const target = targetOf({ ...request, query: { ...query, 'x-oss-signature': signature } })
  return { url: `https://${request.bucket}.${ossHost(region)}${target}`, headers: request.headers }
}

function signatureOf(request: OssRequest, signing: OssSigning, time: string): string {
  const toSign = [ALGORITHM, time, scopeOf(signing, time), sha256(canonicalRequest(request))].join('\n')
  const scope = [time.slice(0, 8), signing.region, 'oss', 'aliyun_v4_request']
  const key = scope.reduce<string | Buffer>((above, part) => hmac(above, part), `aliyun_v4${signing.credentials.accessKeySecret}`)
  return hmac(key, toSign).toString('hex')
}

function canonicalRequest({ method, bucket, key = '', query, headers }: OssRequest): string {
  const signed = Object.entries(headers)
    .filter(([name]) => name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-'))
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
  return [method, `/${bucket}/${encodeKey(key)}`, queryText(query), signed.join(''), '', 'UNSIGNED-PAYLOAD'].join('\n')
}

function scopeOf({ region }: OssSigning, time: string): string {
  return `${time.slice(0, 8)}/${region}/oss/aliyun_v4_request`
}

/** `20261122T080000Z` */
function timestamp(now: number): string {
  return new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

/** The query as it is both sent and signed: sorted, a parameter without a value by its name alone. */
function queryText(query: Pairs): string {
  return Object.entries(query)
    .map(([name, value]) => [encodeSegment(name), encodeSegment(value)] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&')
}

function targetOf({ key = '', query }: OssRequest): string {
  const search = queryText(query)
  return `/${encodeKey(key)}${search === '' ? '' : `?${search}`}`
}

function ready(request: OssRequest, region: string, headers: Pairs): ReadyRequest {
  const host = `${request.bucket}.${ossHost(region)}`
  const target = targetOf(request)
  return {
    method: request.method,
    url: new URL(`https://${host}${target}`),
    target,
    headers: { ...headers, host },
    ...(request.body === undefined ? {} : { body: request.body }),
  }
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
