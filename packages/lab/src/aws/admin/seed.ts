import type { PolicyDocument } from '@sluice/core'
import type { AliyunSeed } from '../../aliyun/admin/seed.ts'
import type { AzureSeed } from '../../azure/admin/seed.ts'
import type { GcpSeed } from '../../gcp/admin/seed.ts'
import { bodyOf, type SeedBody } from '../../storage/seed-body.ts'
import { iamArn } from '../arn.ts'
import { makeAccessKey, type RoleInput, type UserInput } from '../state/identities.ts'
import { ensureAccount } from '../state/state.ts'
import type { AwsState, KmsKey } from '../state/types.ts'
import type { IdentityAdmin } from './identities.ts'
import type { BucketInput, ObjectInput, StorageAdmin } from './storage.ts'

/** What a lab starts with, as JSON. */
export interface LabSeed {
  readonly accounts: readonly AccountSeed[]
  readonly azure?: AzureSeed
  readonly gcp?: GcpSeed
  readonly aliyun?: AliyunSeed
}

export interface AccountSeed {
  readonly id: string
  readonly name?: string
  readonly users?: readonly (UserInput & { readonly accessKeys?: readonly { readonly id: string; readonly secret: string }[] })[]
  readonly policies?: readonly { readonly name: string; readonly path?: string; readonly document: PolicyDocument }[]
  readonly roles?: readonly (RoleInput & { readonly visibleAfterMs?: number })[]
  readonly keys?: readonly {
    readonly region: string
    readonly id?: string
    readonly alias?: string
    readonly policy?: PolicyDocument
    readonly state?: KmsKey['state']
  }[]
  readonly buckets?: readonly (BucketInput & { readonly objects?: readonly ObjectSeed[] })[]
}

/** An object, with exactly one of text, base64 and file. */
export type ObjectSeed = { readonly key: string } & Omit<ObjectInput, 'body'> & SeedBody

/** Loads a seed: whoever a policy names is made before the policy, wherever it stands in the seed. */
export function loadSeed(state: AwsState, admin: IdentityAdmin & StorageAdmin, seed: LabSeed): void {
  for (const account of seed.accounts) loadUsers(state, admin, account)
  for (const account of seed.accounts) for (const role of account.roles ?? []) admin.putRole(account.id, role)
  // A trust policy may name a role that came after it: saving it once more binds that name to its id.
  for (const account of seed.accounts)
    for (const role of account.roles ?? []) admin.setTrust(iamArn(account.id, 'role', role.path ?? '/', role.name), role.trust)
  for (const account of seed.accounts) loadStorage(admin, account)
}

function loadUsers(state: AwsState, admin: IdentityAdmin, seed: AccountSeed): void {
  const account = ensureAccount(state, seed.id, seed.name)
  for (const policy of seed.policies ?? []) admin.putPolicy(seed.id, policy)
  for (const user of seed.users ?? []) {
    admin.putUser(seed.id, user)
    for (const key of user.accessKeys ?? []) makeAccessKey(state, account, user.name, key)
  }
}

function loadStorage(admin: StorageAdmin, seed: AccountSeed): void {
  for (const key of seed.keys ?? []) admin.putKey({ accountId: seed.id, ...key })
  for (const { objects, ...bucket } of seed.buckets ?? []) {
    admin.createBucket(seed.id, bucket)
    for (const { key, ...object } of objects ?? []) admin.putObject(bucket.name, key, { ...object, body: bodyOf(object) })
  }
}
