import type { CloudDiagnostics, Lease, ProbeRequest, ProbeRequests, ProbeSubject } from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import { leaseId } from '../../lease-id.ts'
import { once } from '../../validation/denial.ts'
import { billedProject } from '../billing.ts'
import { type BucketAccess, type GcsCall, bucketPath, callAndDiscard } from '../call.ts'
import { PERMISSIONS } from '../dialect.ts'
import { identityOf } from '../identity.ts'

/** Where Google lets us choose, tokens of a diagnosis live this long. */
const SECONDS = 900

/** What a diagnosis asks of Google beside the store: with the identity’s whole token, since a narrowed one is told less. */
export function diagnoseGcp(deps: CloudDeps): CloudDiagnostics {
  return { documents: () => ({}), probes: (subject) => probes(deps, subject) }
}

function probes(deps: CloudDeps, subject: ProbeSubject): ProbeRequests {
  const { connection, location } = subject
  const project = billedProject(connection, deps.platform())
  const bucket: BucketAccess = {
    bucket: location.bucket,
    lease: once((signal: AbortSignal) => wholeLease(deps, subject, signal)),
    transport: deps.transport,
    clock: deps.clock,
    tenant: connection.id,
    ...(project === undefined ? {} : { userProject: project }),
  }
  const sent =
    (call: GcsCall): ProbeRequest =>
    async (signal) => {
      await callAndDiscard(bucket, call, signal)
    }
  // One parameter for each permission: a name that repeats.
  const permissions = Object.values(PERMISSIONS).map((permission) => `permissions=${permission}`)
  const iam = `${bucketPath(location.bucket)}/iam`
  return {
    'test-permissions': sent({
      operation: 'buckets.testIamPermissions',
      method: 'GET',
      access: 'list',
      path: `${iam}/testPermissions?${permissions.join('&')}`,
    }),
    // Version 3 alone shows the conditions of bindings. https://cloud.google.com/iam/docs/policies#versions
    'bucket-bindings': sent({
      operation: 'buckets.getIamPolicy',
      method: 'GET',
      access: 'list',
      path: iam,
      query: { optionsRequestedPolicyVersion: '3' },
    }),
  }
}

async function wholeLease(deps: CloudDeps, subject: ProbeSubject, signal: AbortSignal): Promise<Lease> {
  const { token } = await identityOf(deps, subject, SECONDS, signal)
  const { connection, location } = subject
  return {
    id: leaseId(deps.random),
    scope: { location, access: connection.access },
    narrowed: false,
    expiresAt: token.expiresAt,
    secret: { kind: 'bearer', token: token.token },
  }
}
