import type { HttpRequest } from '@sluice/core'
import { SignatureV4 } from '@smithy/signature-v4'
import type { AwsCredentials } from './credentials.ts'
import { encodeQuery } from '../store/encoding.ts'
import { Sha256 } from './sha256.ts'

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: HttpRequest['method']
  /** `https://host`, no path. */
  readonly origin: string
  /** Encoded already; sent and signed as it stands. */
  readonly path: string
  readonly query: { readonly [name: string]: string }
  readonly headers: { readonly [name: string]: string }
  readonly body?: Uint8Array
}

/** What a signature is made with. */
export interface Signing {
  readonly service: 's3' | 'sts' | 'iam' | 'kms'
  readonly region: string
  readonly credentials: AwsCredentials
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Where a request goes and what it carries, ready for a transport. */
export type ReadyRequest = Pick<HttpRequest, 'method' | 'url' | 'target' | 'headers' | 'body'>

/** Signs with Signature Version 4 in the headers. S3's paths are signed as they are: neither encoded twice nor normalised. */
export async function signRequest(request: UnsignedRequest, signing: Signing): Promise<ReadyRequest> {
  const signed = await signer(signing).sign(
    { ...parts(request), query: { ...request.query }, ...(request.body === undefined ? {} : { body: request.body }) },
    { signingDate: new Date(signing.now) },
  )
  return ready(request, request.query, signed.headers)
}

/** A request without a signature, for public buckets. */
export function unsigned(request: UnsignedRequest): ReadyRequest {
  return ready(request, request.query, { ...request.headers, host: new URL(request.origin).host })
}

/** Signs in the query, for `expiresInSeconds`. Headers that S3 wants as headers stay: the holder must send them. */
export async function presignRequest(
  request: UnsignedRequest,
  signing: Signing,
  expiresInSeconds: number,
): Promise<{ readonly url: string; readonly headers: { readonly [name: string]: string } }> {
  const kept = Object.keys(request.headers).filter((name) => name.startsWith('x-amz-server-side-encryption') || !name.startsWith('x-amz-'))
  const bare = parts(request)
  const signed = await signer(signing).presign(
    // The body is not known when the URL is made. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    { ...bare, query: { ...request.query }, headers: { ...bare.headers, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' } },
    { signingDate: new Date(signing.now), expiresIn: expiresInSeconds, unhoistableHeaders: new Set(kept) },
  )
  const query = Object.fromEntries(Object.entries(signed.query ?? {}).map(([name, value]) => [name, String(value)]))
  return {
    url: `${request.origin}${request.path}?${encodeQuery(query)}`,
    headers: Object.fromEntries(kept.map((name) => [name, request.headers[name] ?? ''])),
  }
}

function signer(signing: Signing): SignatureV4 {
  return new SignatureV4({
    service: signing.service,
    region: signing.region,
    credentials: {
      accessKeyId: signing.credentials.accessKeyId,
      secretAccessKey: signing.credentials.secretAccessKey,
      ...(signing.credentials.sessionToken === undefined ? {} : { sessionToken: signing.credentials.sessionToken }),
    },
    sha256: Sha256,
    uriEscapePath: signing.service !== 's3',
    applyChecksum: signing.service === 's3',
  })
}

function parts(request: UnsignedRequest) {
  const url = new URL(request.origin)
  return {
    method: request.method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: request.path,
    headers: { ...request.headers, host: url.host },
  }
}

function ready(request: UnsignedRequest, query: UnsignedRequest['query'], headers: HttpRequest['headers']): ReadyRequest {
  const search = encodeQuery(query)
  const target = search === '' ? request.path : `${request.path}?${search}`
  return {
    method: request.method,
    url: new URL(request.origin + target),
    target,
    headers,
    ...(request.body === undefined ? {} : { body: request.body }),
  }
}
