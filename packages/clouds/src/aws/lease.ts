import { type Connection, type Lease, type LeaseScope, type OpenConnection, accessError, externalIdOf } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { retry } from '../http/retry.ts'
import { leaseId } from '../lease-id.ts'
import { storedKeys } from '../s3-protocol/stored-keys.ts'
import { parseRoleArn } from './arn.ts'
import { sessionPolicy } from './session-policy.ts'
import { assumeRole } from './sts.ts'

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
  const { roleArn, platform } = requireRole(deps, connection)
  if (seconds < SHORTEST_SECONDS)
    throw accessError('aws.lease.too_short', {
      message: `AWS issues no credential for ${seconds} seconds; ${SHORTEST_SECONDS} is the least.`,
    })
  const externalId = externalIdOf(connection.auth)
  const policy = sessionPolicy(scope, connection.settings, parseRoleArn(roleArn).partition)
  const credentials = await platform.credentials(signal)
  const attempt = () =>
    assumeRole(
      { transport: deps.transport, clock: deps.clock, credentials, region: platform.stsRegion, tenant: connection.id },
      {
        roleArn,
        sessionName: sessionName(connection),
        durationSeconds: Math.floor(Math.min(seconds, LONGEST_SECONDS)),
        policy,
        ...(externalId === undefined ? {} : { externalId }),
      },
      signal,
    )
  return (await retry(attempt, deps, signal)).credentials
}

/** The role of a connection and our own identity to assume it with, or the refusal that says which of the two is missing. */
export function requireRole(deps: CloudDeps, connection: Connection) {
  const { aws } = deps.platform()
  const credentials = deps.platformCredentials.aws
  if (aws === undefined || credentials === undefined)
    throw accessError('aws.role.no_identity', {
      message: `Connection ${connection.name} uses a role, and this Sluice has no AWS identity to assume it with.`,
    })
  const { roleArn } = connection.auth.fields
  if (connection.auth.method !== 'role' || roleArn === undefined)
    throw accessError('aws.role.absent', { message: `Connection ${connection.name} does not know its role yet.` })
  return { roleArn, platform: { ...aws, credentials } }
}

/** Names our sessions so that customers find them in their own logs: `sluice-<project>-<purposes>`, in the 64 characters STS allows. */
export function sessionName(connection: Pick<Connection, 'project' | 'purposes'>): string {
  const purpose = nameable(connection.purposes.join('+') || 'access')
  const project = nameable(connection.project).slice(0, 64 - 'sluice--'.length - purpose.length)
  return `sluice-${project}-${purpose}`
}

function nameable(text: string): string {
  return text.replaceAll(/[^\w+=,.@-]+/g, '-')
}
