import type { Access, Connection, Lease, Location, ObjectStore } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { createRegionMemory } from '../store/region-memory.ts'
import { createS3Store } from '../s3-protocol/object-store.ts'
import { putHeaders, requestHeaders } from '../s3-protocol/settings-headers.ts'
import { bucketAddress, parseEndpoint } from './endpoint.ts'

/** What signatures name where a store has no regions: nearly all accept it. */
const USUAL_REGION = 'us-east-1'

/** What stores of the S3 protocol can be relied on for. */
export const S3_CAPABILITIES = {
  presign: true,
  // Some stores ignore If-None-Match on a put and overwrite: better not promised at all.
  conditionalPut: false,
  versions: true,
  listStartAfter: true,
  multipart: true,
  minPartBytes: 5 * 1024 * 1024,
  maxParts: 10_000,
  maxKeysPerPage: 1_000,
} as const

/** Opens one bucket, without retries. */
export function openS3Store(
  deps: CloudDeps,
  connection: Connection,
  location: Location,
  current: (signal: AbortSignal, access: Access) => Promise<Lease>,
): ObjectStore {
  const { settings } = connection
  const endpoint = parseEndpoint(settings)
  const region = settings.region ?? USUAL_REGION
  const address = bucketAddress(endpoint, location.bucket, settings)
  // Known from the start and kept by this store alone: what one endpoint says of a bucket must not reach another's.
  const regions = createRegionMemory()
  regions.set(location.bucket, region)
  return createS3Store({
    cloud: 's3',
    capabilities: S3_CAPABILITIES,
    bucket: location.bucket,
    address: () => address,
    firstRegion: region,
    regions,
    lease: current,
    transport: deps.transport,
    clock: deps.clock,
    tenant: connection.id,
    headers: requestHeaders(connection),
    putHeaders: putHeaders(settings),
  })
}
