import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Lab, LabCredentials } from '../src/index.ts'

export interface RawRequest {
  readonly method?: string
  /** Default: the lab's own address. */
  readonly host?: string
  /** Encoded, as on the request line. */
  readonly path?: string
  readonly query?: { readonly [name: string]: string }
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string | Uint8Array
}

export interface RawAnswer {
  readonly status: number
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  readonly text: string
  readonly bytes: Buffer
  /** Of an error in XML. */
  readonly code: string | undefined
  readonly message: string | undefined
}

/** Sends one request as it is. Rejects when the connection breaks. */
export async function send(lab: Lab, raw: RawRequest): Promise<RawAnswer> {
  const url = new URL(lab.url)
  const query = Object.entries(raw.query ?? {}).map(([name, value]) => `${encode(name)}=${encode(value)}`)
  const path = `${raw.path ?? '/'}${query.length > 0 ? `?${query.join('&')}` : ''}`
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: '127.0.0.1',
        port: url.port,
        method: raw.method ?? 'GET',
        path,
        headers: { host: raw.host ?? url.host, ...raw.headers },
        agent: false,
      },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const bytes = Buffer.concat(chunks)
          const text = bytes.toString()
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            bytes,
            code: /<Code>(.*?)<\/Code>/.exec(text)?.[1],
            message: /<Message>(.*?)<\/Message>/s.exec(text)?.[1]?.replaceAll('&quot;', '"'),
          })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(raw.body)
  })
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

export interface Signing {
  readonly credentials: LabCredentials
  readonly region?: string
  readonly service?: string
  readonly date?: Date
}

/** Signs with AWS's own signer. */
export async function signed(lab: Lab, raw: RawRequest, signing: Signing): Promise<RawRequest> {
  const host = raw.host ?? new URL(lab.url).host
  const service = signing.service ?? 's3'
  const hash = createHash('sha256')
    .update(raw.body ?? '')
    .digest('hex')
  const headers = { ...(service === 's3' ? { 'x-amz-content-sha256': hash } : {}), ...raw.headers, host }
  const result = await signer(signing).sign(
    {
      method: raw.method ?? 'GET',
      protocol: 'http:',
      hostname: host,
      path: raw.path ?? '/',
      query: { ...raw.query },
      headers,
      body: raw.body,
    },
    { signingDate: signing.date ?? new Date() },
  )
  return { ...raw, host, headers: result.headers }
}

/** A presigned URL, as a request. */
export async function presigned(lab: Lab, raw: RawRequest, signing: Signing, expiresIn: number): Promise<RawRequest> {
  const host = raw.host ?? new URL(lab.url).host
  const result = await signer(signing).presign(
    {
      method: raw.method ?? 'GET',
      protocol: 'http:',
      hostname: host,
      path: raw.path ?? '/',
      query: { ...raw.query },
      headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...raw.headers, host },
    },
    { expiresIn, signingDate: signing.date ?? new Date() },
  )
  const query: { [name: string]: string } = {}
  for (const [name, value] of Object.entries(result.query ?? {})) query[name] = String(value)
  return { ...raw, host, query }
}

function signer({ credentials, region = 'us-west-2', service = 's3' }: Signing): SignatureV4 {
  return new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false, uriEscapePath: service !== 's3' })
}

/** SHA-256 in the shape the signer wants. */
class Sha256 {
  readonly #hash: Hash | Hmac
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data))
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
  reset(): void {
    throw new Error('a hash is used once')
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data)
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}
