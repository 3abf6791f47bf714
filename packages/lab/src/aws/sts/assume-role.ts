import { parseArn, type PolicyDocument } from '@sluice/core'
import type { XmlNode } from '../../http/xml.ts'
import { demand, type Ask } from '../authorize.ts'
import { managedPolicy } from '../caller.ts'
import { AwsError, notImplemented } from '../error.ts'
import { invalidMember, type Parameters } from '../query/parameters.ts'
import type { QueryCall } from '../query/service.ts'
import { prepared, readPolicy } from '../state/policies.ts'
import { presentPolicy } from '../state/principals.ts'
import type { AwsState, Role } from '../state/types.ts'
import { issueSession } from './sessions.ts'

const MAX_POLICY_LENGTH = 2048

/** Issues a session of a role to whom its trust policy, and his own policies, allow it. */
export function assumeRole(call: QueryCall): readonly XmlNode[] {
  const { caller, parameters, state } = call
  const request = readRequest(parameters)
  const found = findRole(state, request.roleArn)
  demand(caller, trustAsk(state, request, found), false)
  // With no trust policy to allow it, the demand above has refused a role that does not exist.
  if (!found)
    throw new AwsError(
      403,
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${request.roleArn}`,
    )
  const { role, accountId } = found
  checkDuration(request.seconds, role, caller.principal.kind === 'role-session')
  const policies = sessionPolicies(state, parameters, accountId)
  const session = issueSession(state, {
    accountId,
    seconds: request.seconds ?? Math.min(3600, role.maxSessionDuration),
    identity: { kind: 'role', roleName: role.name, roleId: role.id, sessionName: request.sessionName, policies: policies.documents },
  })
  return [
    [
      'AssumedRoleUser',
      [
        ['AssumedRoleId', `${role.id}:${request.sessionName}`],
        ['Arn', `arn:aws:sts::${accountId}:assumed-role/${role.name}/${request.sessionName}`],
      ],
    ],
    [
      'Credentials',
      [
        ['AccessKeyId', session.accessKeyId],
        ['SecretAccessKey', session.secret],
        ['SessionToken', session.token],
        ['Expiration', new Date(session.expiresAt).toISOString().replace(/\.\d{3}/, '')],
      ],
    ],
    ...(policies.documents.length > 0 ? [['PackedPolicySize', String(packedSize(policies.length))] as const] : []),
  ]
}

interface AssumeRequest {
  readonly roleArn: string
  readonly sessionName: string
  readonly externalId: string | undefined
  readonly seconds: number | undefined
}

const UNSUPPORTED = ['Tags.member.1.Key', 'TransitiveTagKeys.member.1', 'SourceIdentity', 'SerialNumber', 'TokenCode']

function readRequest(parameters: Parameters): AssumeRequest {
  for (const name of UNSUPPORTED)
    if (parameters.optional(name) !== undefined) throw notImplemented(`sts:AssumeRole with ${name.split('.', 1)[0] ?? name}`)
  const roleArn = parameters.required('RoleArn')
  const sessionName = parameters.required('RoleSessionName')
  const externalId = parameters.optional('ExternalId')
  const seconds = parameters.integer('DurationSeconds')
  if (roleArn.length < 20) throw invalidMember('RoleArn', roleArn, 'Member must have length greater than or equal to 20')
  if (parseArn(roleArn)?.service !== 'iam') throw new AwsError(400, 'ValidationError', `${roleArn} is invalid`)
  if (!/^[\w+=,.@-]*$/.test(sessionName))
    throw invalidMember('RoleSessionName', sessionName, 'Member must satisfy regular expression pattern: [\\w+=,.@-]*')
  if (sessionName.length < 2) throw invalidMember('RoleSessionName', sessionName, 'Member must have length greater than or equal to 2')
  if (sessionName.length > 64) throw invalidMember('RoleSessionName', sessionName, 'Member must have length less than or equal to 64')
  if (externalId !== undefined) {
    if (externalId.length < 2) throw invalidMember('ExternalId', externalId, 'Member must have length greater than or equal to 2')
    if (externalId.length > 1224) throw invalidMember('ExternalId', externalId, 'Member must have length less than or equal to 1224')
    if (!/^[\w+=,.@:/-]*$/.test(externalId))
      throw invalidMember('ExternalId', externalId, 'Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*')
  }
  if (seconds !== undefined && seconds < 900)
    throw invalidMember('DurationSeconds', String(seconds), 'Member must have value greater than or equal to 900')
  if (seconds !== undefined && seconds > 43_200)
    throw invalidMember('DurationSeconds', String(seconds), 'Member must have value less than or equal to 43200')
  return { roleArn, sessionName, externalId, seconds }
}

/** The role as authorisation sees it now: one that was just made may not be visible yet. */
function findRole(state: AwsState, arn: string): { readonly role: Role; readonly accountId: string } | undefined {
  const accountId = parseArn(arn)?.account ?? ''
  const role = state.accounts.get(accountId)?.roles.visible(arn.slice(arn.lastIndexOf('/') + 1))
  return role?.arn === arn ? { role, accountId } : undefined
}

function trustAsk(state: AwsState, request: AssumeRequest, found: ReturnType<typeof findRole>): Ask {
  return {
    action: 'sts:AssumeRole',
    resource: request.roleArn,
    resourceAccount: parseArn(request.roleArn)?.account ?? '',
    ...(found ? { resourcePolicy: prepared(state, `trust policy of ${found.role.name}`, presentPolicy(state, found.role.trust)) } : {}),
    resourceRule: 'trust',
    context: {
      'sts:RoleSessionName': request.sessionName,
      ...(request.externalId === undefined ? {} : { 'sts:ExternalId': request.externalId }),
    },
  }
}

function checkDuration(seconds: number | undefined, role: Role, chained: boolean): void {
  if (seconds === undefined) return
  if (chained && seconds > 3600)
    throw new AwsError(
      400,
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  if (seconds > role.maxSessionDuration)
    throw new AwsError(400, 'ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
}

function sessionPolicies(
  state: AwsState,
  parameters: Parameters,
  accountId: string,
): { readonly documents: readonly PolicyDocument[]; readonly length: number } {
  const text = parameters.optional('Policy')
  if (text === '') throw invalidMember('Policy', text, 'Member must have length greater than or equal to 1')
  const arns = policyArns(parameters)
  if (arns.length > 10) throw invalidMember('PolicyArns', `${arns.length} members`, 'Member must have length less than or equal to 10')
  const managed = arns.map((arn) => {
    const policy = managedPolicy(state, arn)
    if (!policy || !(arn.startsWith('arn:aws:iam::aws:') || arn.split(':')[4] === accountId))
      throw new AwsError(400, 'MalformedPolicyDocument', `ARN ${arn} is not attachable.`)
    return policy.document
  })
  const length = (text?.length ?? 0) + managed.reduce((sum, document) => sum + JSON.stringify(document).length, 0)
  if (length > MAX_POLICY_LENGTH)
    throw new AwsError(
      400,
      'PackedPolicyTooLarge',
      `Packed policy consumes ${packedSize(length)}% of allotted space, please use smaller policy.`,
    )
  const inline = text === undefined ? [] : [readPolicy(text, 'identity', 'MalformedPolicyDocument')]
  return { documents: [...inline, ...managed], length }
}

function policyArns(parameters: Parameters): readonly string[] {
  const arns: string[] = []
  for (let index = 1; ; index++) {
    const arn = parameters.optional(`PolicyArns.member.${index}.arn`)
    if (arn === undefined) return arns
    arns.push(arn)
  }
}

// AWS packs policies in a way it does not describe; the lab counts characters.
function packedSize(length: number): number {
  return Math.ceil((length / MAX_POLICY_LENGTH) * 100)
}
