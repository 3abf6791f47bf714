import { type Access, type Clock, type HttpRequest, type HttpResponse, type Lease, type Transport, accessError } from '@sluice/core'
import { discard, readText } from '../http/body.ts'
import { encodeKey } from '../store/encoding.ts'
import type { RegionMemory } from '../store/region-memory.ts'
import type { AwsCredentials } from './credentials.ts'
import { regionIn, vendorError } from './errors.ts'
import { type UnsignedRequest, signRequest, unsigned } from './sign.ts'
import { secretsOf } from './withheld.ts'

/** Everything a request to one bucket needs besides what it asks for. */
export interface BucketAccess {
  readonly bucket: string
  /** Where the bucket answers when it is in `region`: an origin, and the path before the key. */
  readonly address: (region: string) => { readonly origin: string; readonly basePath: string }
  /** The region set by the user: another one is an error, not a discovery. */
  readonly pinnedRegion?: string
  /** Where to ask first when nothing is known. */
  readonly firstRegion: string
  readonly regions: RegionMemory
  readonly lease: (signal: AbortSignal, access: Access) => Promise<Lease>
  readonly transport: Transport
  readonly clock: Clock
  readonly tenant: string
  /** Sent with every request: expected owner, requester pays. */
  readonly headers: { readonly [name: string]: string }
}

/** One S3 operation on the bucket or, with a key, on an object. */
export interface S3Call {
  readonly operation: string
  readonly method: HttpRequest['method']
  readonly access: Access
  readonly key?: string
  readonly query?: { readonly [name: string]: string }
  readonly headers?: { readonly [name: string]: string }
  readonly body?: Uint8Array
}

/** Answers that are errors are small; more than this is not S3 speaking. */
const ERROR_LIMIT = 256 * 1024

/**
 * Makes one request and returns the response if it is a success, throws the one AccessError otherwise.
 * A hint that the bucket is elsewhere is followed once and remembered; that takes no permission, unlike GetBucketLocation.
 */
export async function callBucket(access: BucketAccess, call: S3Call, signal: AbortSignal): Promise<HttpResponse> {
  let region = access.pinnedRegion ?? access.regions.get(access.bucket) ?? access.firstRegion
  for (let redirected = false; ; redirected = true) {
    const { response, secrets } = await sendOnce(access, call, region, signal)
    if (response.status >= 200 && response.status < 300) return response
    const hinted = regionIn(response.headers['x-amz-bucket-region'])
    const error = vendorError({
      operation: call.operation,
      status: response.status,
      headers: response.headers,
      text: await readText(response, ERROR_LIMIT, call.operation),
      subject: call.key === undefined ? `bucket ${access.bucket}` : `object ${call.key} of bucket ${access.bucket}`,
      secrets,
    })
    const elsewhere = [301, 307, 400].includes(response.status) ? (hinted ?? error.provider?.region) : undefined
    if (elsewhere === undefined || elsewhere === region || redirected) throw error
    if (access.pinnedRegion !== undefined)
      throw accessError('aws.region.wrong', {
        message: `Bucket ${access.bucket} is in ${elsewhere}, not in ${access.pinnedRegion} as set for the connection.`,
        ...(error.provider ? { provider: error.provider } : {}),
        context: { want: access.pinnedRegion, got: elsewhere },
      })
    access.regions.set(access.bucket, elsewhere)
    region = elsewhere
  }
}

/** The same for answers that nobody reads. */
export async function callAndDiscard(access: BucketAccess, call: S3Call, signal: AbortSignal): Promise<HttpResponse> {
  const response = await callBucket(access, call, signal)
  await discard(response)
  return response
}

async function sendOnce(
  access: BucketAccess,
  call: S3Call,
  region: string,
  signal: AbortSignal,
): Promise<{ readonly response: HttpResponse; readonly secrets: readonly string[] }> {
  const lease = await access.lease(signal, call.access)
  const request = unsignedRequest(access, call, region)
  const credentials = credentialsOf(lease)
  const ready =
    credentials === undefined
      ? unsigned(request)
      : await signRequest(request, { service: 's3', region, credentials, now: access.clock.now() })
  const response = await access.transport({ ...ready, operation: `s3.${call.operation}`, tenant: access.tenant }, signal)
  return { response, secrets: secretsOf(credentials) }
}

export function unsignedRequest(access: BucketAccess, call: S3Call, region: string): UnsignedRequest {
  const { origin, basePath } = access.address(region)
  return {
    method: call.method,
    origin,
    path: call.key === undefined ? basePath || '/' : `${basePath}/${encodeKey(call.key)}`,
    query: call.query ?? {},
    headers: { ...access.headers, ...call.headers },
    ...(call.body === undefined ? {} : { body: call.body }),
  }
}

/** The key pair to sign with; undefined for an anonymous lease. */
export function credentialsOf(lease: Lease): AwsCredentials | undefined {
  if (lease.secret.kind === 'anonymous') return undefined
  if (lease.secret.kind === 'aws') return lease.secret
  throw accessError('internal.defect', { message: `A lease of kind ${lease.secret.kind} came to a store of the S3 protocol.` })
}
