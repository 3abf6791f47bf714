import type { Access, Connection, Lease, Location, ObjectStore } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import type { RegionMemory } from '../store/region-memory.ts'
import { createOssStore } from './object-store.ts'
import { FIRST_REGION } from './region.ts'
import { putHeaders, requestHeaders } from './settings-headers.ts'

/** What every bucket of OSS can do. */
export const ALIYUN_CAPABILITIES = {
  presign: true,
  conditionalPut: true,
  versions: true,
  listStartAfter: true,
  multipart: true,
  minPartBytes: 100 * 1024,
  maxParts: 10_000,
  maxKeysPerPage: 1_000,
} as const

/** Opens one bucket of OSS, without retries. */
export function openAliyunStore(
  deps: CloudDeps,
  regions: RegionMemory,
  connection: Connection,
  location: Location,
  current: (signal: AbortSignal, access: Access) => Promise<Lease>,
): ObjectStore {
  const { settings, pinned } = connection
  return createOssStore({
    capabilities: ALIYUN_CAPABILITIES,
    bucket: location.bucket,
    ...(settings.region === undefined ? {} : { pinnedRegion: settings.region }),
    firstRegion: pinned?.region ?? location.region ?? FIRST_REGION,
    regions,
    lease: current,
    transport: deps.transport,
    clock: deps.clock,
    tenant: connection.id,
    headers: requestHeaders(connection),
    putHeaders: putHeaders(settings),
  })
}
