import type { QueryOperation } from '../query/service.ts'
import { AwsError } from '../error.ts'
import { makeAccessKey } from '../state/identities.ts'
import { accountOf, noSuchEntity, pageNodes, userOf } from './context.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

/** The long-lived keys of users: at most two each, the secret told once. */
export const accessKeyOperations: { readonly [action: string]: QueryOperation } = {
  CreateAccessKey(call) {
    const user = userOf(call)
    const account = accountOf(call)
    const own = [...account.accessKeys.values()].filter((key) => key.userName === user.name)
    if (own.length >= 2) throw new AwsError(409, 'LimitExceeded', 'Cannot exceed quota for AccessKeysPerUser: 2')
    const key = makeAccessKey(call.state, account, user.name)
    return [
      [
        'AccessKey',
        [
          ['UserName', user.name],
          ['AccessKeyId', key.id],
          ['Status', 'Active'],
          ['SecretAccessKey', key.secret],
          ['CreateDate', isoSeconds(key.createdAt)],
        ],
      ],
    ]
  },
  ListAccessKeys(call) {
    const user = userOf(call)
    const own = [...accountOf(call).accessKeys.values()].filter((key) => key.userName === user.name)
    return pageNodes(call, 'AccessKeyMetadata', own, (key) => [
      'member',
      [
        ['UserName', user.name],
        ['AccessKeyId', key.id],
        ['Status', 'Active'],
        ['CreateDate', isoSeconds(key.createdAt)],
      ],
    ])
  },
  DeleteAccessKey(call) {
    const user = userOf(call)
    const account = accountOf(call)
    const id = call.parameters.required('AccessKeyId')
    if (account.accessKeys.get(id)?.userName !== user.name) throw noSuchEntity(`The Access Key with id ${id} cannot be found.`)
    account.accessKeys.delete(id)
    return undefined
  },
}
