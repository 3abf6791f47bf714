import type { JsonObject } from '@sluice/core'
import { AliyunError } from '../error.ts'
import { invalidParameter } from '../rpc/parameters.ts'
import type { RpcCall, RpcOperation } from '../rpc/service.ts'
import type { RamPolicy, RamPolicyVersion } from '../state/types.ts'
import { customPolicyOf, deleteConflict, ramAccount, readDocument } from './context.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

const MOST_VERSIONS = 5

/** Versions of custom policies, of which the default one counts. */
export const ramVersionOperations: { readonly [action: string]: RpcOperation } = {
  CreatePolicyVersion(call) {
    const policy = customPolicyOf(call)
    const document = readDocument(call, 'PolicyDocument', 'identity')
    const { versions } = makeRoom(policy, call.parameters.optional('RotateStrategy') ?? 'None')
    const versionsMade = policy.versionsMade + 1
    const made: RamPolicyVersion = { id: `v${versionsMade}`, document, createdAt: call.state.clock.now() }
    const isDefault = call.parameters.optional('SetAsDefault') === 'true'
    const changed = save(call, {
      ...policy,
      versions: [...versions, made],
      versionsMade,
      ...(isDefault ? { document, defaultVersion: made.id } : {}),
    })
    return { PolicyVersion: versionMembers(changed, made) }
  },
  ListPolicyVersions(call) {
    const policy = customPolicyOf(call)
    return { PolicyVersions: { PolicyVersion: policy.versions.map((version) => versionMembers(policy, version)) } }
  },
  GetPolicyVersion(call) {
    const policy = customPolicyOf(call)
    return { PolicyVersion: versionMembers(policy, versionOf(call, policy)) }
  },
  SetDefaultPolicyVersion(call) {
    const policy = customPolicyOf(call)
    const { id, document } = versionOf(call, policy)
    save(call, { ...policy, document, defaultVersion: id })
    return {}
  },
  DeletePolicyVersion(call) {
    const policy = customPolicyOf(call)
    const { id } = versionOf(call, policy)
    if (id === policy.defaultVersion)
      throw deleteConflict('Policy.Version.Default', 'The default policy version CAN NOT been deleted directly.')
    save(call, { ...policy, versions: policy.versions.filter((version) => version.id !== id) })
    return {}
  },
}

export function versionMembers({ defaultVersion }: RamPolicy, { id, document, createdAt }: RamPolicyVersion): JsonObject {
  return {
    VersionId: id,
    IsDefaultVersion: id === defaultVersion,
    PolicyDocument: JSON.stringify(document),
    CreateDate: isoSeconds(createdAt),
  }
}

function makeRoom(policy: RamPolicy, strategy: string): Pick<RamPolicy, 'versions'> {
  if (strategy !== 'None' && strategy !== 'DeleteOldestNonDefaultVersionWhenLimitExceeded') throw invalidParameter('RotateStrategy')
  if (policy.versions.length < MOST_VERSIONS) return policy
  if (strategy === 'None')
    throw new AliyunError(409, 'LimitExceeded.Policy.Version', 'The count of policy version beyond the current limits.')
  const oldest = policy.versions.find(({ id }) => id !== policy.defaultVersion)
  return { versions: policy.versions.filter((version) => version !== oldest) }
}

function versionOf({ parameters }: RpcCall, policy: RamPolicy): RamPolicyVersion {
  const id = parameters.required('VersionId')
  const found = policy.versions.find((version) => version.id === id)
  if (!found) throw new AliyunError(404, 'EntityNotExist.Policy.Version', 'The policy version does not exist.')
  return found
}

function save(call: RpcCall, policy: RamPolicy): RamPolicy {
  ramAccount(call).policies.set(policy.name, policy)
  return policy
}
