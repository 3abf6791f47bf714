import type { Access, Connection, Lease, Location, ObjectStore } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import type { RegionMemory } from '../store/region-memory.ts'
import { type S3StoreOptions, createS3Store } from '../s3-protocol/object-store.ts'
import { putHeaders, requestHeaders } from '../s3-protocol/settings-headers.ts'
import { FIRST_REGION, partitionOf, s3Host } from './partition.ts'
import { partitionOfRegion } from './setup/partition.ts'

/** What every bucket of AWS can do. */
export const AWS_CAPABILITIES = {
  presign: true,
  conditionalPut: true,
  versions: true,
  listStartAfter: true,
  multipart: true,
  minPartBytes: 5 * 1024 * 1024,
  maxParts: 10_000,
  maxKeysPerPage: 1_000,
} as const

/** Opens one bucket of AWS, without retries. */
export function openAwsStore(
  deps: CloudDeps,
  regions: RegionMemory,
  connection: Connection,
  location: Location,
  current: (signal: AbortSignal, access: Access) => Promise<Lease>,
): ObjectStore {
  return createS3Store(awsBucket(deps, regions, connection, location, current))
}

/** Everything that requests to one bucket of AWS need. */
export function awsBucket(
  deps: CloudDeps,
  regions: RegionMemory,
  connection: Connection,
  location: Location,
  current: (signal: AbortSignal, access: Access) => Promise<Lease>,
): S3StoreOptions {
  const { settings } = connection
  const { bucket } = location
  // A certificate of *.s3.REGION covers one label: a bucket with dots in its name can only be reached by path.
  const byPath = bucket.includes('.') || settings.addressing === 'path'
  const firstRegion = connection.pinned?.region ?? location.region ?? FIRST_REGION[partitionOf(connection, deps.platform())]
  return {
    cloud: 'aws',
    capabilities: AWS_CAPABILITIES,
    bucket,
    address: (region) =>
      byPath
        ? { origin: `https://${s3Host(region)}`, basePath: `/${bucket}` }
        : { origin: `https://${bucket}.${s3Host(region)}`, basePath: '' },
    ...(settings.region === undefined ? {} : { pinnedRegion: settings.region }),
    firstRegion,
    regions: withinPartition(regions, firstRegion),
    lease: current,
    transport: deps.transport,
    clock: deps.clock,
    tenant: connection.id,
    headers: requestHeaders(connection),
    putHeaders: putHeaders(settings),
  }
}

/** What is remembered of a bucket, unless it is another partition's: names are unique in one only, and anybody may have it in the other. */
function withinPartition(regions: RegionMemory, region: string): RegionMemory {
  const partition = partitionOfRegion(region)
  return {
    get: (bucket) => {
      const known = regions.get(bucket)
      return known !== undefined && partitionOfRegion(known) === partition ? known : undefined
    },
    set: regions.set,
  }
}
