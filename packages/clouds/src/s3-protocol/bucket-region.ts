import { discard } from '../http/body.ts'
import type { BucketAccess } from './call.ts'
import { regionIn } from './errors.ts'
import { unsigned } from './sign.ts'

/** Learns a bucket's region from an unsigned HEAD, which S3 answers with it even where it refuses. Undefined where the store does not say. */
export async function discoverRegion(
  access: Pick<BucketAccess, 'bucket' | 'address' | 'firstRegion' | 'regions' | 'transport' | 'tenant'>,
  signal: AbortSignal,
  operation = 's3.HeadBucket',
): Promise<string | undefined> {
  const { origin, basePath } = access.address(access.firstRegion)
  const request = unsigned({ method: 'HEAD', origin, path: basePath || '/', query: {}, headers: {} })
  const response = await access.transport({ ...request, operation, tenant: access.tenant }, signal)
  await discard(response)
  const region = regionIn(response.headers['x-amz-bucket-region'])
  if (region !== undefined) access.regions.set(access.bucket, region)
  return region
}
