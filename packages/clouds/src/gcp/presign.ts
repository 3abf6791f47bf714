import { createHash } from 'node:crypto'
import { type ObjectStore, type PresignedRequest, accessError } from '@sluice/core'
import { encodeKey, encodeQuery, encodeSegment } from '../store/encoding.ts'
import type { BlobSigner } from './identity.ts'
import type { GcsStoreOptions } from './object-store.ts'

const HOST = 'storage.googleapis.com'
const ALGORITHM = 'GOOG4-RSA-SHA256'

type PresignRequest = Parameters<ObjectStore['presign']>[1]

/** A URL that grants one request to one object, signed as the service account of the connection. */
export async function presign(options: GcsStoreOptions, key: string, request: PresignRequest): Promise<PresignedRequest> {
  const signal = new AbortController().signal
  const signer = options.capabilities.presign
    ? options.signers.get(await options.lease(signal, request.method === 'GET' ? 'read' : 'write'))
    : undefined
  if (signer === undefined)
    throw accessError('store.unsupported', {
      message: 'Nobody can sign URLs for this connection: its identity is no service account, or one that we only hold tokens of.',
      remedy: 'Let the connection act as a service account, by impersonation or with its key.',
    })
  const now = options.clock.now()
  const seconds = Math.floor(Math.min(request.expiresInSeconds, signer.longestSeconds))
  const url = await signedUrl({ ...request, bucket: options.bucket, key, now, seconds, userProject: options.userProject }, signer, signal)
  const headers = request.contentType === undefined ? {} : { 'content-type': request.contentType }
  return { method: request.method, url, headers, expiresAt: now + seconds * 1_000 }
}

/** What a URL is signed for. */
export interface SignedUrlRequest {
  readonly method: 'GET' | 'PUT'
  readonly bucket: string
  readonly key: string
  readonly contentType?: string
  readonly userProject: string | undefined
  readonly seconds: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Signs with the V4 process. https://cloud.google.com/storage/docs/access-control/signing-urls-manually */
export async function signedUrl(request: SignedUrlRequest, signer: BlobSigner, signal: AbortSignal): Promise<string> {
  const { method, bucket, key, contentType, seconds, userProject } = request
  const time = new Date(request.now).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const scope = `${time.slice(0, 8)}/auto/storage/goog4_request`
  const path = `/${encodeSegment(bucket)}/${encodeKey(key)}`
  const headers: readonly (readonly [string, string])[] = [
    ...(contentType === undefined ? [] : [['content-type', contentType] as const]),
    ['host', HOST],
  ]
  const signedHeaders = headers.map(([name]) => name).join(';')
  const query = encodeQuery({
    'X-Goog-Algorithm': ALGORITHM,
    'X-Goog-Credential': `${signer.serviceAccount}/${scope}`,
    'X-Goog-Date': time,
    'X-Goog-Expires': String(seconds),
    'X-Goog-SignedHeaders': signedHeaders,
    // Signed parameters are sorted, and capitals come first.
    ...(userProject === undefined ? {} : { userProject }),
  })
  const canonical = [
    method,
    path,
    query,
    ...headers.map(([name, value]) => `${name}:${value}`),
    '',
    signedHeaders,
    'UNSIGNED-PAYLOAD',
  ].join('\n')
  const text = [ALGORITHM, time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const signature = await signer.sign(new TextEncoder().encode(text), signal)
  return `https://${HOST}${path}?${query}&X-Goog-Signature=${Buffer.from(signature).toString('hex')}`
}
