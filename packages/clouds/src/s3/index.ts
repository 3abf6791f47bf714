import { type Access, type Cloud, type Connection, type Lease, type Location, type ObjectStore, accessError } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { withRetries } from '../http/retry-layer.ts'
import { leaseId } from '../lease-id.ts'
import { createRegionMemory } from '../s3-protocol/call.ts'
import { formatLocation } from '../s3-protocol/location.ts'
import { createS3Store } from '../s3-protocol/object-store.ts'
import { putHeaders, requestHeaders } from '../s3-protocol/settings-headers.ts'
import { storedKeys } from '../s3-protocol/stored-keys.ts'
import { S3_METHODS, parseS3Auth } from './auth.ts'
import { bucketAddress, parseEndpoint } from './endpoint.ts'
import { parseS3Url } from './parse.ts'
import { setupS3 } from './setup/index.ts'

/** What signatures name where a store has no regions: nearly all accept it. */
const USUAL_REGION = 'us-east-1'

const CAPABILITIES = {
  presign: true,
  // Some stores ignore If-None-Match on a put and overwrite: better not promised at all.
  conditionalPut: false,
  versions: true,
  listStartAfter: true,
  minPartBytes: 5 * 1024 * 1024,
  maxParts: 10_000,
  maxKeysPerPage: 1_000,
} as const

/** Any store that speaks the S3 protocol: an endpoint and keys. */
export function createS3Cloud(deps: CloudDeps): Cloud {
  return {
    id: 's3',
    label: 'S3-compatible store',
    schemes: ['s3://'],
    methods: S3_METHODS,
    parse: parseS3Url,
    format: formatLocation,
    parseAuth: parseS3Auth,
    setup: setupS3,
    validation: () => {
      throw accessError('internal.defect', { message: 'Validation of S3-compatible stores is not wired.' })
    },
    lease: async (open, scope) => {
      if (scope.access.length === 0) throw accessError('aws.lease.empty', { message: 'A lease that allows nothing was asked for.' })
      const lease = { id: leaseId(deps.random), scope, narrowed: false, expiresAt: Infinity }
      const anonymous = open.connection.auth.method === 'none'
      return { ...lease, secret: anonymous ? { kind: 'anonymous' } : { kind: 'aws', ...storedKeys(open) } }
    },
    open: (connection, location, current) => withRetries(deps)(openS3Store(deps, connection, location, current)),
  }
}

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
    capabilities: CAPABILITIES,
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
