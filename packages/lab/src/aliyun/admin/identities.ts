import type { PolicyDocument } from '@sluice/core'
import {
  findRamRole,
  makeAliyunAccessKey,
  makeOidcProvider,
  makeRamPolicy,
  makeRamRole,
  makeRamUser,
  malformedDocument,
  saveRamRole,
  saveRamUser,
  type OidcProviderInput,
  type RamRoleInput,
  type RamUserInput,
} from '../state/identities.ts'
import { checkRamPolicy } from '../state/policies.ts'
import { ensureAliyunAccount } from '../state/state.ts'
import type { AliyunAccount, AliyunState, OidcProvider, PolicyRef, RamRole, RamUser } from '../state/types.ts'
import { issueAliyunSession } from '../sts/sessions.ts'

/** A credential as Alibaba Cloud's SDKs take it. */
export interface AliyunCredentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken?: string
  /** Milliseconds since the epoch, of temporary ones. */
  readonly expiresAt?: number
}

/** Users, roles, policies and identity providers of Alibaba Cloud, without asking for permission. */
export interface AliyunIdentityAdmin {
  createAccount(uid: string, name?: string): void
  /** Gives the user's UID. */
  putUser(uid: string, input: RamUserInput): string
  getUser(uid: string, name: string): RamUser | undefined
  createAccessKey(uid: string, userName: string, given?: { readonly id?: string; readonly secret?: string }): AliyunCredentials
  /** Keys of the account itself, which nobody should have. */
  createRootAccessKey(uid: string): AliyunCredentials
  /** Of a user; of the account itself where the name is ''. */
  accessKeyIds(uid: string, userName: string): readonly string[]
  /** Disables a key or enables it again. */
  setAccessKeyStatus(accessKeyId: string, status: 'Active' | 'Inactive'): void
  deleteAccessKey(accessKeyId: string): void
  /** Makes a role, or another one under the same name: its id is new. `visibleAfterMs` delays its appearance. Gives the resource name. */
  putRole(uid: string, input: RamRoleInput & { readonly visibleAfterMs?: number }): string
  getRole(arn: string): RamRole | undefined
  setTrust(arn: string, document: PolicyDocument): void
  deleteRole(arn: string): void
  /** Makes a custom policy, or gives it another document. */
  putPolicy(uid: string, name: string, document: PolicyDocument): void
  getPolicy(uid: string, name: string): PolicyDocument | undefined
  attachRolePolicy(arn: string, policy: PolicyRef): void
  attachUserPolicy(uid: string, name: string, policy: PolicyRef): void
  detachRolePolicy(arn: string, policyName: string): void
  putOidcProvider(uid: string, input: OidcProviderInput): OidcProvider
  deleteOidcProvider(arn: string): void
  /** Of the resource directory, in place of FullAliyunAccess, which lets all through; undefined takes the account out of it. */
  setControlPolicies(uid: string, documents: readonly PolicyDocument[] | undefined): void
  /** Has OSS serve the account, or refuse it. */
  setStanding(uid: string, standing: AliyunAccount['standing']): void
  /** Credentials of a role without AssumeRole, as a machine gets those of its own role. */
  issueSession(
    roleArn: string,
    options?: { readonly sessionName?: string; readonly seconds?: number; readonly policy?: PolicyDocument },
  ): AliyunCredentials
  /** How long changes of RAM take from now on to reach authorisation. */
  setRamDelay(ms: number): void
}

