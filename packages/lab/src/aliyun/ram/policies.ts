import type { JsonObject } from '@sluice/core'
import type { EventualMap } from '../../state/eventual.ts'
import type { RpcOperation } from '../rpc/service.ts'
import { makeRamPolicy } from '../state/identities.ts'
import { SYSTEM_POLICIES } from '../state/policies.ts'
import type { PolicyRef, RamPolicy } from '../state/types.ts'
import { customPolicyOf, deleteConflict, demandRam, entityExists, newRamName, noSuchEntity, ramAccount, readDocument } from './context.ts'
import { versionMembers } from './policy-versions.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

/** Custom policies: made, read, deleted. */
export const ramPolicyOperations: { readonly [action: string]: RpcOperation } = {
  CreatePolicy(call) {
    const { parameters, state } = call
    const name = newRamName(call, 'PolicyName')
    const account = demandRam(call, 'policy', name)
    const document = readDocument(call, 'PolicyDocument', 'identity')
    if (account.policies.has(name)) throw entityExists('policy', name)
    return {
      Policy: policyMembers(makeRamPolicy(state, account, { name, document, description: parameters.optional('Description') ?? '' })),
    }
  },
  GetPolicy(call) {
    if (call.parameters.required('PolicyType') === 'System') {
      const name = call.parameters.required('PolicyName')
      demandRam(call, 'policy', name)
      const document = SYSTEM_POLICIES[name]
      if (!document) throw noSuchEntity('policy', name)
      return withDefault({ name, document, description: '', createdAt: 0, defaultVersion: 'v1', versions: [], versionsMade: 1 }, 'System')
    }
    return withDefault(customPolicyOf(call), 'Custom')
  },
  DeletePolicy(call) {
    const policy = customPolicyOf(call)
    const account = ramAccount(call)
    if (isAttached(account.users, policy.name))
      throw deleteConflict('Policy.User', 'The policy CAN NOT been attached to any user while deleting the policy.')
    if (isAttached(account.roles, policy.name))
      throw deleteConflict('Role.Policy', 'The policy CAN NOT been attached to any role while deleting the policy.')
    if (policy.versions.length > 1) throw deleteConflict('Policy.Version', 'The policy CAN NOT has any version except the default version.')
    account.policies.delete(policy.name)
    return {}
  },
}

function isAttached(owners: EventualMap<{ readonly attached: readonly PolicyRef[] }>, policy: string): boolean {
  return owners.latestValues().some(({ attached }) => attached.some(({ type, name }) => type === 'Custom' && name === policy))
}

function policyMembers({ name, description, createdAt, defaultVersion }: RamPolicy, type = 'Custom'): JsonObject {
  return { PolicyName: name, PolicyType: type, Description: description, DefaultVersion: defaultVersion, CreateDate: isoSeconds(createdAt) }
}

function withDefault(policy: RamPolicy, type: 'Custom' | 'System'): JsonObject {
  const { defaultVersion: id, document, createdAt } = policy
  return {
    Policy: policyMembers(policy, type),
    DefaultPolicyVersion: versionMembers(policy, policy.versions.find((version) => version.id === id) ?? { id, document, createdAt }),
  }
}
