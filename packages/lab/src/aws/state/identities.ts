import type { PolicyDocument } from '@sluice/core'
import { iamArn } from '../arn.ts'
import { secretKey, uniqueId } from './ids.ts'
import { checkPolicy } from './policies.ts'
import { storePolicy } from './principals.ts'
import type { AccessKey, Account, AwsState, ManagedPolicy, Role, User } from './types.ts'

/** How a role is described to the lab. */
export interface RoleInput {
  readonly name: string
  /** `/` by default; begins and ends with a slash. */
  readonly path?: string
  readonly description?: string
  readonly trust: PolicyDocument
  readonly policies?: { readonly [name: string]: PolicyDocument }
  /** ARNs of managed policies. */
  readonly attached?: readonly string[]
  readonly boundary?: string
  readonly maxSessionDuration?: number
  readonly tags?: { readonly [key: string]: string }
}

export interface UserInput {
  readonly name: string
  readonly path?: string
  readonly policies?: { readonly [name: string]: PolicyDocument }
  readonly attached?: readonly string[]
  readonly boundary?: string
  readonly tags?: { readonly [key: string]: string }
}

/** A new role, with a new unique id: one made again under an old name is another role. */
export function makeRole(state: AwsState, account: Account, input: RoleInput): Role {
  checkPolicy(input.trust, 'trust', 'MalformedPolicyDocument')
  const path = input.path ?? '/'
  return {
    arn: iamArn(account.id, 'role', path, input.name),
    id: uniqueId(state.random, 'AROA'),
    name: input.name,
    path,
    description: input.description ?? '',
    createdAt: state.clock.now(),
    trust: storePolicy(state, input.trust),
    inline: inlinePolicies(input.policies),
    attached: input.attached ?? [],
    ...(input.boundary === undefined ? {} : { boundary: input.boundary }),
    maxSessionDuration: input.maxSessionDuration ?? 3600,
    tags: input.tags ?? {},
  }
}

export function makeUser(state: AwsState, account: Account, input: UserInput): User {
  const path = input.path ?? '/'
  return {
    arn: iamArn(account.id, 'user', path, input.name),
    id: uniqueId(state.random, 'AIDA'),
    name: input.name,
    path,
    createdAt: state.clock.now(),
    inline: inlinePolicies(input.policies),
    attached: input.attached ?? [],
    ...(input.boundary === undefined ? {} : { boundary: input.boundary }),
    tags: input.tags ?? {},
  }
}

export function makeManagedPolicy(
  state: AwsState,
  account: Account,
  input: {
    readonly name: string
    readonly path?: string
    readonly description?: string
    readonly document: PolicyDocument
    readonly tags?: { readonly [key: string]: string }
  },
): ManagedPolicy {
  checkPolicy(input.document, 'identity', 'MalformedPolicyDocument')
  const path = input.path ?? '/'
  const createdAt = state.clock.now()
  const policy: ManagedPolicy = {
    arn: iamArn(account.id, 'policy', path, input.name),
    id: uniqueId(state.random, 'ANPA'),
    name: input.name,
    path,
    description: input.description ?? '',
    createdAt,
    document: input.document,
    versions: [{ id: 'v1', document: input.document, createdAt }],
    versionsMade: 1,
    defaultVersion: 'v1',
    tags: input.tags ?? {},
  }
  account.policies.set(policy.arn, policy)
  return policy
}

/** An access key of a user, or of the root where the name is ''. Given ones are for seeds. */
export function makeAccessKey(
  state: AwsState,
  account: Account,
  userName: string,
  given: { readonly id?: string; readonly secret?: string } = {},
): AccessKey {
  const key: AccessKey = {
    id: given.id ?? uniqueId(state.random, 'AKIA'),
    secret: given.secret ?? secretKey(state.random),
    userName,
    createdAt: state.clock.now(),
  }
  account.accessKeys.set(key.id, key)
  return key
}

/** Puts a role where authorisation sees it after IAM's delay. */
export function saveRole(state: AwsState, account: Account, role: Role, delayMs = state.iamDelayMs): Role {
  account.roles.set(role.name, role, delayMs)
  return role
}

/** The role with another permissions boundary, or with none. */
export function withBoundary(role: Role, policyArn: string | undefined): Role {
  const { boundary: _before, ...rest } = role
  return policyArn === undefined ? rest : { ...rest, boundary: policyArn }
}

export function saveUser(state: AwsState, account: Account, user: User): User {
  account.users.set(user.name, user, state.iamDelayMs)
  return user
}

function inlinePolicies(policies: { readonly [name: string]: PolicyDocument } = {}): ReadonlyMap<string, PolicyDocument> {
  for (const document of Object.values(policies)) checkPolicy(document, 'identity', 'MalformedPolicyDocument')
  return new Map(Object.entries(policies))
}
