import type { XmlNode } from '../../http/xml.ts'
import { iamArn } from '../arn.ts'
import { AwsError } from '../error.ts'
import type { QueryOperation } from '../query/service.ts'
import { makeUser, saveUser } from '../state/identities.ts'
import type { User } from '../state/types.ts'
import { accountOf, boundaryNodes, demandIam, newName, tagNodes, userOf } from './context.ts'
import { checkBoundary } from './roles.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

/** Users: made, read, tagged, deleted. */
export const userOperations: { readonly [action: string]: QueryOperation } = {
  CreateUser(call) {
    const { parameters, state } = call
    const account = accountOf(call)
    const { name, path } = newName(parameters, 'UserName')
    const boundary = parameters.optional('PermissionsBoundary')
    demandIam(call, iamArn(account.id, 'user', path, name), boundary === undefined ? {} : { 'iam:PermissionsBoundary': boundary })
    if (account.users.latest(name)) throw new AwsError(409, 'EntityAlreadyExists', `User with name ${name} already exists.`)
    const user = makeUser(state, account, {
      name,
      path,
      tags: parameters.tags('Tags'),
      ...(boundary === undefined ? {} : { boundary: checkBoundary(state, boundary) }),
    })
    saveUser(state, account, user)
    return [['User', userNodes(user)]]
  },
  GetUser: (call) => [['User', userNodes(userOf(call))]],
  DeleteUser(call) {
    const account = accountOf(call)
    call.parameters.required('UserName')
    const user = userOf(call)
    if ([...account.accessKeys.values()].some((key) => key.userName === user.name))
      throw new AwsError(409, 'DeleteConflict', 'Cannot delete entity, must delete access keys first.')
    if (user.attached.length > 0) throw new AwsError(409, 'DeleteConflict', 'Cannot delete entity, must detach all policies first.')
    if (user.inline.size > 0) throw new AwsError(409, 'DeleteConflict', 'Cannot delete entity, must delete policies first.')
    account.users.set(user.name, undefined, call.state.iamDelayMs)
    return undefined
  },
  TagUser(call) {
    const user = userOf(call)
    saveUser(call.state, accountOf(call), { ...user, tags: { ...user.tags, ...call.parameters.tags('Tags') } })
    return undefined
  },
}

function userNodes(user: User): readonly XmlNode[] {
  return [
    ['Path', user.path],
    ['UserName', user.name],
    ['UserId', user.id],
    ['Arn', user.arn],
    ['CreateDate', isoSeconds(user.createdAt)],
    ...boundaryNodes(user.boundary),
    ...tagNodes(user.tags),
  ]
}
