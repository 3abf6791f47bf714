import { parseArn, type PolicyDocument } from '@sluice/core'
import {
  makeAccessKey,
  withBoundary,
  makeManagedPolicy,
  makeRole,
  makeUser,
  saveRole,
  saveUser,
  type RoleInput,
  type UserInput,
} from '../state/identities.ts'
import { makeOidcProvider, type OidcProviderInput } from '../state/oidc-providers.ts'
import { checkPolicy } from '../state/policies.ts'
import { presentPolicy, storePolicy } from '../state/principals.ts'
import { ensureAccount } from '../state/state.ts'
import type { AwsState, Role, User } from '../state/types.ts'
import { issueSession } from '../sts/sessions.ts'

/** A credential as AWS's SDKs take it. */
export interface LabCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** Milliseconds since the epoch, of temporary ones. */
  readonly expiresAt?: number
}

/** A role as an admin sees it: the trust policy with dead principals shown as ids. */
export interface RoleView extends Omit<Role, 'trust' | 'inline'> {
  readonly trust: PolicyDocument
  readonly policies: { readonly [name: string]: PolicyDocument }
}

/** A user as an admin sees it. */
export interface UserView extends Omit<User, 'inline'> {
  readonly policies: { readonly [name: string]: PolicyDocument }
}

/** Users, roles and policies, without asking for permission. */
export interface IdentityAdmin {
  createAccount(id: string, name?: string): void
  putUser(accountId: string, input: UserInput): string
  getUser(arn: string): UserView | undefined
  putUserPolicy(arn: string, name: string, document: PolicyDocument): void
  createAccessKey(accountId: string, userName: string, given?: { readonly id?: string; readonly secret?: string }): LabCredentials
  /** Keys of the account's root, which nobody should have. */
  createRootAccessKey(accountId: string): LabCredentials
  deleteAccessKey(accessKeyId: string): void
  /** Makes a role, or another one under the same name: its unique id is new. `visibleAfterMs` delays its appearance. Gives the ARN. */
  putRole(accountId: string, input: RoleInput & { readonly visibleAfterMs?: number }): string
  getRole(arn: string): RoleView | undefined
  setTrust(arn: string, document: PolicyDocument): void
  putRolePolicy(arn: string, name: string, document: PolicyDocument): void
  deleteRolePolicy(arn: string, name: string): void
  setBoundary(arn: string, policyArn: string | undefined): void
  deleteRole(arn: string): void
  putPolicy(accountId: string, input: { readonly name: string; readonly path?: string; readonly document: PolicyDocument }): string
  /** The document of a customer's managed policy. */
  getPolicy(arn: string): PolicyDocument | undefined
  attachRolePolicy(arn: string, policyArn: string): void
  /** Makes an OpenID Connect identity provider, or another one of the same URL. Gives the ARN. */
  putOidcProvider(accountId: string, input: OidcProviderInput): string
  deleteOidcProvider(arn: string): void
  /** Credentials of a role without AssumeRole, as a machine gets those of its own role. */
  issueSession(
    roleArn: string,
    options?: { readonly sessionName?: string; readonly seconds?: number; readonly policies?: readonly PolicyDocument[] },
  ): LabCredentials
  /** How long changes of IAM take from now on to reach authorisation. */
  setIamDelay(ms: number): void
}

