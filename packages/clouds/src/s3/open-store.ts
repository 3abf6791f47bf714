import type { Access, Connection, Lease, Location, ObjectStore } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { createRegionMemory } from '../store/region-memory.ts'
import { type S3StoreOptions, createS3Store } from '../s3-protocol/object-store.ts'
import { putHeaders, requestHeaders } from '../s3-protocol/settings-headers.ts'
import { bucketAddress, parseEndpoint } from './endpoint.ts'
import { presetOf, signingRegion } from './preset-of.ts'

/** Opens one bucket, without retries. */
export function openS3Store(
  deps: CloudDeps,
  connection: Connection,
  location: Location,
  current: (signal: AbortSignal, access: Access) => Promise<Lease>,
): ObjectStore {
  return createS3Store(s3Bucket(deps, connection, location, current))
}

/** Everything that requests to one bucket need. */
export function s3Bucket(
  deps: CloudDeps,
  connection: Connection,
  location: Location,
  current: (signal: AbortSignal, access: Access) => Promise<Lease>,
): S3StoreOptions {
  const { settings } = connection
  const endpoint = parseEndpoint(settings)
  const preset = presetOf(settings)
  const region = signingRegion(settings, endpoint.hostname)
  const address = bucketAddress(endpoint, location.bucket, settings)
  // Known from the start and kept by this store alone: what one endpoint says of a bucket must not reach another's.
  const regions = createRegionMemory()
  regions.set(location.bucket, region)
  return {
    cloud: 's3',
    capabilities: preset.capabilities,
    listing: preset.listing,
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
  }
}
