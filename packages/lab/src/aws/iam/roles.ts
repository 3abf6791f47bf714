import type { PolicyDocument } from '@sluice/core'
import type { XmlNode } from '../../http/xml.ts'
import { iamArn } from '../arn.ts'
import { managedPolicy } from '../caller.ts'
import { AwsError } from '../error.ts'
import { invalidMember } from '../query/parameters.ts'
import type { QueryCall, QueryOperation } from '../query/service.ts'
import { makeRole, saveRole, withBoundary } from '../state/identities.ts'
import { readPolicy } from '../state/policies.ts'
import { awsPrincipals, isKnownPrincipal, presentPolicy, storePolicy } from '../state/principals.ts'
import type { AwsState, Role } from '../state/types.ts'
import { accountOf, boundaryNodes, demandIam, documentText, newName, noSuchEntity, roleOf, tagNodes } from './context.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

/** Roles: made, read, trusted, bounded, tagged, deleted. */
export const roleOperations: { readonly [action: string]: QueryOperation } = {
  CreateRole(call) {
    const { parameters, state } = call
    const account = accountOf(call)
    const { name, path } = newName(parameters, 'RoleName')
    const boundary = parameters.optional('PermissionsBoundary')
    demandIam(call, iamArn(account.id, 'role', path, name), boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary })
    const trust = readTrust(state, parameters.required('AssumeRolePolicyDocument'))
    if (account.roles.latest(name)) throw new AwsError(409, 'EntityAlreadyExists', `Role with name ${name} already exists.`)
    const role = makeRole(state, account, {
      name,
      path,
      trust,
      description: parameters.optional('Description') ?? '',
      maxSessionDuration: maxDuration(call),
      tags: parameters.tags('Tags'),
      ...(boundary === undefined ? {} : { boundary: checkBoundary(state, boundary) }),
    })
    saveRole(state, account, role)
    return [['Role', roleNodes(state, role)]]
  },
  GetRole: (call) => [['Role', roleNodes(call.state, roleOf(call))]],
  ListRoles(call) {
    const account = accountOf(call)
    demandIam(call, iamArn(account.id, 'role', '/', '*'))
    const prefix = call.parameters.optional('PathPrefix') ?? '/'
    const roles = account.roles.latestValues().filter(({ path }) => path.startsWith(prefix))
    return [
      ['Roles', roles.map((role): XmlNode => ['member', roleNodes(call.state, role)])],
      ['IsTruncated', 'false'],
    ]
  },
  DeleteRole(call) {
    const role = roleOf(call)
    if (role.attached.length > 0) throw new AwsError(409, 'DeleteConflict', 'Cannot delete entity, must detach all policies first.')
    if (role.inline.size > 0) throw new AwsError(409, 'DeleteConflict', 'Cannot delete entity, must delete policies first.')
    accountOf(call).roles.set(role.name, undefined, call.state.iamDelayMs)
    return undefined
  },
  UpdateAssumeRolePolicy(call) {
    const role = roleOf(call)
    const trust = storePolicy(call.state, readTrust(call.state, call.parameters.required('PolicyDocument')))
    saveRole(call.state, accountOf(call), { ...role, trust })
    return undefined
  },
  UpdateRole(call) {
    const role = roleOf(call)
    saveRole(call.state, accountOf(call), {
      ...role,
      description: call.parameters.optional('Description') ?? role.description,
      maxSessionDuration: call.parameters.optional('MaxSessionDuration') === undefined ? role.maxSessionDuration : maxDuration(call),
    })
    return []
  },
  PutRolePermissionsBoundary(call) {
    const boundary = call.parameters.required('PermissionsBoundary')
    const role = roleOf(call, { 'iam:PermissionsBoundary': boundary })
    saveRole(call.state, accountOf(call), { ...role, boundary: checkBoundary(call.state, boundary) })
    return undefined
  },
  DeleteRolePermissionsBoundary(call) {
    saveRole(call.state, accountOf(call), withBoundary(roleOf(call), undefined))
    return undefined
  },
  TagRole(call) {
    const role = roleOf(call)
    saveRole(call.state, accountOf(call), { ...role, tags: { ...role.tags, ...call.parameters.tags('Tags') } })
    return undefined
  },
}

function readTrust(state: AwsState, text: string): PolicyDocument {
  const document = readPolicy(text, 'trust', 'MalformedPolicyDocument')
  const unknown = awsPrincipals(document).find((principal) => !isKnownPrincipal(state, principal))
  if (unknown !== undefined) throw new AwsError(400, 'MalformedPolicyDocument', `Invalid principal in policy: "AWS":"${unknown}"`)
  return document
}

function maxDuration({ parameters }: QueryCall): number {
  const seconds = parameters.integer('MaxSessionDuration') ?? 3600
  if (seconds < 3600) throw invalidMember('MaxSessionDuration', String(seconds), 'Member must have value greater than or equal to 3600')
  if (seconds > 43_200) throw invalidMember('MaxSessionDuration', String(seconds), 'Member must have value less than or equal to 43200')
  return seconds
}

export function checkBoundary(state: AwsState, arn: string): string {
  if (!managedPolicy(state, arn)) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`)
  return arn
}

function roleNodes(state: AwsState, role: Role): readonly XmlNode[] {
  return [
    ['Path', role.path],
    ['RoleName', role.name],
    ['RoleId', role.id],
    ['Arn', role.arn],
    ['CreateDate', isoSeconds(role.createdAt)],
    ['AssumeRolePolicyDocument', documentText(presentPolicy(state, role.trust))],
    ...(role.description === '' ? [] : [['Description', role.description] as const]),
    ['MaxSessionDuration', String(role.maxSessionDuration)],
    ...boundaryNodes(role.boundary),
    ...tagNodes(role.tags),
  ]
}
