import { type Connection, type Lease, type LeaseScope, type OpenConnection, accessError, externalIdOf } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { leaseId } from '../lease-id.ts'
import { storedKeys } from '../s3-protocol/stored-keys.ts'
import { parseRoleArn } from './arn.ts'
import { assumeAsPlatform, assumeWithToken, requireRole, requireToken } from './assume.ts'
import { sessionPolicy } from './session-policy.ts'

/** The shortest and the longest session we ask STS for: an hour is what every role allows, and the most that one role gets from another. */
const SHORTEST_SECONDS = 900
const LONGEST_SECONDS = 3_600

/** Issues a lease: a narrowed session of the connection's role, or the stored keys as they are, or nothing but a name for public buckets. */
export async function leaseAws(
  deps: CloudDeps,
  open: OpenConnection,
  scope: LeaseScope,
  seconds: number,
  signal: AbortSignal,
): Promise<Lease> {
  const { connection } = open
  if (scope.access.length === 0) throw accessError('aws.lease.empty', { message: 'A lease that allows nothing was asked for.' })
  const id = leaseId(deps.random)
  if (connection.auth.method === 'none') return { id, scope, narrowed: false, expiresAt: Infinity, secret: { kind: 'anonymous' } }
  if (connection.auth.method === 'keys')
    return { id, scope, narrowed: false, expiresAt: Infinity, secret: { kind: 'aws', ...storedKeys(open) } }
  const { expiresAt, ...pair } = await assumeNarrowed(deps, connection, scope, seconds, signal)
  return { id, scope, narrowed: true, expiresAt, secret: { kind: 'aws', ...pair } }
}

async function assumeNarrowed(deps: CloudDeps, connection: Connection, scope: LeaseScope, seconds: number, signal: AbortSignal) {
  const byToken = connection.auth.method === 'oidc'
  const { roleArn } = byToken ? requireToken(deps, connection) : requireRole(deps, connection)
  if (seconds < SHORTEST_SECONDS)
    throw accessError('aws.lease.too_short', {
      message: `AWS issues no credential for ${seconds} seconds; ${SHORTEST_SECONDS} is the least.`,
    })
  const request = {
    durationSeconds: Math.floor(Math.min(seconds, LONGEST_SECONDS)),
    policy: sessionPolicy(scope, connection.settings, parseRoleArn(roleArn).partition),
  }
  if (byToken) return (await assumeWithToken(deps, connection, request, signal)).credentials
  const externalId = externalIdOf(connection.auth)
  const asked = { ...request, ...(externalId === undefined ? {} : { externalId }) }
  return (await assumeAsPlatform(deps, connection, asked, signal)).credentials
}
