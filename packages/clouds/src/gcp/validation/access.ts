import { type Connection, type JsonObject, type Lease, type Location, type ValidationSubject, isAccessError } from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import { retry } from '../../http/retry.ts'
import { withRetries } from '../../http/retry-layer.ts'
import { leaseId } from '../../lease-id.ts'
import type { BucketFace, BucketFacts, Session, StoreAccess } from '../../validation/context.ts'
import { once } from '../../validation/denial.ts'
import { billedProject } from '../billing.ts'
import { type BucketAccess, type GcsCall, answerOf, bucketPath, callBucket } from '../call.ts'
import { PERMISSIONS } from '../dialect.ts'
import { identityOf } from '../identity.ts'
import { jsonList, jsonObject, jsonText } from '../../http/json.ts'
import { type Signers, leaseGcp } from '../lease.ts'
import { openGcpStore } from '../open-store.ts'
import type { GoogleToken } from '../token.ts'

/** What the checks ask of Google beside the store. */
export interface GcpAccess extends StoreAccess {
  /** The permissions that our identity holds on the bucket itself; conditions on names of objects are not asked. */
  held(location: Location, signal: AbortSignal): Promise<readonly string[]>
  /** A session of a token that is not the connection's own. */
  sessionOf(token: GoogleToken): Session
}

/** Where Google lets us choose, leases of a validation live this long. */
const SECONDS = 900

export interface GcpAccessParts {
  readonly deps: CloudDeps
  readonly signers: Signers
  readonly subject: ValidationSubject
}

/** The requests of a validation, made with the pieces that jobs use. */
export function gcpAccess({ deps, signers, subject }: GcpAccessParts): GcpAccess {
  const { connection } = subject
  const scope = { location: wholeOf(connection), access: connection.access }

  const sessionOf = ({ token, expiresAt }: GoogleToken): Session => ({
    lease: { id: leaseId(deps.random), scope, narrowed: false, expiresAt, secret: { kind: 'bearer', token } },
  })
  const wide = once(async (signal) => sessionOf((await identityOf(deps, subject, SECONDS, signal)).token))

  const ask = async (bucket: string, call: GcsCall, signal: AbortSignal): Promise<JsonObject> => {
    const { lease } = await wide(signal)
    const access = bucketAccess(deps, connection, bucket, lease)
    return retry(async () => answerOf(await callBucket(access, call, signal), call.operation), deps, signal)
  }
  const held = perBucket(async (bucket, signal) => {
    const answer = await ask(bucket, permissionsCall(bucket), signal)
    return jsonList(answer['permissions']).flatMap((permission) => jsonText(permission) ?? [])
  })
  const metadata = perBucket((bucket, signal) => ask(bucket, metadataCall(bucket), signal))

  return {
    sessionOf,
    wide,
    held: ({ bucket }, signal) => held(bucket, signal),
    face: async ({ bucket }, signal) => {
      // Both at once: without the right to see the bucket, the other answer still tells that it is there.
      const answers = [metadata(bucket, signal), held(bucket, signal)] as const
      const [seen, answered] = await Promise.allSettled(answers)
      if (seen.status === 'fulfilled') return faceOf(seen.value)
      if ([seen, answered].some((one) => one.status === 'rejected' && isMissing(one.reason))) return { exists: false }
      await answers[1]
      return { exists: true }
    },
    facts: async ({ bucket }, signal) => factsOf(await metadata(bucket, signal)),
    lease: (location, signal) => leaseGcp(deps, signers, subject, { location, access: connection.access }, SECONDS, signal),
    narrowLease: (location, signal) => leaseGcp(deps, signers, subject, { location, access: ['read'] }, SECONDS, signal),
    open: (location, lease) => withRetries(deps)(openGcpStore(deps, signers, connection, location, () => Promise.resolve(lease))),
  }
}

/** One question of each bucket, however many locations lie in it. */
function perBucket<T>(make: (bucket: string, signal: AbortSignal) => Promise<T>): (bucket: string, signal: AbortSignal) => Promise<T> {
  const asked = new Map<string, (signal: AbortSignal) => Promise<T>>()
  return (bucket, signal) => {
    const known = asked.get(bucket) ?? once((first: AbortSignal) => make(bucket, first))
    asked.set(bucket, known)
    return known(signal)
  }
}

function bucketAccess(deps: CloudDeps, connection: Connection, bucket: string, lease: Lease): BucketAccess {
  const project = billedProject(connection, deps.platform())
  return {
    bucket,
    lease: () => Promise.resolve(lease),
    transport: deps.transport,
    clock: deps.clock,
    tenant: connection.id,
    ...(project === undefined ? {} : { userProject: project }),
  }
}

function metadataCall(bucket: string): GcsCall {
  const fields = 'location,projectNumber,versioning'
  return { operation: 'buckets.get', method: 'GET', access: 'list', path: bucketPath(bucket), query: { fields } }
}

/** One parameter for each permission: a name that repeats. */
function permissionsCall(bucket: string): GcsCall {
  const asked = ['storage.buckets.get', ...Object.values(PERMISSIONS)].map((permission) => `permissions=${permission}`)
  return {
    operation: 'buckets.testIamPermissions',
    method: 'GET',
    access: 'list',
    path: `${bucketPath(bucket)}/iam/testPermissions?${asked.join('&')}`,
  }
}

function faceOf(bucket: JsonObject): BucketFace {
  const location = jsonText(bucket['location'])?.toLowerCase()
  return location === undefined ? { exists: true } : { exists: true, region: location }
}

function factsOf(bucket: JsonObject): BucketFacts {
  const owner = jsonText(bucket['projectNumber'])
  return { keepsVersions: jsonObject(bucket['versioning'])?.['enabled'] === true, ...(owner === undefined ? {} : { owner }) }
}

function isMissing(error: unknown): boolean {
  return isAccessError(error) && error.reason === 'bucket.missing'
}

function wholeOf(connection: Connection): Location {
  return connection.locations[0] ?? { cloud: 'gcp', bucket: '', prefix: '', extent: 'bucket' }
}
