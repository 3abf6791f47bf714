import {
  type CloudDiagnostics,
  type Json,
  type Lease,
  type Location,
  type OpenConnection,
  type ProbeRequests,
  type ProbeSubject,
} from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import { leaseId } from '../../lease-id.ts'
import { sessionDocument } from '../../session-document.ts'
import { diagnosisSessionNameOf } from '../../session-name.ts'
import type { RegionMemory } from '../../store/region-memory.ts'
import { once } from '../../validation/denial.ts'
import { type BucketAccess, callAndDiscard, credentialsOf } from '../call.ts'
import { SESSION_NAMING, leaseAliyun, leaseOf, sessionOf, stsFor } from '../lease.ts'
import { FIRST_REGION } from '../region.ts'
import { sessionPolicy } from '../session-policy.ts'
import { requestHeaders } from '../settings-headers.ts'
import { getCallerIdentity } from '../sts.ts'

/** Sessions of a diagnosis live as short as Alibaba Cloud lets them. */
const SECONDS = 900

/** What a diagnosis asks of Alibaba Cloud beside the store. */
export function diagnoseAliyun(deps: CloudDeps, regions: RegionMemory): CloudDiagnostics {
  return { documents: narrowing, probes: (subject) => probes(deps, regions, subject) }
}

/** The policy that narrows our sessions. */
function narrowing({ connection }: OpenConnection, location: Location): { readonly [name: string]: Json } {
  const { access, auth, pinned, settings } = connection
  if (auth.method === 'keys') return {}
  return sessionDocument(() => sessionPolicy({ location, access }, settings, settings.expectedBucketOwner ?? pinned?.bucketOwner))
}

function probes(deps: CloudDeps, regions: RegionMemory, subject: ProbeSubject): ProbeRequests {
  const { connection, location } = subject
  const wide = once((signal: AbortSignal) => wideLease(deps, subject, signal))
  const bucket: BucketAccess = {
    bucket: location.bucket,
    ...(connection.settings.region === undefined ? {} : { pinnedRegion: connection.settings.region }),
    firstRegion: connection.pinned?.region ?? location.region ?? FIRST_REGION,
    regions,
    lease: wide,
    transport: deps.transport,
    clock: deps.clock,
    tenant: connection.id,
    headers: requestHeaders(connection),
  }
  const ask = (operation: string, part: string, signal: AbortSignal) =>
    callAndDiscard(bucket, { operation, method: 'GET', access: 'list', query: { [part]: '' } }, signal)
  return {
    'bucket-owner': async (signal) => {
      const credentials = credentialsOf(await wide(signal))
      await Promise.all([
        ask('GetBucketInfo', 'bucketInfo', signal),
        credentials === undefined ? undefined : getCallerIdentity({ ...stsFor(deps, connection), credentials }, signal),
      ])
    },
    'bucket-policy': async (signal) => {
      await ask('GetBucketPolicy', 'policy', signal)
    },
  }
}

/** All that the grant allows: a session that nothing of ours narrows, or the AccessKey as it is. */
async function wideLease(deps: CloudDeps, subject: ProbeSubject, signal: AbortSignal): Promise<Lease> {
  const { connection, location } = subject
  const scope = { location, access: connection.access }
  if (connection.auth.method === 'keys') return leaseAliyun(deps, subject, scope, SECONDS, signal)
  const session = await sessionOf(
    deps,
    connection,
    { seconds: SECONDS, sessionName: diagnosisSessionNameOf(connection, SESSION_NAMING) },
    signal,
  )
  return { id: leaseId(deps.random), scope, narrowed: false, ...leaseOf(session) }
}
