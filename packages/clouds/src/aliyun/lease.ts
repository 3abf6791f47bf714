import {
  type Connection,
  type Lease,
  type LeaseScope,
  type OpenConnection,
  accessError,
  connectionSubject,
  externalIdOf,
} from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { retry } from '../http/retry.ts'
import { leaseId } from '../lease-id.ts'
import { type SessionNaming, sessionNameOf } from '../session-name.ts'
import type { AliyunCredentials } from './credentials.ts'
import { AUDIENCE } from './oidc.ts'
import { FIRST_REGION } from './region.ts'
import { sessionPolicy } from './session-policy.ts'
import { type AssumedRole, type StsEndpoint, assumeRole, assumeRoleWithOidc } from './sts.ts'

/** The shortest and the longest session we ask STS for: an hour is what every role allows. */
const SHORTEST_SECONDS = 900
const LONGEST_SECONDS = 3_600

/** Issues a lease: a narrowed session of the connection's role, or the stored AccessKey as it is. */
export async function leaseAliyun(
  deps: CloudDeps,
  open: OpenConnection,
  scope: LeaseScope,
  seconds: number,
  signal: AbortSignal,
): Promise<Lease> {
  const { connection } = open
  if (scope.access.length === 0) throw accessError('aliyun.lease.empty', { message: 'A lease that allows nothing was asked for.' })
  const id = leaseId(deps.random)
  if (connection.auth.method === 'keys')
    return {
      id,
      scope,
      narrowed: false,
      reach: 'The AccessKey reaches all that its RAM user may do.',
      expiresAt: Infinity,
      secret: { kind: 'oss', ...storedKeys(open) },
    }
  if (seconds < SHORTEST_SECONDS)
    throw accessError('aliyun.lease.too_short', {
      message: `Alibaba Cloud issues no credential for ${seconds} seconds; ${SHORTEST_SECONDS} is the least.`,
    })
  const owner = connection.settings.expectedBucketOwner ?? connection.pinned?.bucketOwner
  const policy = sessionPolicy(scope, connection.settings, owner)
  const session = await sessionOf(deps, connection, { policy, seconds: Math.floor(Math.min(seconds, LONGEST_SECONDS)) }, signal)
  return { id, scope, narrowed: true, ...leaseOf(session) }
}

/** A session as the secret of a lease, and its end. */
export function leaseOf({ credentials }: AssumedRole): Pick<Lease, 'expiresAt' | 'secret'> {
  const { expiresAt, ...pair } = credentials
  return { expiresAt, secret: { kind: 'oss', ...pair } }
}

/** What a session of a connection's role is to be like. */
export interface SessionRequest {
  readonly seconds: number
  /** Absent: all that the role may do. */
  readonly policy?: string
  /** What the customer finds the session by; that of the connection's own sessions unless told. */
  readonly sessionName?: string
  /** Sent in place of the connection's own external id, to see it refused. */
  readonly externalId?: { readonly value: string | undefined }
  /** Sent in place of the connection's own token, to see it refused. */
  readonly token?: { readonly audience: string } | { readonly ofStranger: true }
}

/** A session of the connection's role, by whichever method it has. */
export async function sessionOf(
  deps: CloudDeps,
  connection: Connection,
  request: SessionRequest,
  signal: AbortSignal,
): Promise<AssumedRole> {
  const { method, fields } = connection.auth
  const { roleArn, oidcProviderArn } = fields
  if (roleArn === undefined)
    throw accessError('aliyun.role.absent', { message: `Connection ${connection.name} does not know its role yet.` })
  const asked = {
    roleArn,
    sessionName: request.sessionName ?? sessionNameOf(connection, SESSION_NAMING),
    durationSeconds: request.seconds,
    ...(request.policy === undefined ? {} : { policy: request.policy }),
  }
  if (method === 'role') {
    const externalId = request.externalId === undefined ? externalIdOf(connection.auth) : request.externalId.value
    const credentials = await ownCredentials(deps, connection, signal)
    const caller = { ...stsFor(deps, connection), credentials }
    return retry(() => assumeRole(caller, { ...asked, ...(externalId === undefined ? {} : { externalId }) }, signal), deps, signal)
  }
  if (oidcProviderArn === undefined)
    throw accessError('aliyun.oidc.provider', { message: `Connection ${connection.name} does not know the OIDC provider of its role yet.` })
  // A token for each attempt: one that was refused for its age would be refused again.
  const attempt = async () => {
    const token = await ownToken(deps, connection, request.token, signal)
    return assumeRoleWithOidc(stsFor(deps, connection), { ...asked, providerArn: oidcProviderArn, token }, signal)
  }
  return retry(attempt, deps, signal)
}

function ownToken(deps: CloudDeps, connection: Connection, other: SessionRequest['token'], signal: AbortSignal): Promise<string> {
  if (deps.issuer === undefined)
    throw accessError('issuer.not_configured', {
      message: `Connection ${connection.name} is trusted by our tokens, and this Sluice issues none.`,
    })
  return deps.issuer({ audience: AUDIENCE, subject: connectionSubject(connection), ...other }, signal)
}

/** Our own identity, for roles that trust it. */
export async function ownCredentials(deps: CloudDeps, connection: Connection, signal: AbortSignal): Promise<AliyunCredentials> {
  const credentials = deps.platformCredentials.aliyun
  if (deps.platform().aliyun === undefined || credentials === undefined)
    throw accessError('aliyun.role.no_identity', {
      message: `Connection ${connection.name} uses a role, and this Sluice has no identity in Alibaba Cloud to assume it with.`,
    })
  return credentials(signal)
}

/** Where STS is asked for a connection. */
export function stsFor(deps: CloudDeps, connection: Connection): StsEndpoint {
  const region = deps.platform().aliyun?.stsRegion ?? connection.settings.region ?? FIRST_REGION
  return { transport: deps.transport, clock: deps.clock, random: deps.random, region, tenant: connection.id }
}

/** The AccessKey of a connection whose method is `keys`. */
export function storedKeys({
  connection,
  secret,
}: OpenConnection): Pick<AliyunCredentials, 'accessKeyId' | 'accessKeySecret' | 'securityToken'> {
  const accessKeySecret = secret?.['accessKeySecret']
  const securityToken = secret?.['securityToken']
  const { accessKeyId } = connection.auth.fields
  if (accessKeyId === undefined || accessKeySecret === undefined)
    throw accessError('auth.secret_missing', { message: `The secret of connection ${connection.name} is not there.` })
  return { accessKeyId, accessKeySecret, ...(securityToken === undefined ? {} : { securityToken }) }
}

/** What Alibaba Cloud takes in the name of a session. https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole */
export const SESSION_NAMING: SessionNaming = { between: '.', refused: /[^\w.@-]+/g }
