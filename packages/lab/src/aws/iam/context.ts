import type { XmlNode } from '../../http/xml.ts'
import { iamArn } from '../arn.ts'
import { demand } from '../authorize.ts'
import { AwsError } from '../error.ts'
import { invalidMember, type Parameters } from '../query/parameters.ts'
import type { QueryCall } from '../query/service.ts'
import { percentEncode } from '../../http/request.ts'
import type { Account, Role, User } from '../state/types.ts'
import type { PolicyDocument } from '@sluice/core'

/** The account of the caller: IAM never reaches into another one. */
export function accountOf({ caller, state }: QueryCall): Account {
  const account = state.accounts.get(caller.accountId ?? '')
  if (!account) throw new AwsError(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.')
  return account
}

/** Throws AccessDenied unless the caller may do this operation to a resource of its account. */
export function demandIam(call: QueryCall, resource: string, context: { readonly [key: string]: string } = {}): void {
  demand(call.caller, { action: `iam:${call.parameters.action}`, resource, resourceAccount: accountOf(call).id, context }, true)
}

export function noSuchEntity(what: string): AwsError {
  return new AwsError(404, 'NoSuchEntity', what)
}

/** The role a request names: permission first, then existence. */
export function roleOf(call: QueryCall, context: { readonly [key: string]: string } = {}): Role {
  const account = accountOf(call)
  const name = call.parameters.required('RoleName')
  const role = account.roles.latest(name)
  demandIam(call, role?.arn ?? iamArn(account.id, 'role', '/', name), context)
  if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`)
  return role
}

/** The user a request names, or the one who asks. */
export function userOf(call: QueryCall, context: { readonly [key: string]: string } = {}): User {
  const account = accountOf(call)
  const holder = call.caller.credential?.holder
  const own = holder?.kind === 'user' ? holder.userName : undefined
  const name = call.parameters.optional('UserName') ?? own
  if (name === undefined) throw new AwsError(400, 'ValidationError', 'Must specify userName when calling with non-User credentials')
  const user = account.users.latest(name)
  demandIam(call, user?.arn ?? iamArn(account.id, 'user', '/', name), context)
  if (!user) throw noSuchEntity(`The user with name ${name} cannot be found.`)
  return user
}

/** Name and path of something new. */
export function newName(
  parameters: Parameters,
  member: 'RoleName' | 'UserName' | 'PolicyName',
): { readonly name: string; readonly path: string } {
  const name = parameters.required(member)
  const path = parameters.optional('Path') ?? '/'
  const max = member === 'PolicyName' ? 128 : 64
  if (!/^[\w+=,.@-]+$/.test(name))
    throw new AwsError(
      400,
      'ValidationError',
      `The specified value for ${member.charAt(0).toLowerCase()}${member.slice(1)} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    )
  if (name.length > max) throw invalidMember(member, name, `Member must have length less than or equal to ${max}`)
  if (!/^\/([\u0021-\u007e]*\/)?$/.test(path))
    throw new AwsError(
      400,
      'ValidationError',
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    )
  return { name, path }
}

/** A policy as IAM writes it into its answers. */
export function documentText(document: PolicyDocument): string {
  return percentEncode(JSON.stringify(document))
}

export function tagNodes(tags: { readonly [key: string]: string }): readonly XmlNode[] {
  const entries = Object.entries(tags)
  if (entries.length === 0) return []
  return [
    [
      'Tags',
      entries.map(([key, value]) => [
        'member',
        [
          ['Key', key],
          ['Value', value],
        ],
      ]),
    ],
  ]
}

/** One page of a list under `name`, as Marker and MaxItems ask for. */
export function pageNodes<Item>(call: QueryCall, name: string, items: readonly Item[], node: (item: Item) => XmlNode): readonly XmlNode[] {
  const from = call.parameters.integer('Marker') ?? 0
  const count = call.parameters.integer('MaxItems') ?? 100
  if (count < 1 || count > 1000) throw invalidMember('MaxItems', String(count), 'Member must have value between 1 and 1000')
  const end = from + count
  const truncated = items.length > end
  return [
    [name, items.slice(from, end).map(node)],
    ['IsTruncated', String(truncated)],
    ...(truncated ? [['Marker', String(end)] as const] : []),
  ]
}

export function boundaryNodes(boundary: string | undefined): readonly XmlNode[] {
  if (boundary === undefined) return []
  return [
    [
      'PermissionsBoundary',
      [
        ['PermissionsBoundaryType', 'Policy'],
        ['PermissionsBoundaryArn', boundary],
      ],
    ],
  ]
}
