import type { JsonObject } from '@sluice/core'
import { deniedDetail, judgeRam, type RamAsk } from '../authorize.ts'
import { AliyunError } from '../error.ts'
import { invalidParameter, type RpcParameters } from '../rpc/parameters.ts'
import type { RpcCall } from '../rpc/service.ts'
import { preparedRam } from '../state/policies.ts'
import type { AliyunState, RamRole } from '../state/types.ts'
import {
  issueAliyunSession,
  noSuchRole,
  readDuration,
  readRoleArn,
  readSessionName,
  readSessionPolicy,
  sessionMembers,
} from './sessions.ts'

/** Issues a session of a role to whom its trust policy, and his own policies, allow it. */
export function assumeRole(call: RpcCall): JsonObject {
  const { caller, parameters, state } = call
  const arn = readRoleArn(parameters)
  const sessionName = readSessionName(parameters)
  const externalId = readExternalId(parameters)
  if (caller.principal.kind === 'root') throw new AliyunError(403, 'NoPermission', 'Roles may not be assumed by root accounts.')
  const found = visibleRole(state, arn)
  if (!found) throw noSuchRole(arn)
  const { role, accountId } = found
  const ask: RamAsk = {
    action: 'sts:AssumeRole',
    resource: `acs:ram:*:${accountId}:role/${role.name.toLowerCase()}`,
    resourceAccount: accountId,
    rule: 'trust',
    resourcePolicy: preparedRam(state, `trust policy of ${role.name}`, role.trust, 'trust'),
    context: externalId === undefined ? {} : { 'sts:ExternalId': externalId },
  }
  const decision = judgeRam(caller, ask)
  const denied = decision.allowed ? undefined : deniedDetail(caller, ask, decision)
  if (!decision.allowed)
    throw new AliyunError(
      403,
      'NoPermission',
      'You are not authorized to do this action. You should be authorized by RAM.',
      denied ? { denied } : {},
    )
  const seconds = readDuration(parameters, role)
  const policy = readSessionPolicy(parameters)
  return sessionMembers(role, issueAliyunSession(state, { accountId, role, sessionName, seconds, policy }))
}

function readExternalId(parameters: RpcParameters): string | undefined {
  const id = parameters.optional('ExternalId')
  if (id !== undefined && !/^[\w=,.@:/-]{2,1224}$/.test(id)) throw invalidParameter('ExternalId')
  return id
}

/** The role as authorisation sees it now: one that was just made may not be visible yet. */
export function visibleRole(state: AliyunState, arn: string): { readonly role: RamRole; readonly accountId: string } | undefined {
  const [, accountId = '', name = ''] = /^acs:ram::(\d+):role\/(.+)$/i.exec(arn) ?? []
  const role = state.accounts.get(accountId)?.roles.visible(name.toLowerCase())
  return role && { role, accountId }
}
