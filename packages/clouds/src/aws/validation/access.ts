import { type Connection, type Lease, type Location, type TokenRequest, type ValidationSubject, accessError } from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import { discard, readText } from '../../http/body.ts'
import { retry } from '../../http/retry.ts'
import { withRetries } from '../../http/retry-layer.ts'
import { leaseId } from '../../lease-id.ts'
import type { RegionMemory } from '../../store/region-memory.ts'
import { regionIn, vendorError } from '../../s3-protocol/errors.ts'
import { unsigned } from '../../s3-protocol/sign.ts'
import { storedKeys } from '../../s3-protocol/stored-keys.ts'
import type { BucketFace, Session, StoreAccess } from '../../validation/context.ts'
import type { CallerIdentity } from '../../validation/trust-checks.ts'
import { assumeAsPlatform, assumeWithToken, requireRole } from '../assume.ts'
import { leaseAws } from '../lease.ts'
import { FIRST_REGION, partitionOf, s3Host } from '../partition.ts'
import { type AssumedRole, getCallerIdentity } from '../sts.ts'
import { openAwsStore } from '../open-store.ts'

/** What the checks ask of AWS beside the store. */
export interface AwsAccess extends StoreAccess {
  /** Our own identity; for keys, the identity of the keys. From GetCallerIdentity, which needs no permission. */
  identity(signal: AbortSignal): Promise<CallerIdentity>
  /** Assumes the connection's role with this external id, or with none. */
  assume(externalId: string | undefined, signal: AbortSignal): Promise<Session>
  /** Assumes the connection's role with a token of ours: the connection's own, a stranger's, or one for another audience. */
  present(token: Partial<Pick<TokenRequest, 'audience' | 'ofStranger'>>, signal: AbortSignal): Promise<Session>
}

/** Leases of a validation live as short as AWS lets them. */
const SECONDS = 900

export interface AwsAccessParts {
  readonly deps: CloudDeps
  readonly subject: ValidationSubject
  readonly regions: RegionMemory
}

/** The requests of a validation, made with the pieces that jobs use. */
export function awsAccess(parts: AwsAccessParts): AwsAccess {
  const { deps, subject } = parts
  const { connection } = subject
  const scope = { location: wholeOf(connection), access: connection.access }
  const caller = async (signal: AbortSignal) => {
    if (connection.auth.method === 'keys')
      return { credentials: storedKeys(subject), region: deps.platform().aws?.stsRegion ?? FIRST_REGION.aws }
    const { platform } = requireRole(deps, connection)
    return { credentials: await platform.credentials(signal), region: platform.stsRegion }
  }

  const identity = async (signal: AbortSignal): Promise<CallerIdentity> => {
    const by = await caller(signal)
    return retry(
      () => getCallerIdentity({ transport: deps.transport, clock: deps.clock, tenant: connection.id, ...by }, signal),
      deps,
      signal,
    )
  }

  const session = ({ credentials: { expiresAt, ...pair } }: AssumedRole): Session => {
    const lease: Lease = { id: leaseId(deps.random), scope, narrowed: false, expiresAt, secret: { kind: 'aws', ...pair } }
    const accountId = connection.auth.fields['roleArn']?.split(':')[4]
    return accountId === undefined ? { lease } : { lease, accountId }
  }
  const wide = { durationSeconds: SECONDS }

  return {
    identity,
    assume: async (externalId, signal) =>
      session(await assumeAsPlatform(deps, connection, { ...wide, ...(externalId === undefined ? {} : { externalId }) }, signal)),
    present: async (token, signal) => session(await assumeWithToken(deps, connection, { ...wide, token }, signal)),
    face: ({ bucket }, signal) => retry(() => face(deps, connection, bucket, signal), deps, signal),
    lease: (location, signal) => leaseAws(deps, subject, { location, access: connection.access }, SECONDS, signal),
    narrowLease: (location, signal) => leaseAws(deps, subject, { location, access: ['read'] }, SECONDS, signal),
    wide: async (signal) => {
      const lease = await leaseAws(deps, subject, scope, SECONDS, signal)
      if (connection.auth.method === 'none') return { lease }
      const { accountId, arn } = await identity(signal)
      return { lease, accountId, root: arn.endsWith(':root') }
    },
    open: (location, lease, owner) =>
      withRetries(deps)(openAwsStore(deps, parts.regions, expecting(connection, owner), location, () => Promise.resolve(lease))),
  }
}

/** The connection as the probes use it: the owner at issue, and no pinned region, which has a check of its own. */
function expecting(connection: Connection, owner: string | undefined): Connection {
  const { expectedBucketOwner: _, region: __, ...settings } = connection.settings
  const { pinned: ___, ...rest } = connection
  return { ...rest, settings: { ...settings, ...(owner === undefined ? {} : { expectedBucketOwner: owner }) } }
}

function wholeOf(connection: Connection): Location {
  return connection.locations[0] ?? { cloud: 'aws', bucket: '', prefix: '', extent: 'bucket' }
}

/**
 * HEAD of the bucket without a signature. S3 answers 200, 301 or 403 with the bucket's region, or 404 where there is none.
 * A 403 without a region is not S3's answer to this question: a proxy's, or a refusal for another reason. Nor is a 404 without the
 * id that S3 gives every request.
 */
async function face(deps: CloudDeps, connection: Connection, bucket: string, signal: AbortSignal): Promise<BucketFace> {
  const partition = partitionOf(connection, deps.platform())
  const host = s3Host(connection.settings.region ?? connection.pinned?.region ?? FIRST_REGION[partition])
  const byPath = bucket.includes('.')
  const request = unsigned({
    method: 'HEAD',
    origin: byPath ? `https://${host}` : `https://${bucket}.${host}`,
    path: byPath ? `/${bucket}` : '/',
    query: {},
    headers: {},
  })
  const response = await deps.transport({ ...request, operation: 's3.HeadBucket', tenant: connection.id }, signal)
  const region = regionIn(response.headers['x-amz-bucket-region'])
  const { status } = response
  if (status === 404 && response.headers['x-amz-request-id'] !== undefined) {
    await discard(response)
    return { exists: false }
  }
  if (region !== undefined && [200, 301, 307, 400, 403].includes(status)) {
    await discard(response)
    return { exists: true, region }
  }
  const text = await readText(response, 64 * 1024, 'HeadBucket')
  const error = vendorError({ operation: 'HeadBucket', status, headers: response.headers, text, subject: `bucket ${bucket}` })
  if (error.retry === 'later') throw error
  throw accessError('validation.unclear', {
    message: `S3 did not say whether there is a bucket ${bucket}: ${error.message}`,
    ...(error.provider === undefined ? {} : { provider: error.provider }),
  })
}
