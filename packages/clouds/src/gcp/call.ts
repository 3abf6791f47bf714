import {
  type Access,
  type Clock,
  type HttpRequest,
  type HttpResponse,
  type JsonObject,
  type Lease,
  type Transport,
  accessError,
} from '@sluice/core'
import { discard, readText } from '../http/body.ts'
import { encodeQuery, encodeSegment } from '../store/encoding.ts'
import { storageError } from './errors.ts'
import { parseJsonObject } from '../http/json.ts'

const ORIGIN = 'https://storage.googleapis.com'
/** A page of 1,000 objects with names of 1,024 bytes, escaped, with room. */
const ANSWER_LIMIT = 16 * 1024 * 1024
const ERROR_LIMIT = 256 * 1024

/** Everything a request to one bucket needs besides what it asks for. */
export interface BucketAccess {
  readonly bucket: string
  readonly lease: (signal: AbortSignal, access: Access) => Promise<Lease>
  readonly transport: Transport
  readonly clock: Clock
  readonly tenant: string
  /** The project to bill where the bucket bills whoever asks. */
  readonly userProject?: string
}

/** One request of the JSON API. https://cloud.google.com/storage/docs/json_api/v1 */
export interface GcsCall {
  /** `objects.list` */
  readonly operation: string
  readonly method: HttpRequest['method']
  readonly access: Access
  /** For the message of a refusal. */
  readonly key?: string
  /** Path as it is sent, with whatever of the query can stand in it only. */
  readonly path: string
  readonly query?: { readonly [name: string]: string }
  readonly headers?: { readonly [name: string]: string }
  readonly body?: Uint8Array
  /** Statuses besides 2xx that are no refusal. */
  readonly accepts?: readonly number[]
}

export function bucketPath(bucket: string): string {
  return `/storage/v1/b/${encodeSegment(bucket)}`
}

export function objectPath(bucket: string, key: string): string {
  return `${bucketPath(bucket)}/o/${encodeSegment(key)}`
}

export function uploadPath(bucket: string): string {
  return `/upload${bucketPath(bucket)}/o`
}

/** Makes one request and returns the response if it is no refusal, throws the one AccessError otherwise. */
export async function callBucket(access: BucketAccess, call: GcsCall, signal: AbortSignal): Promise<HttpResponse> {
  const token = tokenOf(await access.lease(signal, call.access))
  const search = encodeQuery({ ...call.query, ...(access.userProject === undefined ? {} : { userProject: access.userProject }) })
  const joint = call.path.includes('?') ? '&' : '?'
  return send(access, call, search === '' ? call.path : `${call.path}${joint}${search}`, token, signal)
}

/** The same for a URL that Google made, the session of a resumable upload: it is sent as it came. */
export async function callSession(access: BucketAccess, call: Omit<GcsCall, 'query'>, signal: AbortSignal): Promise<HttpResponse> {
  return send(access, call, call.path, tokenOf(await access.lease(signal, call.access)), signal)
}

async function send(
  access: BucketAccess,
  call: Omit<GcsCall, 'query'>,
  target: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const response = await access.transport(
    {
      method: call.method,
      url: new URL(ORIGIN + target),
      target,
      headers: { ...call.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      ...(call.body === undefined ? {} : { body: call.body }),
      operation: `gcs.${call.operation}`,
      tenant: access.tenant,
    },
    signal,
  )
  const { status, headers } = response
  if ((status >= 200 && status < 300) || call.accepts?.includes(status)) return response
  throw storageError({
    operation: call.operation,
    status,
    headers,
    text: await readText(response, ERROR_LIMIT, call.operation),
    subject: call.key === undefined ? `bucket ${access.bucket}` : `object ${call.key} of bucket ${access.bucket}`,
    secrets: token === undefined ? [] : [token],
  })
}

/** The JSON object in an answer. */
export async function answerOf(response: HttpResponse, operation: string): Promise<JsonObject> {
  const answer = parseJsonObject(await readText(response, ANSWER_LIMIT, operation))
  if (answer === undefined) throw accessError('network.protocol', { message: `The answer to ${operation} is not a JSON object.` })
  return answer
}

/** The same call for answers that nobody reads. */
export async function callAndDiscard(access: BucketAccess, call: GcsCall, signal: AbortSignal): Promise<HttpResponse> {
  const response = await callBucket(access, call, signal)
  await discard(response)
  return response
}

/** The token of a lease; none for anonymous requests. */
function tokenOf({ secret }: Lease): string | undefined {
  if (secret.kind === 'anonymous') return undefined
  if (secret.kind === 'bearer') return secret.token
  throw accessError('internal.defect', { message: `A lease of kind ${secret.kind} came to a store of Google.` })
}
