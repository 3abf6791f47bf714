import { ramPrincipalArn, type NamedPolicy, type RamPrincipal, type RequestContext } from '@sluice/core'
import type { LabRequest } from '../http/request.ts'
import type { AliyunCredential } from './auth/credentials.ts'
import { policyDocument, preparedRam } from './state/policies.ts'
import type { AliyunAccount, AliyunState, PolicyRef } from './state/types.ts'

/** Who asks, with the policies that stand behind them at this moment. */
export interface AliyunCaller {
  readonly principal: RamPrincipal
  /** Undefined for an unsigned request. */
  readonly accountId: string | undefined
  /** As GetCallerIdentity answers it. */
  readonly arn: string
  /** The UID or the id of the role's session. */
  readonly userId: string
  readonly identity: readonly NamedPolicy[]
  readonly session?: NamedPolicy
  /** Of the resource directory: what the account's users and roles may do at most. */
  readonly control?: readonly NamedPolicy[]
  /** Condition keys that hold for whatever is asked. */
  readonly context: RequestContext
}

/** Resolves who signed a request. Policies are read as authorisation sees them, late changes of RAM included. */
export function aliyunCaller(state: AliyunState, request: LabRequest, credential: AliyunCredential | undefined): AliyunCaller {
  const context = requestContext(state, request, credential)
  if (!credential) {
    const principal: RamPrincipal = { kind: 'anonymous' }
    return { principal, accountId: undefined, arn: ramPrincipalArn(principal), userId: '', identity: [], context }
  }
  const { accountId, holder } = credential
  const account = state.accounts.get(accountId)
  if (holder.kind === 'root') {
    const principal: RamPrincipal = { kind: 'root', accountId }
    return { principal, accountId, arn: ramPrincipalArn(principal), userId: accountId, identity: [], context }
  }
  if (holder.kind === 'user') {
    const user = account?.users.visible(holder.userName.toLowerCase()) ?? account?.users.latest(holder.userName.toLowerCase())
    const principal: RamPrincipal = { kind: 'user', accountId, userName: holder.userName, userId: user?.id ?? '' }
    return {
      principal,
      accountId,
      arn: ramPrincipalArn(principal),
      userId: principal.userId,
      identity: policiesOf(state, account, user),
      ...controlOf(state, account),
      context,
    }
  }
  const { roleName, sessionName, roleId, policy } = holder.session
  const role = account?.roles.visible(roleName.toLowerCase()) ?? account?.roles.latest(roleName.toLowerCase())
  const principal: RamPrincipal = { kind: 'role-session', accountId, roleName, sessionName, roleId }
  return {
    principal,
    accountId,
    arn: ramPrincipalArn(principal),
    userId: `${roleId}:${sessionName}`,
    identity: policiesOf(state, account, role),
    ...(policy ? { session: preparedRam(state, 'session policy', policy, 'identity') } : {}),
    ...controlOf(state, account),
    context,
  }
}

function policiesOf(
  state: AliyunState,
  account: AliyunAccount | undefined,
  owner: { readonly attached: readonly PolicyRef[] } | undefined,
): readonly NamedPolicy[] {
  if (!account || !owner) return []
  return owner.attached.flatMap((ref) => {
    const document = policyDocument(account, ref)
    return document ? [preparedRam(state, ref.name, document, 'identity')] : []
  })
}

/** Control policies hold for users and roles alone, not for the account itself. https://help.aliyun.com/en/ram/policy-evaluation-process */
function controlOf(state: AliyunState, account: AliyunAccount | undefined): Pick<AliyunCaller, 'control'> {
  const control = account?.controlPolicies?.map((document, index) => preparedRam(state, `control policy ${index}`, document, 'identity'))
  return control === undefined ? {} : { control }
}

function requestContext(state: AliyunState, request: LabRequest, credential: AliyunCredential | undefined): RequestContext {
  const { address = request.sourceIp, vpc } = state.origin
  return {
    // A route takes TLS off on the way; a client that talks to the lab's own address really uses plain HTTP.
    'acs:SecureTransport': String(!request.direct),
    'acs:SourceIp': address,
    ...(vpc === undefined ? {} : { 'acs:SourceVpc': vpc }),
    ...(credential === undefined ? {} : { 'acs:AccessId': credential.accessKeyId }),
    'acs:CurrentTime': new Date(state.clock.now()).toISOString(),
    ...(request.headers.has('user-agent') ? { 'acs:UserAgent': request.headers.get('user-agent') ?? '' } : {}),
  }
}
