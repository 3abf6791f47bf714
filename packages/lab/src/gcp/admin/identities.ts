import type { GoogleIdentity, IamCondition, IamPolicy } from '@sluice/core'
import { policyName } from '../auth/authorize.ts'
import { issueToken, TOKEN_SECONDS } from '../auth/tokens.ts'
import type { PrincipalBoundary, ProjectGuards } from '../state/guards.ts'
import { makePool, makeProvider, makeRole, type PoolInput, type ProviderInput, type RoleInput } from '../state/identities.ts'
import { withMember, withoutMember } from '../state/policies.ts'
import { keyFile, makeKey, makeServiceAccount, type ServiceAccountInput, type ServiceAccountKeyFile } from '../state/service-accounts.ts'
import { ensureProject } from '../state/state.ts'
import type { CustomRole, GcpState, Pool, Provider, ServiceAccount, ServiceAccountKey } from '../state/types.ts'

/** What carries an allow policy. */
export type PolicyCarrier =
  | { readonly project: string }
  | { readonly bucket: string; readonly managedFolder?: string }
  | { readonly serviceAccount: string }
  | { readonly kmsKey: string }

/** Gives a role to a member, or takes it. */
export interface BindingInput {
  readonly on: PolicyCarrier
  readonly role: string
  readonly member: string
  readonly condition?: IamCondition
}

/** A service account at this moment. */
export interface AccountView {
  readonly email: string
  readonly disabled: boolean
  readonly keys: readonly Pick<ServiceAccountKey, 'id' | 'disabled' | 'validBefore'>[]
}

/** Projects, identities, roles and policies, without asking for permission. */
export interface GcpIdentityAdmin {
  /** Gives the project's number. */
  createProject(id: string, number?: string): string
  /** Makes an account, or another one under the same name. Gives its e-mail address. */
  putServiceAccount(projectId: string, input: ServiceAccountInput): string
  /** With the keys that somebody holds. */
  getServiceAccount(email: string): AccountView | undefined
  setServiceAccountDisabled(email: string, disabled: boolean): void
  deleteServiceAccount(email: string): void
  /** Gives the key file, as JSON. */
  createKey(email: string, options?: { readonly validBefore?: number; readonly privateKey?: string }): ServiceAccountKeyFile
  setKeyDisabled(email: string, keyId: string, disabled: boolean): void
  deleteKey(email: string, keyId: string): void
  /** Gives the pool's name, with the project's number. */
  putPool(projectId: string, input: PoolInput): string
  /** Gives the audience of a token exchange: `//iam.googleapis.com/…/providers/…`. */
  putProvider(pool: string, input: ProviderInput): string
  deletePool(pool: string): void
  deleteProvider(pool: string, id: string): void
  /** Gives the role's full name. */
  putCustomRole(projectId: string, input: RoleInput): string
  /** As it was last changed; also one that is deleted. */
  getCustomRole(name: string): CustomRole | undefined
  deleteCustomRole(name: string): void
  addBinding(binding: BindingInput): void
  removeBinding(binding: Omit<BindingInput, 'condition'>): void
  getPolicy(on: PolicyCarrier): IamPolicy
  setPolicy(on: PolicyCarrier, policy: IamPolicy): void
  /** An access token without any exchange, as a machine gets that of its own account. */
  issueToken(identity: GoogleIdentity, options?: { readonly scopes?: readonly string[]; readonly seconds?: number }): string
  /** What stands over a project at this moment. */
  getGuards(id: string): ProjectGuards
  /** Sets what stands over a project: changes what is given and leaves the rest. */
  guardProject(id: string, change: Partial<ProjectGuards>): void
  setPrincipalBoundaries(boundaries: readonly PrincipalBoundary[]): void
  /** How long changes of policies and custom roles take from now on to reach authorisation. */
  setIamDelay(ms: number): void
}

const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform'

