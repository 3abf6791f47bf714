import { parseArn } from '@sluice/core'
import type { XmlNode } from '../../http/xml.ts'
import { demand, type Ask } from '../authorize.ts'
import { AwsError, notImplemented } from '../error.ts'
import { invalidMember, type Parameters } from '../query/parameters.ts'
import type { QueryCall } from '../query/service.ts'
import { prepared } from '../state/policies.ts'
import { presentPolicy } from '../state/principals.ts'
import type { AwsState } from '../state/types.ts'
import { demandActiveSts } from './region.ts'
import { findRole, readSessionRequest, sessionNodes, sessionPolicies, sessionSeconds, type SessionRequest } from './session-request.ts'
import { issueSession } from './sessions.ts'

/** Issues a session of a role to whom its trust policy, and his own policies, allow it. */
export function assumeRole(call: QueryCall): readonly XmlNode[] {
  const { caller, parameters, state } = call
  const request = readRequest(parameters)
  demandActiveSts(state, call.request, caller.accountId)
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
  if (caller.principal.kind === 'role-session' && (request.seconds ?? 0) > 3600)
    throw new AwsError(
      400,
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  const seconds = sessionSeconds(request, role)
  const policies = sessionPolicies(state, parameters, accountId)
  const session = issueSession(state, {
    accountId,
    seconds,
    identity: { kind: 'role', roleName: role.name, roleId: role.id, sessionName: request.sessionName, policies: policies.documents },
  })
  return sessionNodes(role, accountId, session, policies, request.sessionName)
}

interface AssumeRequest extends SessionRequest {
  readonly externalId: string | undefined
}

const UNSUPPORTED = ['Tags.member.1.Key', 'TransitiveTagKeys.member.1', 'SourceIdentity', 'SerialNumber', 'TokenCode']

function readRequest(parameters: Parameters): AssumeRequest {
  for (const name of UNSUPPORTED)
    if (parameters.optional(name) !== undefined) throw notImplemented(`sts:AssumeRole with ${name.split('.', 1)[0] ?? name}`)
  const request = readSessionRequest(parameters)
  const externalId = parameters.optional('ExternalId')
  if (externalId !== undefined) {
    if (externalId.length < 2) throw invalidMember('ExternalId', externalId, 'Member must have length greater than or equal to 2')
    if (externalId.length > 1224) throw invalidMember('ExternalId', externalId, 'Member must have length less than or equal to 1224')
    if (!/^[\w+=,.@:/-]*$/.test(externalId))
      throw invalidMember('ExternalId', externalId, 'Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*')
  }
  return { ...request, externalId }
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
