import type { JsonObject, PolicyDocument } from '@sluice/core'
import { deniedDetail, judgeRam, type RamAsk } from '../authorize.ts'
import { AliyunError } from '../error.ts'
import type { RpcCall } from '../rpc/service.ts'
import { malformedDocument } from '../state/identities.ts'
import { policyDocument, readRamPolicy } from '../state/policies.ts'
import type { AliyunAccount, OidcProvider, PolicyRef, RamPolicy, RamRole, RamUser } from '../state/types.ts'

/** The account of the caller: RAM never reaches into another one. */
export function ramAccount({ caller, state }: RpcCall): AliyunAccount {
  const account = state.accounts.get(caller.accountId ?? '')
  if (!account) throw new AliyunError(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.')
  return account
}

type Entity = 'role' | 'user' | 'policy' | 'oidc-provider'

/** Throws NoPermission unless the caller may do this operation to an entity of its account. */
export function demandRam(call: RpcCall, entity: Entity, name: string): AliyunAccount {
  const account = ramAccount(call)
  const ask: RamAsk = {
    action: `ram:${call.action}`,
    resource: `acs:ram:*:${account.uid}:${entity}/${name}`,
    resourceAccount: account.uid,
    rule: 'none',
  }
  const decision = judgeRam(call.caller, ask)
  if (decision.allowed) return account
  const denied = deniedDetail(call.caller, ask, decision)
  throw new AliyunError(
    403,
    'NoPermission',
    'You are not authorized to do this action. You should be authorized by RAM.',
    denied ? { denied } : {},
  )
}

const LABELS = { role: 'Role', user: 'User', policy: 'Policy', 'oidc-provider': 'OIDCProvider' } as const

export function noSuchEntity(entity: Entity, name: string): AliyunError {
  return new AliyunError(404, `EntityNotExist.${LABELS[entity]}`, `The ${entity} does not exist: ${name}.`)
}

export function entityExists(entity: Entity, name: string): AliyunError {
  return new AliyunError(409, `EntityAlreadyExists.${LABELS[entity]}`, `The ${entity} already exists: ${name}.`)
}

export function deleteConflict(what: string, message: string): AliyunError {
  return new AliyunError(409, `DeleteConflict.${what}`, message)
}

/** The role a request names: permission first, then existence. */
export function ramRoleOf(call: RpcCall): RamRole {
  const name = call.parameters.required('RoleName')
  const role = demandRam(call, 'role', name).roles.latest(name.toLowerCase())
  if (!role) throw noSuchEntity('role', name)
  return role
}

export function ramUserOf(call: RpcCall): RamUser {
  const name = call.parameters.required('UserName')
  const user = demandRam(call, 'user', name).users.latest(name.toLowerCase())
  if (!user) throw noSuchEntity('user', name)
  return user
}

export function customPolicyOf(call: RpcCall): RamPolicy {
  const name = call.parameters.required('PolicyName')
  const policy = demandRam(call, 'policy', name).policies.get(name)
  if (!policy) throw noSuchEntity('policy', name)
  return policy
}

export function oidcProviderOf(call: RpcCall): OidcProvider {
  const name = call.parameters.required('OIDCProviderName')
  const provider = demandRam(call, 'oidc-provider', name).oidcProviders.get(name)
  if (!provider) throw noSuchEntity('oidc-provider', name)
  return provider
}

/** The policy that a request attaches or detaches. */
function policyRefOf(call: RpcCall): PolicyRef {
  const { parameters } = call
  const type = parameters.required('PolicyType')
  const name = parameters.required('PolicyName')
  if (type !== 'Custom' && type !== 'System') throw new AliyunError(400, 'InvalidParameter.PolicyType', 'PolicyType is Custom or System.')
  const ref: PolicyRef = { type, name }
  if (!policyDocument(ramAccount(call), ref)) throw noSuchEntity('policy', name)
  return ref
}

type Holder = { readonly name: string; readonly attached: readonly PolicyRef[] }

/** The role or user with the policy that the request attaches. */
export function withAttached<Owner extends Holder>(call: RpcCall, entity: 'role' | 'user', owner: Owner): Owner {
  const ref = policyRefOf(call)
  if (owner.attached.some(({ name }) => name === ref.name)) throw entityExists(entity, `${owner.name} with ${ref.name}`)
  return { ...owner, attached: [...owner.attached, ref] }
}

/** The role or user without the policy that the request detaches. */
export function withoutAttached<Owner extends Holder>(call: RpcCall, owner: Owner): Owner {
  const ref = policyRefOf(call)
  if (!owner.attached.some(({ name }) => name === ref.name)) throw noSuchEntity('policy', ref.name)
  return { ...owner, attached: owner.attached.filter(({ name }) => name !== ref.name) }
}

/** Name of something new. */
export function newRamName(call: RpcCall, parameter: string): string {
  const name = call.parameters.required(parameter)
  if (!/^[a-zA-Z0-9._-]{1,128}$/.test(name))
    throw new AliyunError(400, `InvalidParameter.${parameter}.InvalidChars`, `The parameter ${parameter} contains invalid characters.`)
  return name
}

export function readDocument(call: RpcCall, parameter: string, kind: 'identity' | 'trust'): PolicyDocument {
  return readRamPolicy(call.parameters.required(parameter), kind, malformedDocument)
}

export function attachedMembers(call: RpcCall, attached: readonly PolicyRef[]): JsonObject {
  const { policies } = ramAccount(call)
  const version = ({ type, name }: PolicyRef) => (type === 'Custom' ? policies.get(name)?.defaultVersion : undefined) ?? 'v1'
  return { Policies: { Policy: attached.map((ref) => ({ PolicyName: ref.name, PolicyType: ref.type, DefaultVersion: version(ref) })) } }
}
