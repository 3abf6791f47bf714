import type { PolicyDocument } from '@sluice/core'
import { managedPolicy } from '../caller.ts'
import { AwsError } from '../error.ts'
import type { QueryCall, QueryOperation } from '../query/service.ts'
import { saveRole, saveUser } from '../state/identities.ts'
import { readPolicy } from '../state/policies.ts'
import { accountOf, documentText, newName, noSuchEntity, pageNodes, roleOf, userOf } from './context.ts'

/** What roles and users have in common: policies of their own, and managed ones attached. */
interface Owner {
  readonly name: string
  readonly inline: ReadonlyMap<string, PolicyDocument>
  readonly attached: readonly string[]
  save(change: { readonly inline?: ReadonlyMap<string, PolicyDocument>; readonly attached?: readonly string[] }): void
}

/** The inline and attached policies of a role or user: put, get, list, delete, attach, detach. */
export function ownPolicyOperations(kind: 'Role' | 'User'): { readonly [action: string]: QueryOperation } {
  const ownerOf = kind === 'Role' ? roleOwner : userOwner
  return {
    [`Put${kind}Policy`](call) {
      const owner = ownerOf(call)
      const { name } = newName(call.parameters, 'PolicyName')
      const document = readPolicy(call.parameters.required('PolicyDocument'), 'identity', 'MalformedPolicyDocument')
      owner.save({ inline: new Map([...owner.inline, [name, document]]) })
      return undefined
    },
    [`Get${kind}Policy`](call) {
      const owner = ownerOf(call)
      const name = call.parameters.required('PolicyName')
      const document = owner.inline.get(name)
      if (!document) throw noInline(kind, name)
      return [
        [`${kind}Name`, owner.name],
        ['PolicyName', name],
        ['PolicyDocument', documentText(document)],
      ]
    },
    [`List${kind}Policies`]: (call) => pageNodes(call, 'PolicyNames', [...ownerOf(call).inline.keys()], (name) => ['member', name]),
    [`Delete${kind}Policy`](call) {
      const owner = ownerOf(call)
      const name = call.parameters.required('PolicyName')
      if (!owner.inline.has(name)) throw noInline(kind, name)
      owner.save({ inline: new Map([...owner.inline].filter(([other]) => other !== name)) })
      return undefined
    },
    [`Attach${kind}Policy`](call) {
      const arn = call.parameters.required('PolicyArn')
      const owner = ownerOf(call, { 'iam:PolicyARN': arn })
      if (!managedPolicy(call.state, arn)) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`)
      if (owner.attached.length >= 10 && !owner.attached.includes(arn))
        throw new AwsError(409, 'LimitExceeded', `Cannot exceed quota for PoliciesPer${kind}: 10`)
      owner.save({ attached: [...new Set([...owner.attached, arn])] })
      return undefined
    },
    [`Detach${kind}Policy`](call) {
      const arn = call.parameters.required('PolicyArn')
      const owner = ownerOf(call, { 'iam:PolicyARN': arn })
      if (!owner.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`)
      owner.save({ attached: owner.attached.filter((other) => other !== arn) })
      return undefined
    },
    [`ListAttached${kind}Policies`]: (call) =>
      pageNodes(call, 'AttachedPolicies', ownerOf(call).attached, (arn) => [
        'member',
        [
          ['PolicyName', arn.slice(arn.lastIndexOf('/') + 1)],
          ['PolicyArn', arn],
        ],
      ]),
  }
}

function roleOwner(call: QueryCall, context?: { readonly [key: string]: string }): Owner {
  const role = roleOf(call, context)
  return { ...role, save: (change) => void saveRole(call.state, accountOf(call), { ...role, ...change }) }
}

function userOwner(call: QueryCall, context?: { readonly [key: string]: string }): Owner {
  call.parameters.required('UserName')
  const user = userOf(call, context)
  return { ...user, save: (change) => void saveUser(call.state, accountOf(call), { ...user, ...change }) }
}

function noInline(kind: 'Role' | 'User', name: string): AwsError {
  return noSuchEntity(`The ${kind.toLowerCase()} policy with name ${name} cannot be found.`)
}
