import type { JsonObject } from '@sluice/core'
import { AliyunError } from '../error.ts'
import { invalidParameter } from '../rpc/parameters.ts'
import type { RpcCall, RpcOperation } from '../rpc/service.ts'
import { makeAliyunAccessKey, makeRamUser, saveRamUser } from '../state/identities.ts'
import type { AliyunAccessKey, RamUser } from '../state/types.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'
import {
  attachedMembers,
  deleteConflict,
  demandRam,
  entityExists,
  newRamName,
  ramAccount,
  ramUserOf,
  withAttached,
  withoutAttached,
} from './context.ts'

const MOST_KEYS = 2

/** Users: made, read, deleted, and their policies and keys. */
export const ramUserOperations: { readonly [action: string]: RpcOperation } = {
  CreateUser(call) {
    const name = newRamName(call, 'UserName')
    const account = demandRam(call, 'user', name)
    if (account.users.latest(name.toLowerCase())) throw entityExists('user', name)
    const input = {
      name,
      displayName: call.parameters.optional('DisplayName') ?? name,
      comments: call.parameters.optional('Comments') ?? '',
    }
    return { User: userMembers(saveRamUser(call.state, account, makeRamUser(call.state, account, input))) }
  },
  GetUser: (call) => ({ User: userMembers(ramUserOf(call)) }),
  ListUsers(call) {
    const { users } = demandRam(call, 'user', '*')
    return { Users: { User: users.latestValues().map(userMembers) }, IsTruncated: false }
  },
  DeleteUser(call) {
    const user = ramUserOf(call)
    if (keysOf(call, user).length > 0)
      throw deleteConflict('User.AccessKey', 'The user CAN NOT has any access key while deleting the user.')
    if (user.attached.length > 0) throw deleteConflict('User.Policy', 'The user CAN NOT has any attached policy while deleting the user.')
    ramAccount(call).users.set(user.name.toLowerCase(), undefined, call.state.ramDelayMs)
    return {}
  },
  AttachPolicyToUser(call) {
    saveRamUser(call.state, ramAccount(call), withAttached(call, 'user', ramUserOf(call)))
    return {}
  },
  DetachPolicyFromUser(call) {
    saveRamUser(call.state, ramAccount(call), withoutAttached(call, ramUserOf(call)))
    return {}
  },
  ListPoliciesForUser: (call) => attachedMembers(call, ramUserOf(call).attached),
  CreateAccessKey(call) {
    const user = ramUserOf(call)
    if (keysOf(call, user).length >= MOST_KEYS)
      throw new AliyunError(409, 'LimitExceeded.User.AccessKey', 'The count of access keys beyond the current limits.')
    const key = makeAliyunAccessKey(call.state, ramAccount(call), user.name)
    return { AccessKey: { ...keyMembers(key), AccessKeySecret: key.secret } }
  },
  ListAccessKeys: (call) => ({ AccessKeys: { AccessKey: keysOf(call, ramUserOf(call)).map(keyMembers) } }),
  UpdateAccessKey(call) {
    const status = call.parameters.required('Status')
    if (status !== 'Active' && status !== 'Inactive') throw invalidParameter('Status')
    const key = keyOf(call)
    ramAccount(call).accessKeys.set(key.id, { ...key, status })
    return {}
  },
  DeleteAccessKey(call) {
    ramAccount(call).accessKeys.delete(keyOf(call).id)
    return {}
  },
}

function keysOf(call: RpcCall, user: RamUser): readonly AliyunAccessKey[] {
  return [...ramAccount(call).accessKeys.values()].filter((key) => key.userName.toLowerCase() === user.name.toLowerCase())
}

function keyOf(call: RpcCall): AliyunAccessKey {
  const id = call.parameters.required('UserAccessKeyId')
  const key = keysOf(call, ramUserOf(call)).find((known) => known.id === id)
  if (!key) throw new AliyunError(404, 'EntityNotExist.User.AccessKey', 'The access key does not exist.')
  return key
}

function userMembers(user: RamUser): JsonObject {
  return {
    UserId: user.id,
    UserName: user.name,
    DisplayName: user.displayName,
    Comments: user.comments,
    CreateDate: isoSeconds(user.createdAt),
  }
}

function keyMembers(key: AliyunAccessKey): JsonObject {
  return { AccessKeyId: key.id, Status: key.status, CreateDate: isoSeconds(key.createdAt) }
}
