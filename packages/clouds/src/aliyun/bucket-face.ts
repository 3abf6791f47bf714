import { type Transport, accessError } from '@sluice/core'
import { readText } from '../http/body.ts'
import type { BucketFace } from '../validation/context.ts'
import { aliyunError } from './errors.ts'
import { unsignedOss } from './sign.ts'

/** With what a bucket is asked about, by nobody in particular. */
export interface FaceRequest {
  readonly transport: Transport
  readonly tenant: string
  readonly bucket: string
  /** Whose endpoint is asked first. */
  readonly region: string
}

/**
 * What a bucket shows to everybody: OSS answers an unsigned request with 404 where there is none, with the right endpoint where the
 * bucket is in another region, and with a refusal where it is in this one. Anything else tells nothing, and is thrown.
 */
export async function bucketFace({ transport, tenant, bucket, region }: FaceRequest, signal: AbortSignal): Promise<BucketFace> {
  const operation = 'GetBucketLocation'
  const request = unsignedOss({ method: 'GET', bucket, query: { location: '' }, headers: {} }, region)
  const response = await transport({ ...request, operation: `oss.${operation}`, tenant }, signal)
  const text = await readText(response, 64 * 1024, operation)
  if (response.status === 200) return { exists: true, region }
  const error = aliyunError({ operation, status: response.status, headers: response.headers, text, subject: `bucket ${bucket}` })
  const { provider } = error
  if (provider?.code === 'NoSuchBucket') return { exists: false }
  // A refusal without a code is not OSS's answer to this question: a proxy's, or one for another reason.
  if (provider?.status === 403 && provider.code === 'AccessDenied') return { exists: true, region: provider.region ?? region }
  if (error.retry === 'later') throw error
  throw accessError('validation.unclear', {
    message: `OSS did not say whether there is a bucket ${bucket}: ${error.message}`,
    ...(provider === undefined ? {} : { provider }),
  })
}
