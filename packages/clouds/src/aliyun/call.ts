import { type Access, type Clock, type HttpResponse, type Lease, type Transport, accessError } from '@sluice/core'
import { discard, readText } from '../http/body.ts'
import type { RegionMemory } from '../store/region-memory.ts'
import { type AliyunCredentials, secretsOf } from './credentials.ts'
import { aliyunError } from './errors.ts'
import { type OssRequest, signOss, unsignedOss } from './sign.ts'

/** Everything a request to one bucket needs besides what it asks for. */
export interface BucketAccess {
  readonly bucket: string
  /** The region set by the user: another one is an error, not a discovery. */
  readonly pinnedRegion?: string
  /** Where to ask first when nothing is known. */
  readonly firstRegion: string
  readonly regions: RegionMemory
  readonly lease: (signal: AbortSignal, access: Access) => Promise<Lease>
  readonly transport: Transport
  readonly clock: Clock
  readonly tenant: string
  /** Sent with every request: requester pays. */
  readonly headers: { readonly [name: string]: string }
}

/** One OSS operation on the bucket or, with a key, on an object. */
export interface OssCall extends Pick<OssRequest, 'method' | 'key' | 'body'> {
  readonly operation: string
  readonly access: Access
  readonly query?: { readonly [name: string]: string }
  readonly headers?: { readonly [name: string]: string }
}

/** Answers that are errors are small; more than this is not OSS speaking. */
const ERROR_LIMIT = 256 * 1024

/**
 * Makes one request and returns the response if it is a success, throws the one AccessError otherwise.
 * A bucket that is in another region says so, whoever asks; that is followed once and remembered.
 */
export async function callBucket(access: BucketAccess, call: OssCall, signal: AbortSignal): Promise<HttpResponse> {
  let region = access.pinnedRegion ?? access.regions.get(access.bucket) ?? access.firstRegion
  for (let redirected = false; ; redirected = true) {
    const { response, secrets } = await sendOnce(access, call, region, signal)
    if (response.status >= 200 && response.status < 300) return response
    const error = aliyunError({
      operation: call.operation,
      status: response.status,
      headers: response.headers,
      text: await readText(response, ERROR_LIMIT, call.operation),
      subject: call.key === undefined ? `bucket ${access.bucket}` : `object ${call.key} of bucket ${access.bucket}`,
      secrets,
    })
    const elsewhere = error.provider?.region
    if (elsewhere === undefined || elsewhere === region || redirected) throw error
    if (access.pinnedRegion !== undefined)
      throw accessError('aliyun.region.wrong', {
        message: `Bucket ${access.bucket} is in ${elsewhere}, not in ${access.pinnedRegion} as set for the connection.`,
        ...(error.provider ? { provider: error.provider } : {}),
        context: { want: access.pinnedRegion, got: elsewhere },
      })
    access.regions.set(access.bucket, elsewhere)
    region = elsewhere
  }
}

/** The same for answers that nobody reads. */
export async function callAndDiscard(access: BucketAccess, call: OssCall, signal: AbortSignal): Promise<HttpResponse> {
  const response = await callBucket(access, call, signal)
  await discard(response)
  return response
}

async function sendOnce(
  access: BucketAccess,
  call: OssCall,
  region: string,
  signal: AbortSignal,
): Promise<{ readonly response: HttpResponse; readonly secrets: readonly string[] }> {
  const credentials = credentialsOf(await access.lease(signal, call.access))
  const request = ossRequest(access, call)
  const ready =
    credentials === undefined ? unsignedOss(request, region) : signOss(request, { region, credentials, now: access.clock.now() })
  const response = await access.transport({ ...ready, operation: `oss.${call.operation}`, tenant: access.tenant }, signal)
  return { response, secrets: secretsOf(credentials) }
}

export function ossRequest(access: Pick<BucketAccess, 'bucket' | 'headers'>, call: OssCall): OssRequest {
  return {
    method: call.method,
    bucket: access.bucket,
    query: call.query ?? {},
    headers: { ...access.headers, ...call.headers },
    ...(call.key === undefined ? {} : { key: call.key }),
    ...(call.body === undefined ? {} : { body: call.body }),
  }
}

/** The AccessKey to sign with; undefined for an anonymous lease. */
export function credentialsOf({ secret }: Lease): AliyunCredentials | undefined {
  if (secret.kind === 'anonymous') return undefined
  if (secret.kind === 'oss') return secret
  throw accessError('internal.defect', { message: `A lease of kind ${secret.kind} came to a store of OSS.` })
}