export function aliyunIdentityAdmin(state: AliyunState): AliyunIdentityAdmin {
  const requireRole = (arn: string) => {
    const found = findRamRole(state, arn)
    if (!found) throw new Error(`The lab has no role ${arn}`)
    return found
  }
  const changeRole = (arn: string, change: Partial<RamRole>): void => {
    const { account, role } = requireRole(arn)
    saveRamRole(state, account, { ...role, ...change })
  }
  const credentials = (key: { readonly id: string; readonly secret: string }): AliyunCredentials => ({
    accessKeyId: key.id,
    accessKeySecret: key.secret,
  })
  return {
    createAccount: (uid, name) => void ensureAliyunAccount(state, uid, name),
    putUser(uid, input) {
      const account = ensureAliyunAccount(state, uid)
      return saveRamUser(state, account, makeRamUser(state, account, input)).id
    },
    getUser: (uid, name) => state.accounts.get(uid)?.users.latest(name.toLowerCase()),
    createAccessKey(uid, userName, given) {
      const account = ensureAliyunAccount(state, uid)
      if (!account.users.latest(userName.toLowerCase())) throw new Error(`The lab's account ${uid} has no user ${userName}`)
      return credentials(makeAliyunAccessKey(state, account, userName, given))
    },
    createRootAccessKey: (uid) => credentials(makeAliyunAccessKey(state, ensureAliyunAccount(state, uid), '')),
    accessKeyIds: (uid, userName) =>
      [...(state.accounts.get(uid)?.accessKeys.values() ?? [])].filter((key) => key.userName === userName).map(({ id }) => id),
    setAccessKeyStatus(accessKeyId, status) {
      for (const { accessKeys } of state.accounts.values()) {
        const key = accessKeys.get(accessKeyId)
        if (key) accessKeys.set(accessKeyId, { ...key, status })
      }
    },
    deleteAccessKey(accessKeyId) {
      for (const account of state.accounts.values()) account.accessKeys.delete(accessKeyId)
    },
    putRole(uid, input) {
      const account = ensureAliyunAccount(state, uid)
      return saveRamRole(state, account, makeRamRole(state, account, input), input.visibleAfterMs).arn
    },
    getRole: (arn) => findRamRole(state, arn)?.role,
    setTrust(arn, document) {
      checkRamPolicy(document, 'trust', malformedDocument)
      changeRole(arn, { trust: document })
    },
    deleteRole(arn) {
      const { account, role } = requireRole(arn)
      account.roles.set(role.name.toLowerCase(), undefined, state.ramDelayMs)
    },
    putPolicy: (uid, name, document) => void makeRamPolicy(state, ensureAliyunAccount(state, uid), { name, document }),
    getPolicy: (uid, name) => state.accounts.get(uid)?.policies.get(name)?.document,
    attachRolePolicy: (arn, policy) => changeRole(arn, { attached: withPolicy(requireRole(arn).role.attached, policy) }),
    attachUserPolicy(uid, name, policy) {
      const account = ensureAliyunAccount(state, uid)
      const user = account.users.latest(name.toLowerCase())
      if (!user) throw new Error(`The lab's account ${uid} has no user ${name}`)
      saveRamUser(state, account, { ...user, attached: withPolicy(user.attached, policy) })
    },
    detachRolePolicy: (arn, policyName) =>
      changeRole(arn, { attached: requireRole(arn).role.attached.filter(({ name }) => name !== policyName) }),
    putOidcProvider: (uid, input) => makeOidcProvider(state, ensureAliyunAccount(state, uid), input),
    deleteOidcProvider(arn) {
      for (const { oidcProviders } of state.accounts.values())
        for (const provider of oidcProviders.values()) if (provider.arn === arn) oidcProviders.delete(provider.name)
    },
    setControlPolicies(uid, documents) {
      for (const document of documents ?? []) checkRamPolicy(document, 'identity', malformedDocument)
      ensureAliyunAccount(state, uid).controlPolicies = documents
    },
    setStanding(uid, standing) {
      ensureAliyunAccount(state, uid).standing = standing
    },
    issueSession(arn, options = {}) {
      const { account, role } = requireRole(arn)
      const { sessionName = 'lab', seconds = 3600, policy } = options
      const session = issueAliyunSession(state, { accountId: account.uid, role, sessionName, seconds, policy })
      return {
        accessKeyId: session.accessKeyId,
        accessKeySecret: session.secret,
        securityToken: session.token,
        expiresAt: session.expiresAt,
      }
    },
    setRamDelay(ms) {
      state.ramDelayMs = ms
    },
  }
}

function withPolicy(attached: readonly PolicyRef[], policy: PolicyRef): readonly PolicyRef[] {
  return [...attached.filter(({ name }) => name !== policy.name), policy]
}
