import type { PolicyDocument } from '@sluice/core'
import { AliyunError } from '../error.ts'
import { accessKeyId, accessKeySecret, numericId } from './ids.ts'
import { checkRamPolicy, type PolicyRefusal } from './policies.ts'
import type { AliyunAccessKey, AliyunAccount, AliyunState, OidcProvider, PolicyRef, RamPolicy, RamRole, RamUser } from './types.ts'

/** How a role is described to the lab. */
export interface RamRoleInput {
  readonly name: string
  readonly description?: string
  readonly trust: PolicyDocument
  readonly maxSessionDuration?: number
  /** Custom policies to make and attach, by name. */
  readonly policies?: { readonly [name: string]: PolicyDocument }
  /** System policies, by name. */
  readonly attached?: readonly string[]
}

export interface RamUserInput {
  readonly name: string
  readonly displayName?: string
  readonly comments?: string
  readonly policies?: { readonly [name: string]: PolicyDocument }
  readonly attached?: readonly string[]
}

export interface OidcProviderInput {
  readonly name: string
  readonly issuer: string
  readonly clientIds: readonly string[]
  readonly fingerprints?: readonly string[]
  readonly description?: string
  readonly issuanceLimitHours?: number
}

/** RAM's words for a document that it does not take. */
export const malformedDocument: PolicyRefusal = (message) => new AliyunError(400, 'MalformedPolicyDocument', message)

export function roleArn(uid: string, name: string): string {
  // RAM writes the names of roles in lower case.
  return `acs:ram::${uid}:role/${name.toLowerCase()}`
}

/** A new role, with a new id: one made again under an old name is another role, and its sessions end. */
export function makeRamRole(state: AliyunState, account: AliyunAccount, input: RamRoleInput): RamRole {
  checkRamPolicy(input.trust, 'trust', malformedDocument)
  return {
    name: input.name,
    id: numericId(state.random, '3'),
    arn: roleArn(account.uid, input.name),
    description: input.description ?? '',
    createdAt: state.clock.now(),
    trust: input.trust,
    maxSessionDuration: input.maxSessionDuration ?? 3600,
    attached: attachments(state, account, input),
  }
}

export function makeRamUser(state: AliyunState, account: AliyunAccount, input: RamUserInput): RamUser {
  return {
    name: input.name,
    id: numericId(state.random, '2'),
    displayName: input.displayName ?? input.name,
    comments: input.comments ?? '',
    createdAt: state.clock.now(),
    attached: attachments(state, account, input),
  }
}

function attachments(
  state: AliyunState,
  account: AliyunAccount,
  {
    policies = {},
    attached = [],
  }: { readonly policies?: { readonly [name: string]: PolicyDocument }; readonly attached?: readonly string[] },
): readonly PolicyRef[] {
  for (const [name, document] of Object.entries(policies)) makeRamPolicy(state, account, { name, document })
  return [
    ...Object.keys(policies).map((name): PolicyRef => ({ type: 'Custom', name })),
    ...attached.map((name): PolicyRef => ({ type: 'System', name })),
  ]
}

export function makeRamPolicy(
  state: AliyunState,
  account: AliyunAccount,
  input: { readonly name: string; readonly description?: string; readonly document: PolicyDocument },
): RamPolicy {
  checkRamPolicy(input.document, 'identity', malformedDocument)
  const createdAt = state.clock.now()
  const { name, description = '', document } = input
  const versions = [{ id: 'v1', document, createdAt }]
  const policy: RamPolicy = { name, description, document, createdAt, defaultVersion: 'v1', versions, versionsMade: 1 }
  account.policies.set(policy.name, policy)
  return policy
}

/** An access key of a user, or of the account itself where the name is ''. Given ones are for seeds. */
export function makeAliyunAccessKey(
  state: AliyunState,
  account: AliyunAccount,
  userName: string,
  given: { readonly id?: string; readonly secret?: string } = {},
): AliyunAccessKey {
  const key: AliyunAccessKey = {
    id: given.id ?? accessKeyId(state.random, 'LTAI'),
    secret: given.secret ?? accessKeySecret(state.random),
    userName,
    createdAt: state.clock.now(),
    status: 'Active',
  }
  account.accessKeys.set(key.id, key)
  return key
}

export function makeOidcProvider(state: AliyunState, account: AliyunAccount, input: OidcProviderInput): OidcProvider {
  const provider: OidcProvider = {
    name: input.name,
    arn: `acs:ram::${account.uid}:oidc-provider/${input.name}`,
    issuer: input.issuer,
    clientIds: input.clientIds,
    fingerprints: input.fingerprints ?? [],
    description: input.description ?? '',
    createdAt: state.clock.now(),
    issuanceLimitHours: input.issuanceLimitHours ?? 12,
  }
  account.oidcProviders.set(provider.name, provider)
  return provider
}

/** Puts a role where authorisation sees it after RAM's delay. */
export function saveRamRole(state: AliyunState, account: AliyunAccount, role: RamRole, delayMs = state.ramDelayMs): RamRole {
  account.roles.set(role.name.toLowerCase(), role, delayMs)
  return role
}

export function saveRamUser(state: AliyunState, account: AliyunAccount, user: RamUser): RamUser {
  account.users.set(user.name.toLowerCase(), user, state.ramDelayMs)
  return user
}

/** The role of a resource name, as the RAM API sees it. */
export function findRamRole(state: AliyunState, arn: string): { readonly account: AliyunAccount; readonly role: RamRole } | undefined {
  const [, uid = '', name = ''] = /^acs:ram::(\d+):role\/(.+)$/.exec(arn) ?? []
  const account = state.accounts.get(uid)
  const role = account?.roles.latest(name.toLowerCase())
  return account && role && { account, role }
}
