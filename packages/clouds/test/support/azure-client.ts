import { request as httpRequest } from 'node:http'
import { pipeline } from 'node:stream/promises'
import {
  BlobServiceClient,
  isRestError,
  type BlobClient,
  type HttpHeaders,
  type HttpOperationResponse,
  type IHttpClient,
  type StorageSharedKeyCredential,
  type WebResource,
} from '@azure/storage-blob'

/** Where requests for Azure's hosts really go. */
interface Server {
  /** `http://127.0.0.1:…` */
  readonly url: string
}

/** What gives the client its tokens. */
interface TokenSource {
  getToken(): Promise<{ readonly token: string; readonly expiresOnTimestamp: number }>
}

/** Azure's client as it talks to a real host, its requests routed to a server on loopback. */
export function blobService(
  server: Server,
  host: string,
  credential: StorageSharedKeyCredential | TokenSource | string,
): BlobServiceClient {
  const options = { httpClient: routed(server), retryOptions: { maxTries: 1 } }
  if (typeof credential === 'string') return new BlobServiceClient(`https://${host}?${credential}`, undefined, options)
  return new BlobServiceClient(`https://${host}`, credential, options)
}

/** Sends what the client made for a real host to the server, with the Host header of the real one. */
function routed(server: Server): IHttpClient {
  return { sendRequest: (request) => send(server, request) }
}

async function send(server: Server, request: WebResource): Promise<HttpOperationResponse> {
  const url = new URL(request.url)
  const path = request.url.slice(url.origin.length)
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: '127.0.0.1',
        port: new URL(server.url).port,
        method: request.method,
        path,
        headers: { ...request.headers.toJson(), host: url.host },
        agent: false,
      },
      (incoming) => {
        const status = incoming.statusCode ?? 0
        const headers = responseHeaders(request, incoming.headers)
        const streams = request.streamResponseStatusCodes
        if (streams?.has(status) || streams?.has(Number.POSITIVE_INFINITY))
          return resolve({ request, status, headers, readableStreamBody: incoming })
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => resolve({ request, status, headers, bodyAsText: Buffer.concat(chunks).toString() }))
      },
    )
    outgoing.on('error', reject)
    request.abortSignal?.addEventListener('abort', () => outgoing.destroy())
    const body: unknown = typeof request.body === 'function' ? request.body() : request.body
    if (typeof body === 'string' || body instanceof Uint8Array || body === undefined || body === null) outgoing.end(body ?? undefined)
    // What is neither text nor bytes is a stream in Node.
    else pipeline(body as NodeJS.ReadableStream, outgoing).catch(reject)
  })
}

// The client's class of headers is not among what it exports: an emptied copy of the request's serves.
function responseHeaders(request: WebResource, given: { readonly [name: string]: string | string[] | undefined }): HttpHeaders {
  const headers = request.headers.clone()
  for (const name of headers.headerNames()) headers.remove(name)
  for (const [name, value] of Object.entries(given)) if (value !== undefined) headers.set(name, String(value))
  return headers
}

/** The text of a blob, in one request. */
export async function blobText(blob: BlobClient): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of (await blob.download()).readableStreamBody ?? []) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

/** What an error of Azure's client says about the answer. */
export interface AzureRefusal {
  readonly status: number | undefined
  readonly code: string | undefined
  readonly message: string
  /** AuthenticationErrorDetail, where there is one. */
  readonly detail: string | undefined
}

/** The refusal a call ends with; fails when the call succeeds. */
export async function azureRefusal(call: Promise<unknown>): Promise<AzureRefusal> {
  try {
    await call
  } catch (error) {
    if (!isRestError(error)) throw error
    const field = (name: string): string | undefined => {
      const value: unknown = Object.getOwnPropertyDescriptor(error.details ?? {}, name)?.value
      return typeof value === 'string' ? value : undefined
    }
    // An answer to HEAD has no body: its code stands in a header alone.
    const code = error.code ?? field('errorCode')
    return { status: error.statusCode, code, message: error.message, detail: field('authenticationErrorDetail') }
  }
  throw new Error('The call was expected to be refused')
}
