import { sessionArn, type NamedPolicy, type Principal, type RequestContext } from '@sluice/core'
import type { LabRequest } from '../http/request.ts'
import { rootArn } from './arn.ts'
import type { Credential } from './auth/credentials.ts'
import type { Verified } from './auth/verify.ts'
import { prepared } from './state/policies.ts'
import { MANAGED_POLICIES } from './iam/managed-policies.ts'
import type { AwsState, Role, User } from './state/types.ts'

/** Who asks, with the policies that stand behind them at this moment. */
export interface Caller {
  readonly state: AwsState
  readonly principal: Principal
  /** Undefined for an unsigned request. */
  readonly accountId: string | undefined
  /** As AWS writes it in messages and answers GetCallerIdentity: a role's session, not its role. */
  readonly arn: string
  readonly userId: string
  readonly identity: readonly NamedPolicy[]
  readonly boundary?: NamedPolicy
  readonly session?: readonly NamedPolicy[]
  /** Condition keys that hold for whatever is asked. */
  readonly context: RequestContext
  readonly credential?: Credential
}

/** Resolves who signed a request. Policies are read as authorisation sees them, late changes of IAM included. */
export function callerOf(state: AwsState, request: LabRequest, verified: Verified | undefined): Caller {
  const context = requestContext(state, request, verified)
  if (!verified)
    return { state, principal: { kind: 'anonymous' }, accountId: undefined, arn: 'anonymous', userId: 'anonymous', identity: [], context }
  const { credential } = verified
  const { accountId, holder } = credential
  const account = state.accounts.get(accountId)
  const canonical = account ? { canonicalUserId: account.canonicalId } : {}
  if (holder.kind === 'root')
    return {
      state,
      principal: { kind: 'root', accountId, ...canonical },
      accountId,
      arn: rootArn(accountId),
      userId: accountId,
      identity: [],
      context,
      credential,
    }

  const identity = holder.kind === 'user' ? ({ kind: 'user', userName: holder.userName } as const) : holder.session.identity
  if (identity.kind === 'user') {
    const user = account?.users.visible(identity.userName) ?? account?.users.latest(identity.userName)
    const arn = user?.arn ?? `arn:aws:iam::${accountId}:user/${identity.userName}`
    const userId = user?.id ?? ''
    const principal: Principal = { kind: 'user', arn, userId, tags: user?.tags ?? {}, ...canonical }
    return { state, principal, accountId, arn, userId, ...policiesOf(state, user), context, credential }
  }

  const role = account?.roles.visible(identity.roleName) ?? account?.roles.latest(identity.roleName)
  const principal: Principal = {
    kind: 'role-session',
    roleArn: role?.arn ?? `arn:aws:iam::${accountId}:role/${identity.roleName}`,
    sessionName: identity.sessionName,
    roleId: identity.roleId,
    tags: role?.tags ?? {},
    ...canonical,
  }
  return {
    state,
    principal,
    accountId,
    arn: sessionArn(principal.roleArn, identity.sessionName),
    userId: `${identity.roleId}:${identity.sessionName}`,
    ...policiesOf(state, role),
    ...(identity.policies.length > 0
      ? { session: identity.policies.map((document, index) => prepared(state, `session policy ${index + 1}`, document)) }
      : {}),
    context,
    credential,
  }
}

/** Inline and managed policies of a user or role, and its boundary. */
function policiesOf(
  state: AwsState,
  owner: User | Role | undefined,
): { readonly identity: readonly NamedPolicy[]; readonly boundary?: NamedPolicy } {
  if (!owner) return { identity: [] }
  const inline = [...owner.inline].map(([name, document]) => prepared(state, name, document))
  const attached = owner.attached.map((arn) => managedPolicy(state, arn)).filter((policy) => policy !== undefined)
  const boundary = owner.boundary === undefined ? undefined : managedPolicy(state, owner.boundary)
  return { identity: [...inline, ...attached], ...(boundary ? { boundary } : {}) }
}

/** A managed policy by ARN: a customer's or AWS's own. */
export function managedPolicy(state: AwsState, arn: string): NamedPolicy | undefined {
  const document = MANAGED_POLICIES[arn] ?? state.accounts.get(arn.split(':')[4] ?? '')?.policies.get(arn)?.document
  return document && prepared(state, arn, document)
}

function requestContext(state: AwsState, request: LabRequest, verified: Verified | undefined): RequestContext {
  const now = state.clock.now()
  const session = verified?.credential.holder.kind === 'session' ? verified.credential.holder.session : undefined
  // A route takes TLS off on the way; a client that talks to the lab's own address really uses plain HTTP.
  const tls = request.direct ? 'none' : (state.network?.tlsVersion ?? '1.3')
  return {
    'aws:SecureTransport': String(tls !== 'none'),
    ...(tls === 'none' ? {} : { 's3:TlsVersion': tls }),
    'aws:SourceIp': state.network?.address ?? request.sourceIp,
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    ...(request.headers.has('user-agent') ? { 'aws:UserAgent': request.headers.get('user-agent') ?? '' } : {}),
    ...(verified ? { 'aws:RequestedRegion': verified.signature.scope.region } : {}),
    ...(session?.identity.kind === 'role' ? session.identity.context : {}),
    ...(session ? { 'aws:TokenIssueTime': new Date(session.issuedAt).toISOString(), 'aws:MultiFactorAuthPresent': 'false' } : {}),
  }
}