export function identityAdmin(state: AwsState): IdentityAdmin {
  const changeRole = (arn: string, change: (role: Role) => Role): void => {
    const { account, role } = requireRole(state, arn)
    saveRole(state, account, change(role))
  }
  return {
    createAccount: (id, name) => void ensureAccount(state, id, name),
    putUser(accountId, input) {
      const account = ensureAccount(state, accountId)
      return saveUser(state, account, makeUser(state, account, input)).arn
    },
    getUser(arn) {
      const user = findUser(state, arn)?.user
      if (!user) return undefined
      const { inline, ...rest } = user
      return { ...rest, policies: Object.fromEntries(inline) }
    },
    putUserPolicy(arn, name, document) {
      checkPolicy(document, 'identity', 'MalformedPolicyDocument')
      const found = findUser(state, arn)
      if (!found) throw new Error(`The lab has no user ${arn}`)
      saveUser(state, found.account, { ...found.user, inline: new Map([...found.user.inline, [name, document]]) })
    },
    createAccessKey(accountId, userName, given) {
      const account = ensureAccount(state, accountId)
      if (!account.users.latest(userName)) throw new Error(`The lab's account ${accountId} has no user ${userName}`)
      return credentials(makeAccessKey(state, account, userName, given))
    },
    createRootAccessKey: (accountId) => credentials(makeAccessKey(state, ensureAccount(state, accountId), '')),
    deleteAccessKey(accessKeyId) {
      for (const account of state.accounts.values()) account.accessKeys.delete(accessKeyId)
    },
    putRole(accountId, input) {
      const account = ensureAccount(state, accountId)
      return saveRole(state, account, makeRole(state, account, input), input.visibleAfterMs).arn
    },
    getRole(arn) {
      const found = findRole(state, arn)
      if (!found) return undefined
      const { trust, inline, ...rest } = found.role
      return { ...rest, trust: presentPolicy(state, trust), policies: Object.fromEntries(inline) }
    },
    setTrust(arn, document) {
      checkPolicy(document, 'trust', 'MalformedPolicyDocument')
      changeRole(arn, (role) => ({ ...role, trust: storePolicy(state, document) }))
    },
    putRolePolicy(arn, name, document) {
      checkPolicy(document, 'identity', 'MalformedPolicyDocument')
      changeRole(arn, (role) => ({ ...role, inline: new Map([...role.inline, [name, document]]) }))
    },
    deleteRolePolicy: (arn, name) =>
      changeRole(arn, (role) => ({ ...role, inline: new Map([...role.inline].filter(([key]) => key !== name)) })),
    setBoundary: (arn, policyArn) => changeRole(arn, (role) => withBoundary(role, policyArn)),
    deleteRole(arn) {
      const { account, role } = requireRole(state, arn)
      account.roles.set(role.name, undefined, state.iamDelayMs)
    },
    putPolicy: (accountId, input) => makeManagedPolicy(state, ensureAccount(state, accountId), input).arn,
    getPolicy: (arn) => state.accounts.get(parseArn(arn)?.account ?? '')?.policies.get(arn)?.document,
    attachRolePolicy: (arn, policyArn) => changeRole(arn, (role) => ({ ...role, attached: [...new Set([...role.attached, policyArn])] })),
    putOidcProvider: (accountId, input) => makeOidcProvider(state, ensureAccount(state, accountId), input).arn,
    deleteOidcProvider(arn) {
      for (const account of state.accounts.values()) account.oidcProviders.delete(arn)
    },
    issueSession(roleArn, options = {}) {
      const { account, role } = requireRole(state, roleArn)
      const session = issueSession(state, {
        accountId: account.id,
        seconds: options.seconds ?? 3600,
        identity: {
          kind: 'role',
          roleName: role.name,
          roleId: role.id,
          sessionName: options.sessionName ?? 'lab',
          policies: options.policies ?? [],
        },
      })
      return {
        accessKeyId: session.accessKeyId,
        secretAccessKey: session.secret,
        sessionToken: session.token,
        expiresAt: session.expiresAt,
      }
    },
    setIamDelay(ms) {
      state.iamDelayMs = ms
    },
  }
}

function credentials(key: { readonly id: string; readonly secret: string }): LabCredentials {
  return { accessKeyId: key.id, secretAccessKey: key.secret }
}

function findUser(state: AwsState, arn: string) {
  const account = state.accounts.get(parseArn(arn)?.account ?? '')
  const user = account?.users.latest(arn.slice(arn.lastIndexOf('/') + 1))
  return account && user?.arn === arn ? { account, user } : undefined
}

function findRole(state: AwsState, arn: string) {
  const account = state.accounts.get(parseArn(arn)?.account ?? '')
  const role = account?.roles.latest(arn.slice(arn.lastIndexOf('/') + 1))
  return account && role?.arn === arn ? { account, role } : undefined
}

function requireRole(state: AwsState, arn: string) {
  const found = findRole(state, arn)
  if (!found) throw new Error(`The lab has no role ${arn}`)
  return found
}
