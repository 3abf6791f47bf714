import { type Connection, type TokenRequest, accessError, connectionSubject } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { retry } from '../http/retry.ts'
import { type SessionNaming, sessionNameOf } from '../session-name.ts'
import { partitionOf, tokenAudience, tokenRegion } from './partition.ts'
import { type AssumedRole, assumeRole, assumeRoleWithWebIdentity } from './sts.ts'

/** A session of a connection's role, as somebody needs it. */
export interface SessionRequest {
  readonly durationSeconds: number
  /** Session policy as JSON; absent means the role's own permissions. */
  readonly policy?: string
  /** What the customer finds the session by; that of the connection's own sessions unless told. */
  readonly sessionName?: string
}

/** Assumes the role of a connection as our own identity, with this external id or with none. */
export async function assumeAsPlatform(
  deps: CloudDeps,
  connection: Connection,
  request: SessionRequest & { readonly externalId?: string },
  signal: AbortSignal,
): Promise<AssumedRole> {
  const { roleArn, platform } = requireRole(deps, connection)
  const credentials = await platform.credentials(signal)
  const caller = { transport: deps.transport, clock: deps.clock, credentials, region: platform.stsRegion, tenant: connection.id }
  return retry(
    () => assumeRole(caller, { sessionName: sessionNameOf(connection, SESSION_NAMING), ...request, roleArn }, signal),
    deps,
    signal,
  )
}

/** Assumes the role of a connection with a token of ours: the connection's own, unless the token is to be another's or for somebody else. */
export async function assumeWithToken(
  deps: CloudDeps,
  connection: Connection,
  request: SessionRequest & { readonly token?: Partial<Pick<TokenRequest, 'audience' | 'ofStranger'>> },
  signal: AbortSignal,
): Promise<AssumedRole> {
  const { token: about, ...asked } = request
  const { roleArn, issuer } = requireToken(deps, connection)
  const partition = partitionOf(connection, deps.platform())
  const place = { transport: deps.transport, clock: deps.clock, region: tokenRegion(deps.platform(), partition), tenant: connection.id }
  const subject = connectionSubject(connection)
  // A token for each attempt: one that was refused for its age would be refused again.
  const attempt = async () => {
    const token = await issuer({ audience: tokenAudience(partition), ...about, subject }, signal)
    return assumeRoleWithWebIdentity(place, { sessionName: sessionNameOf(connection, SESSION_NAMING), ...asked, roleArn, token }, signal)
  }
  return retry(attempt, deps, signal)
}

/** The role of a connection and our own identity to assume it with, or the refusal that says which of the two is missing. */
export function requireRole(deps: CloudDeps, connection: Connection) {
  const { aws } = deps.platform()
  const credentials = deps.platformCredentials.aws
  if (aws === undefined || credentials === undefined)
    throw accessError('aws.role.no_identity', {
      message: `Connection ${connection.name} uses a role, and this Sluice has no AWS identity to assume it with.`,
    })
  return { roleArn: requireArn(connection, 'role'), platform: { ...aws, credentials } }
}

/** The role of a connection and our issuer, or the refusal that says which of the two is missing. */
export function requireToken(deps: CloudDeps, connection: Connection) {
  const url = deps.platform().issuer?.url
  if (deps.issuer === undefined || url === undefined)
    throw accessError('issuer.not_configured', {
      message: `Connection ${connection.name} uses a token of ours, and this Sluice is no OpenID Connect issuer.`,
    })
  return { roleArn: requireArn(connection, 'oidc'), issuer: deps.issuer, url }
}

function requireArn({ auth, name }: Connection, method: string): string {
  const { roleArn } = auth.fields
  if (auth.method !== method || roleArn === undefined)
    throw accessError('aws.role.absent', { message: `Connection ${name} does not know its role yet.` })
  return roleArn
}

/** What AWS takes in the name of a session. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const SESSION_NAMING: SessionNaming = { between: '+', refused: /[^\w+=,.@-]+/g }
