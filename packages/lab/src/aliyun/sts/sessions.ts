import type { JsonObject, PolicyDocument } from '@sluice/core'
import { AliyunError } from '../error.ts'
import { invalidParameter, type RpcParameters } from '../rpc/parameters.ts'
import { accessKeyId, accessKeySecret, securityToken } from '../state/ids.ts'
import { readRamPolicy } from '../state/policies.ts'
import type { AliyunSession, AliyunState, RamRole } from '../state/types.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

/** Makes temporary credentials of a role and remembers what they stand for. */
export function issueAliyunSession(
  state: AliyunState,
  input: Pick<AliyunSession, 'accountId' | 'sessionName'> & {
    readonly role: RamRole
    readonly seconds: number
    readonly policy?: PolicyDocument | undefined
  },
): AliyunSession {
  const session: AliyunSession = {
    accessKeyId: accessKeyId(state.random, 'STS.'),
    secret: accessKeySecret(state.random),
    token: securityToken(state.random),
    expiresAt: state.clock.now() + input.seconds * 1000,
    accountId: input.accountId,
    roleName: input.role.name,
    roleId: input.role.id,
    sessionName: input.sessionName,
    ...(input.policy ? { policy: input.policy } : {}),
  }
  forgetOld(state)
  state.sessions.set(session.accessKeyId, session)
  return session
}

const DAY_MS = 24 * 3_600_000

// Expired sessions are kept for a while, so that they are told to be expired instead of unknown.
function forgetOld(state: AliyunState): void {
  for (const [id, session] of state.sessions) {
    if (session.expiresAt + DAY_MS > state.clock.now()) break
    state.sessions.delete(id)
  }
}

/** What both ways to a session answer. */
export function sessionMembers(role: RamRole, session: AliyunSession): JsonObject {
  return {
    AssumedRoleUser: { Arn: `${role.arn}/${session.sessionName}`, AssumedRoleId: `${role.id}:${session.sessionName}` },
    Credentials: {
      AccessKeyId: session.accessKeyId,
      AccessKeySecret: session.secret,
      SecurityToken: session.token,
      Expiration: isoSeconds(session.expiresAt),
    },
  }
}

export function readSessionName(parameters: RpcParameters): string {
  const name = parameters.required('RoleSessionName')
  if (!/^[a-zA-Z0-9.@_-]{2,64}$/.test(name)) throw invalidParameter('RoleSessionName')
  return name
}

export function readRoleArn(parameters: RpcParameters): string {
  const arn = parameters.required('RoleArn')
  if (!/^acs:ram::\d+:role\/[\w.-]+$/i.test(arn)) throw invalidParameter('RoleArn')
  return arn
}

/** How long the session is to live: an hour at most unless the role allows more. */
export function readDuration(parameters: RpcParameters, role: RamRole): number {
  const seconds = parameters.integer('DurationSeconds') ?? 3600
  if (seconds < 900 || seconds > role.maxSessionDuration)
    throw invalidParameter('DurationSeconds', `The Min/Max value of DurationSeconds is 15min/${role.maxSessionDuration / 3600}hr.`)
  return seconds
}

const MAX_POLICY_LENGTH = 2048

export function readSessionPolicy(parameters: RpcParameters): PolicyDocument | undefined {
  const text = parameters.optional('Policy')
  if (text === undefined || text === '') return undefined
  if (text.length > MAX_POLICY_LENGTH)
    throw invalidParameter('PolicySize', `The size of Policy must be smaller than ${MAX_POLICY_LENGTH} bytes.`)
  return readRamPolicy(text, 'identity', () => invalidParameter('PolicyGrammar', 'The parameter Policy has not passed grammar check.'))
}

export function noSuchRole(arn: string): AliyunError {
  return new AliyunError(404, 'EntityNotExist.Role', `The role not exists: ${arn}.`)
}
