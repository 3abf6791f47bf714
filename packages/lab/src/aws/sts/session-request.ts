import { parseArn, type PolicyDocument } from '@sluice/core'
import type { XmlNode } from '../../http/xml.ts'
import { managedPolicy } from '../caller.ts'
import { AwsError } from '../error.ts'
import { invalidMember, type Parameters } from '../query/parameters.ts'
import { readPolicy } from '../state/policies.ts'
import type { AwsState, Role, Session } from '../state/types.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

const MAX_POLICY_LENGTH = 2048

/** What every request for a session of a role says. */
export interface SessionRequest {
  readonly roleArn: string
  readonly sessionName: string
  readonly seconds: number | undefined
}

export function readSessionRequest(parameters: Parameters): SessionRequest {
  const roleArn = parameters.required('RoleArn')
  const sessionName = parameters.required('RoleSessionName')
  const seconds = parameters.integer('DurationSeconds')
  if (roleArn.length < 20) throw invalidMember('RoleArn', roleArn, 'Member must have length greater than or equal to 20')
  if (parseArn(roleArn)?.service !== 'iam') throw new AwsError(400, 'ValidationError', `${roleArn} is invalid`)
  if (!/^[\w+=,.@-]*$/.test(sessionName))
    throw invalidMember('RoleSessionName', sessionName, 'Member must satisfy regular expression pattern: [\\w+=,.@-]*')
  if (sessionName.length < 2) throw invalidMember('RoleSessionName', sessionName, 'Member must have length greater than or equal to 2')
  if (sessionName.length > 64) throw invalidMember('RoleSessionName', sessionName, 'Member must have length less than or equal to 64')
  if (seconds !== undefined && seconds < 900)
    throw invalidMember('DurationSeconds', String(seconds), 'Member must have value greater than or equal to 900')
  if (seconds !== undefined && seconds > 43_200)
    throw invalidMember('DurationSeconds', String(seconds), 'Member must have value less than or equal to 43200')
  return { roleArn, sessionName, seconds }
}

/** The role as authorisation sees it now: one that was just made may not be visible yet. */
export function findRole(state: AwsState, arn: string): { readonly role: Role; readonly accountId: string } | undefined {
  const accountId = parseArn(arn)?.account ?? ''
  const role = state.accounts.get(accountId)?.roles.visible(arn.slice(arn.lastIndexOf('/') + 1))
  return role?.arn === arn ? { role, accountId } : undefined
}

/** How long the session lives; throws where that is longer than the role allows. */
export function sessionSeconds({ seconds }: SessionRequest, role: Role): number {
  if (seconds === undefined) return Math.min(3600, role.maxSessionDuration)
  if (seconds > role.maxSessionDuration)
    throw new AwsError(400, 'ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
  return seconds
}

/** The policies that narrow a session, and how long they are together. */
export interface SessionPolicies {
  readonly documents: readonly PolicyDocument[]
  readonly length: number
}

export function sessionPolicies(state: AwsState, parameters: Parameters, accountId: string): SessionPolicies {
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

/** What every way to a session of a role answers. */
export function sessionNodes(
  role: Role,
  accountId: string,
  session: Session,
  policies: SessionPolicies,
  sessionName: string,
): readonly XmlNode[] {
  return [
    [
      'AssumedRoleUser',
      [
        ['AssumedRoleId', `${role.id}:${sessionName}`],
        ['Arn', `arn:aws:sts::${accountId}:assumed-role/${role.name}/${sessionName}`],
      ],
    ],
    [
      'Credentials',
      [
        ['AccessKeyId', session.accessKeyId],
        ['SecretAccessKey', session.secret],
        ['SessionToken', session.token],
        ['Expiration', isoSeconds(session.expiresAt)],
      ],
    ],
    ...(policies.documents.length > 0 ? [['PackedPolicySize', String(packedSize(policies.length))] as const] : []),
  ]
}
