import type { JsonObject } from '@sluice/core'
import { invalidParameter } from '../rpc/parameters.ts'
import type { RpcCall, RpcOperation } from '../rpc/service.ts'
import { makeRamRole, saveRamRole } from '../state/identities.ts'
import type { RamRole } from '../state/types.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'
import {
  attachedMembers,
  deleteConflict,
  demandRam,
  entityExists,
  newRamName,
  ramAccount,
  ramRoleOf,
  readDocument,
  withAttached,
  withoutAttached,
} from './context.ts'

/** Roles: made, read, changed, deleted, and their policies. */
export const ramRoleOperations: { readonly [action: string]: RpcOperation } = {
  CreateRole(call) {
    const { parameters, state } = call
    const name = newRamName(call, 'RoleName')
    const account = demandRam(call, 'role', name)
    const trust = readDocument(call, 'AssumeRolePolicyDocument', 'trust')
    if (account.roles.latest(name.toLowerCase())) throw entityExists('role', name)
    const description = parameters.optional('Description') ?? ''
    const maxSessionDuration = readMaxDuration(call, 'MaxSessionDuration') ?? 3600
    return { Role: roleMembers(saveRamRole(state, account, makeRamRole(state, account, { name, description, trust, maxSessionDuration }))) }
  },
  GetRole: (call) => ({ Role: roleMembers(ramRoleOf(call)) }),
  ListRoles(call) {
    const { roles } = demandRam(call, 'role', '*')
    return { Roles: { Role: roles.latestValues().map(roleMembers) }, IsTruncated: false }
  },
  UpdateRole(call) {
    const role = ramRoleOf(call)
    const { parameters, state } = call
    const changed: RamRole = {
      ...role,
      description: parameters.optional('NewDescription') ?? role.description,
      maxSessionDuration: readMaxDuration(call, 'NewMaxSessionDuration') ?? role.maxSessionDuration,
      trust:
        parameters.optional('NewAssumeRolePolicyDocument') === undefined
          ? role.trust
          : readDocument(call, 'NewAssumeRolePolicyDocument', 'trust'),
    }
    return { Role: roleMembers(saveRamRole(state, ramAccount(call), changed)) }
  },
  DeleteRole(call) {
    const role = ramRoleOf(call)
    if (role.attached.length > 0) throw deleteConflict('Role.Policy', 'The role cannot have any policies attached while deleting.')
    ramAccount(call).roles.set(role.name.toLowerCase(), undefined, call.state.ramDelayMs)
    return {}
  },
  AttachPolicyToRole(call) {
    saveRamRole(call.state, ramAccount(call), withAttached(call, 'role', ramRoleOf(call)))
    return {}
  },
  DetachPolicyFromRole(call) {
    saveRamRole(call.state, ramAccount(call), withoutAttached(call, ramRoleOf(call)))
    return {}
  },
  ListPoliciesForRole: (call) => attachedMembers(call, ramRoleOf(call).attached),
}

function readMaxDuration({ parameters }: RpcCall, name: string): number | undefined {
  const seconds = parameters.integer(name)
  if (seconds !== undefined && (seconds < 3600 || seconds > 43_200)) throw invalidParameter(name)
  return seconds
}

function roleMembers(role: RamRole): JsonObject {
  return {
    RoleId: role.id,
    RoleName: role.name,
    Arn: role.arn,
    Description: role.description,
    AssumeRolePolicyDocument: JSON.stringify(role.trust),
    MaxSessionDuration: role.maxSessionDuration,
    CreateDate: isoSeconds(role.createdAt),
  }
}
