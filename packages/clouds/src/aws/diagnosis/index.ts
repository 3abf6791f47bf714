import {
  type CloudDiagnostics,
  type Json,
  type Lease,
  type Location,
  type ObjectInfo,
  type ObjectStore,
  type OpenConnection,
  type ProbeRequest,
  type ProbeRequests,
  type ProbeSubject,
  externalIdOf,
} from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import { leaseId } from '../../lease-id.ts'
import { unsignedLease } from '../../unsigned-lease.ts'
import { discoverRegion } from '../../s3-protocol/bucket-region.ts'
import { configurationProbe, propertiesProbe, repeatingProbes, sent, wholeListing } from '../../s3-protocol/probes.ts'
import { sessionDocument } from '../../session-document.ts'
import { diagnosisSessionNameOf } from '../../session-name.ts'
import { once } from '../../validation/denial.ts'
import { listQuery } from '../../store/listing.ts'
import type { RegionMemory } from '../../store/region-memory.ts'
import { parseRoleArn } from '../arn.ts'
import { SESSION_NAMING, assumeAsPlatform, assumeWithToken } from '../assume.ts'
import { leaseAws } from '../lease.ts'
import { awsBucket } from '../open-store.ts'
import { sessionPolicy } from '../session-policy.ts'
import type { AssumedRole } from '../sts.ts'

/** Sessions of a diagnosis live as short as AWS lets them. */
const SECONDS = 900

/** Reads of the bucket’s configuration, each a probe of its own: by operation and the part of the query that names it. */
const CONFIGURATION: { readonly [probe: string]: readonly [operation: string, part: string] } = {
  'bucket-policy': ['GetBucketPolicy', 'policy'],
  'public-access-block': ['GetPublicAccessBlock', 'publicAccessBlock'],
  'object-ownership': ['GetBucketOwnershipControls', 'ownershipControls'],
  'request-payment': ['GetBucketRequestPayment', 'requestPayment'],
}

/** What a diagnosis asks of AWS beside the store. */
export function diagnoseAws(deps: CloudDeps, regions: RegionMemory): CloudDiagnostics {
  return {
    documents: narrowing,
    unsigned: async ({ connection }, location, signal) => {
      // What it learns of the region spares the first listing a redirect.
      await discoverRegion(
        awsBucket(deps, regions, connection, location, () => Promise.resolve(unsignedLease(location))),
        signal,
        's3.HeadBucket (unsigned)',
      )
    },
    rewrite: inParts,
    probes: (subject) => probes(deps, regions, subject),
  }
}

/** The last part of an upload may have any length. */
const PART = new TextEncoder().encode('Sluice')

/**
 * An upload in parts reads its own parts, which takes more of a key than a whole object does. It is completed where it can be: to complete
 * one takes no more than to write, and to abort one does.
 */
async function inParts(store: ObjectStore, key: string, signal: AbortSignal): Promise<ObjectInfo> {
  const uploadId = await store.createMultipart(key, { contentType: 'text/plain' }, signal)
  try {
    const part = await store.uploadPart(key, uploadId, 1, PART, signal)
    return await store.completeMultipart(key, uploadId, [part], signal)
  } catch (error) {
    await store.abortMultipart(key, uploadId, signal)
    throw error
  }
}

/** The policy that narrows our sessions. */
function narrowing({ connection }: OpenConnection, location: Location): { readonly [name: string]: Json } {
  const { roleArn } = connection.auth.fields
  if (roleArn === undefined) return {}
  const { access, settings } = connection
  return sessionDocument(() => sessionPolicy({ location, access }, settings, parseRoleArn(roleArn).partition))
}

function probes(deps: CloudDeps, regions: RegionMemory, subject: ProbeSubject): ProbeRequests {
  const { connection, location, lease } = subject
  const bucket = awsBucket(deps, regions, connection, location, () => Promise.resolve(lease))
  const wide = once((signal: AbortSignal) => wideLease(deps, subject, signal))
  const widely = awsBucket(deps, regions, connection, location, wide)
  const account = connection.auth.fields['roleArn']?.split(':')[4]
  const configuration = Object.entries(CONFIGURATION).map(([name, [operation, part]]) => [
    name,
    configurationProbe(widely, operation, part),
  ])
  return {
    ...repeatingProbes(bucket, subject),
    ...propertiesProbe(bucket, subject),
    ...(account === undefined || bucket.headers['x-amz-expected-bucket-owner'] !== undefined
      ? {}
      : { 'expected-owner': ownedListing(bucket, location, account) }),
    ...(location.prefix === '' ? {} : { 'list-without-prefix': wholeListing(widely) }),
    ...Object.fromEntries(configuration),
  }
}

function ownedListing(bucket: ReturnType<typeof awsBucket>, { prefix }: Location, account: string): ProbeRequest {
  return sent(bucket, {
    operation: 'ListObjectsV2',
    method: 'GET',
    access: 'list',
    query: listQuery({ prefix, maxKeys: 1 }),
    headers: { 'x-amz-expected-bucket-owner': account },
  })
}

/** All that the grant allows: a session that nothing of ours narrows, or the keys as they are. */
async function wideLease(deps: CloudDeps, subject: ProbeSubject, signal: AbortSignal): Promise<Lease> {
  const { connection, location } = subject
  const scope = { location, access: connection.access }
  const { method } = connection.auth
  if (method !== 'role' && method !== 'oidc') return leaseAws(deps, subject, scope, SECONDS, signal)
  const { expiresAt, ...pair } = (await assume(deps, subject, signal)).credentials
  return { id: leaseId(deps.random), scope, narrowed: false, expiresAt, secret: { kind: 'aws', ...pair } }
}

function assume(deps: CloudDeps, { connection }: ProbeSubject, signal: AbortSignal): Promise<AssumedRole> {
  const request = { durationSeconds: SECONDS, sessionName: diagnosisSessionNameOf(connection, SESSION_NAMING) }
  if (connection.auth.method === 'oidc') return assumeWithToken(deps, connection, request, signal)
  const externalId = externalIdOf(connection.auth)
  return assumeAsPlatform(deps, connection, { ...request, ...(externalId === undefined ? {} : { externalId }) }, signal)
}