export function identityAdmin(state: GcpState): GcpIdentityAdmin {
  return {
    createProject: (id, number) => ensureProject(state, id, number).number,
    putServiceAccount: (projectId, input) => makeServiceAccount(state, projectId, input).email,
    getServiceAccount(email) {
      const account = state.serviceAccounts.get(email)
      return account && { ...account, keys: [...account.keys.values()].filter(({ manager }) => manager === 'USER_MANAGED') }
    },
    setServiceAccountDisabled(email, disabled) {
      requireAccount(state, email).disabled = disabled
    },
    deleteServiceAccount: (email) => void state.serviceAccounts.delete(email),
    createKey(email, options) {
      const account = requireAccount(state, email)
      const { key, privateKey } = makeKey(state, account, options)
      return keyFile(account, key, privateKey)
    },
    setKeyDisabled(email, keyId, disabled) {
      const key = requireAccount(state, email).keys.get(keyId)
      if (!key) throw new Error(`The lab has no key ${keyId} of ${email}`)
      key.disabled = disabled
    },
    deleteKey: (email, keyId) => void requireAccount(state, email).keys.delete(keyId),
    putPool: (projectId, input) => makePool(state, projectId, input).name,
    putProvider(poolName, input) {
      const pool = requirePool(state, poolName)
      const provider: Provider = makeProvider(pool, input)
      return `//iam.googleapis.com/${pool.name}/providers/${provider.id}`
    },
    deletePool(name) {
      state.pools.set(name, { ...requirePool(state, name), deleted: true })
    },
    deleteProvider(poolName, id) {
      const { providers } = requirePool(state, poolName)
      const provider = providers.get(id)
      if (provider) providers.set(id, { ...provider, deleted: true })
    },
    putCustomRole: (projectId, input) => makeRole(state, projectId, input).name,
    getCustomRole: (name) => state.roles.latest(name),
    deleteCustomRole(name) {
      const role = state.roles.latest(name)
      if (role) state.roles.set(name, { ...role, deleted: true }, state.iamDelayMs)
    },
    addBinding: ({ on, role, member, condition }) => change(state, on, (policy) => withMember(policy, role, member, condition)),
    removeBinding: ({ on, role, member }) => change(state, on, (policy) => withoutMember(policy, role, member)),
    getPolicy: (on) => state.policies.latest(carrierName(state, on)) ?? { bindings: [] },
    setPolicy: (on, policy) => change(state, on, () => policy),
    issueToken: (identity, { scopes = [CLOUD_PLATFORM], seconds = TOKEN_SECONDS } = {}) =>
      issueToken(state, { identity, scopes, expiresAt: state.clock.now() + seconds * 1000 }),
    getGuards: (id) => ensureProject(state, id).guards,
    guardProject(id, change) {
      const project = ensureProject(state, id)
      project.guards = { ...project.guards, ...change }
    },
    setPrincipalBoundaries(boundaries) {
      state.principalBoundaries = boundaries
    },
    setIamDelay(ms) {
      state.iamDelayMs = ms
    },
  }
}

function change(state: GcpState, on: PolicyCarrier, to: (policy: IamPolicy | undefined) => IamPolicy): void {
  const name = carrierName(state, on)
  state.policies.set(name, to(state.policies.latest(name)), state.iamDelayMs)
  const bucket = 'bucket' in on ? state.buckets.get(on.bucket) : undefined
  // The etag of a bucket's policy is its metageneration.
  if (bucket) bucket.metageneration += 1
}

function carrierName(state: GcpState, on: PolicyCarrier): string {
  if ('project' in on) return policyName.project(on.project)
  if ('bucket' in on)
    return on.managedFolder === undefined ? policyName.bucket(on.bucket) : policyName.managedFolder(on.bucket, on.managedFolder)
  return 'serviceAccount' in on ? policyName.serviceAccount(requireAccount(state, on.serviceAccount)) : on.kmsKey
}

function requireAccount(state: GcpState, email: string): ServiceAccount {
  const account = state.serviceAccounts.get(email)
  if (!account) throw new Error(`The lab has no service account ${email}`)
  return account
}

function requirePool(state: GcpState, name: string): Pool {
  const pool = state.pools.get(name)
  if (!pool) throw new Error(`The lab has no pool ${name}`)
  return pool
}
