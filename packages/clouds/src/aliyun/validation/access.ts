import type { Connection, Lease, Location, ValidationSubject } from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import { readText } from '../../http/body.ts'
import { retry } from '../../http/retry.ts'
import { withRetries } from '../../http/retry-layer.ts'
import { child, childText, parseXml } from '../../http/xml.ts'
import { leaseId } from '../../lease-id.ts'
import type { RegionMemory } from '../../store/region-memory.ts'
import type { BucketFacts, Session, StoreAccess } from '../../validation/context.ts'
import { bucketFace } from '../bucket-face.ts'
import { callBucket } from '../call.ts'
import { type SessionRequest, leaseAliyun, leaseOf, ownCredentials, sessionOf, storedKeys, stsFor } from '../lease.ts'
import { openAliyunStore } from '../open-store.ts'
import { FIRST_REGION } from '../region.ts'
import { requestHeaders } from '../settings-headers.ts'
import { type AliyunIdentity, getCallerIdentity } from '../sts.ts'

/** What the checks ask of Alibaba Cloud beside the store. */
export interface AliyunAccess extends StoreAccess {
  /** Our own identity; for keys, the identity of the keys. From GetCallerIdentity, which needs no permission. */
  identity(signal: AbortSignal): Promise<AliyunIdentity>
  /** Assumes the connection's role with what it is trusted by, or with something else in its place. */
  assume(other: Pick<SessionRequest, 'externalId' | 'token'>, signal: AbortSignal): Promise<Session>
  /** What the bucket tells of itself to the holder of a lease. */
  about(location: Location, lease: Lease, signal: AbortSignal): Promise<BucketFacts>
}

/** Leases of a validation live as short as Alibaba Cloud lets them. */
const SECONDS = 900

export interface AliyunAccessParts {
  readonly deps: CloudDeps
  readonly subject: ValidationSubject
  readonly regions: RegionMemory
  /** Owner to expect: leases are narrowed to buckets of that account. */
  readonly expectedOwner: string | undefined
}

/** The requests of a validation, made with the pieces that jobs use. */
export function aliyunAccess({ deps, subject, regions, expectedOwner }: AliyunAccessParts): AliyunAccess {
  const { connection } = subject
  const usesKeys = connection.auth.method === 'keys'
  const scope = { location: wholeOf(connection), access: connection.access }
  const owned = { ...subject, connection: expecting(connection, expectedOwner) }

  const identity = async (signal: AbortSignal): Promise<AliyunIdentity> => {
    const credentials = usesKeys ? storedKeys(subject) : await ownCredentials(deps, connection, signal)
    return retry(() => getCallerIdentity({ ...stsFor(deps, connection), credentials }, signal), deps, signal)
  }
  const assume = async (other: Pick<SessionRequest, 'externalId' | 'token'>, signal: AbortSignal): Promise<Session> => {
    const session = await sessionOf(deps, connection, { seconds: SECONDS, ...other }, signal)
    return { lease: { id: leaseId(deps.random), scope, narrowed: false, ...leaseOf(session) } }
  }

  return {
    identity,
    assume,
    wide: async (signal) => {
      if (!usesKeys) return assume({}, signal)
      const [lease, { arn }] = await Promise.all([leaseAliyun(deps, subject, scope, SECONDS, signal), identity(signal)])
      return { lease, root: arn.endsWith(':root') }
    },
    face: ({ bucket, region }, signal) => {
      const first = connection.settings.region ?? connection.pinned?.region ?? region ?? FIRST_REGION
      return retry(() => bucketFace({ transport: deps.transport, tenant: connection.id, bucket, region: first }, signal), deps, signal)
    },
    about: (location, lease, signal) => retry(() => bucketFacts({ deps, regions, connection, location, lease }, signal), deps, signal),
    lease: (location, signal) => leaseAliyun(deps, owned, { location, access: connection.access }, SECONDS, signal),
    narrowLease: (location, signal) => leaseAliyun(deps, owned, { location, access: ['read'] }, SECONDS, signal),
    open: (location, lease) =>
      withRetries(deps)(openAliyunStore(deps, regions, expecting(connection, undefined), location, () => Promise.resolve(lease))),
  }
}

/** The connection as the probes use it: the owner at issue, and no pinned region, which has a check of its own. */
function expecting(connection: Connection, owner: string | undefined): Connection {
  const { expectedBucketOwner: _, region: __, ...settings } = connection.settings
  const { pinned: ___, ...rest } = connection
  return { ...rest, settings: { ...settings, ...(owner === undefined ? {} : { expectedBucketOwner: owner }) } }
}

function wholeOf(connection: Connection): Location {
  return connection.locations[0] ?? { cloud: 'aliyun', bucket: '', prefix: '', extent: 'bucket' }
}

interface FactsRequest extends Pick<AliyunAccessParts, 'deps' | 'regions'> {
  readonly connection: Connection
  readonly location: Location
  readonly lease: Lease
}

/** What GetBucketInfo tells, where it is granted: who owns the bucket, and whether it keeps versions. */
async function bucketFacts({ deps, regions, connection, location, lease }: FactsRequest, signal: AbortSignal): Promise<BucketFacts> {
  const operation = 'GetBucketInfo'
  const bucket = {
    bucket: location.bucket,
    firstRegion: connection.pinned?.region ?? location.region ?? FIRST_REGION,
    regions,
    lease: () => Promise.resolve(lease),
    transport: deps.transport,
    clock: deps.clock,
    tenant: connection.id,
    headers: requestHeaders(connection),
  }
  const response = await callBucket(bucket, { operation, method: 'GET', access: 'list', query: { bucketInfo: '' } }, signal)
  const info = child(parseXml(await readText(response, 64 * 1024, operation)), 'Bucket')
  const owner = childText(child(info, 'Owner'), 'ID')
  return { ...(owner ? { owner } : {}), keepsVersions: childText(info, 'Versioning') !== undefined }
}
