import type { Access, Clock, HttpResponse, Lease, Transport } from '@sluice/core'
import { discard, readText } from '../http/body.ts'
import { encodeKey } from '../store/encoding.ts'
import { checkBlobName } from './blob-name.ts'
import { type PlainRequest, authorizeRequest, secretsOf } from './credential.ts'
import { blobError } from './errors.ts'
import { blobOrigin } from './hosts.ts'

/** Everything a request to one container needs besides what it asks for. */
export interface ContainerAccess {
  readonly account: string
  readonly container: string
  readonly lease: (signal: AbortSignal, access: Access) => Promise<Lease>
  readonly transport: Transport
  readonly clock: Clock
  readonly tenant: string
}

/** One operation on the container or, with a key, on a blob. */
export interface BlobCall {
  readonly operation: string
  readonly method: PlainRequest['method']
  readonly access: Access
  readonly key?: string
  readonly query?: { readonly [name: string]: string }
  readonly headers?: { readonly [name: string]: string }
  readonly body?: Uint8Array
}

/** Answers that are errors are small; more than this is not Azure speaking. */
const ERROR_LIMIT = 256 * 1024

/** Makes one request, with a lease at hand or a fresh one, and returns the response if it is a success, throws the one AccessError otherwise. */
export async function callContainer(access: ContainerAccess, call: BlobCall, signal: AbortSignal, held?: Lease): Promise<HttpResponse> {
  if (call.key !== undefined) checkBlobName(call.key)
  const lease = held ?? (await access.lease(signal, call.access))
  const { account, container } = access
  const path = call.key === undefined ? `/${container}` : `/${container}/${encodeKey(call.key)}`
  const subject =
    call.key === undefined ? `container ${container} of storage account ${account}` : `blob ${call.key} of container ${container}`
  return send(access, { ...call, path, subject, aboutBlob: call.key !== undefined }, lease, signal)
}

/** The same for answers that nobody reads. */
export async function callAndDiscard(access: ContainerAccess, call: BlobCall, signal: AbortSignal, held?: Lease): Promise<HttpResponse> {
  const response = await callContainer(access, call, signal, held)
  await discard(response)
  return response
}

/** One request to the Blob service of an account, wherever in it. */
export interface AccountCall extends Pick<BlobCall, 'operation' | 'method' | 'query' | 'headers' | 'body'> {
  readonly path: string
  readonly subject: string
  readonly aboutBlob: boolean
}

export async function send(
  { account, transport, clock, tenant }: Pick<ContainerAccess, 'account' | 'transport' | 'clock' | 'tenant'>,
  call: AccountCall,
  lease: Pick<Lease, 'secret'>,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const { method, path, query = {}, headers = {}, body, operation } = call
  const ready = authorizeRequest({ account, method, path, query, headers, bodyLength: body?.byteLength ?? 0 }, lease, clock.now())
  const response = await transport(
    {
      method,
      url: new URL(blobOrigin(account) + ready.target),
      // A URL would resolve what a blob's name may have.
      target: ready.target,
      headers: ready.headers,
      operation: `azure.${operation}`,
      tenant,
      ...(body === undefined ? {} : { body }),
    },
    signal,
  )
  if (response.status >= 200 && response.status < 300) return response
  throw blobError({
    operation,
    status: response.status,
    headers: response.headers,
    text: await readText(response, ERROR_LIMIT, operation),
    subject: call.subject,
    aboutBlob: call.aboutBlob,
    secrets: secretsOf(lease),
  })
}
