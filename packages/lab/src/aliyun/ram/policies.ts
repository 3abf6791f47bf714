import type { JsonObject } from '@sluice/core'
import { invalidParameter } from '../rpc/parameters.ts'
import type { RpcOperation } from '../rpc/service.ts'
import { makeRamPolicy } from '../state/identities.ts'
import { SYSTEM_POLICIES } from '../state/policies.ts'
import type { AliyunAccount, RamPolicy } from '../state/types.ts'
import {
  customPolicyOf,
  deleteConflict,
  demandRam,
  entityExists,
  newRamName,
  noSuchEntity,
  ramAccount,
  ramTime,
  readDocument,
} from './context.ts'

/** Custom policies: made, read, changed, deleted. The lab keeps the default version of each. */
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
      return versionOf({ name, document, description: '', createdAt: 0 }, 'System')
    }
    return versionOf(customPolicyOf(call), 'Custom')
  },
  CreatePolicyVersion(call) {
    const policy = customPolicyOf(call)
    const document = readDocument(call, 'PolicyDocument', 'identity')
    if (call.parameters.optional('SetAsDefault') !== 'true') throw invalidParameter('SetAsDefault', 'The lab keeps default versions only.')
    ramAccount(call).policies.set(policy.name, { ...policy, document })
    return { PolicyVersion: { VersionId: 'v1', IsDefaultVersion: true, PolicyDocument: JSON.stringify(document) } }
  },
  DeletePolicy(call) {
    const policy = customPolicyOf(call)
    const account = ramAccount(call)
    if (isAttached(account, policy.name))
      throw deleteConflict('Policy', 'The policy cannot be attached to any user or role while deleting.')
    account.policies.delete(policy.name)
    return {}
  },
}

function isAttached({ users, roles }: AliyunAccount, policy: string): boolean {
  const attached = [users, roles].flatMap((owners) => owners.names().flatMap((name) => owners.latest(name)?.attached ?? []))
  return attached.some(({ type, name }) => type === 'Custom' && name === policy)
}

function policyMembers({ name, description, createdAt }: RamPolicy, type = 'Custom'): JsonObject {
  return { PolicyName: name, PolicyType: type, Description: description, DefaultVersion: 'v1', CreateDate: ramTime(createdAt) }
}

function versionOf(policy: RamPolicy, type: 'Custom' | 'System'): JsonObject {
  return {
    Policy: policyMembers(policy, type),
    DefaultPolicyVersion: {
      VersionId: 'v1',
      IsDefaultVersion: true,
      PolicyDocument: JSON.stringify(policy.document),
      CreateDate: ramTime(policy.createdAt),
    },
  }
}
