import type { PolicyDocument } from '@sluice/core'
import { bodyOf, type SeedBody } from '../../storage/seed-body.ts'
import type { OidcProviderInput, RamRoleInput, RamUserInput } from '../state/identities.ts'
import type { AliyunIdentityAdmin } from './identities.ts'
import type { AliyunStorageAdmin, OssBucketInput, OssObjectInput } from './storage.ts'

/** The Alibaba Cloud that a lab starts with, as JSON. */
export interface AliyunSeed {
  readonly accounts: readonly AliyunAccountSeed[]
}

export interface AliyunAccountSeed {
  readonly uid: string
  readonly name?: string
  readonly users?: readonly (RamUserInput & { readonly accessKeys?: readonly { readonly id: string; readonly secret: string }[] })[]
  /** Custom policies that nobody has been given yet. */
  readonly policies?: readonly { readonly name: string; readonly document: PolicyDocument }[]
  readonly oidcProviders?: readonly OidcProviderInput[]
  readonly roles?: readonly (RamRoleInput & { readonly visibleAfterMs?: number })[]
  readonly buckets?: readonly (OssBucketInput & { readonly objects?: readonly OssObjectSeed[] })[]
}

/** An object, with exactly one of text, base64 and file. */
export type OssObjectSeed = { readonly key: string } & Omit<OssObjectInput, 'body'> & SeedBody

export function loadAliyunSeed(admin: AliyunIdentityAdmin & AliyunStorageAdmin, seed: AliyunSeed): void {
  for (const account of seed.accounts) loadAccount(admin, account)
}

function loadAccount(
  admin: AliyunIdentityAdmin & AliyunStorageAdmin,
  { uid, name, users, policies, oidcProviders, roles, buckets }: AliyunAccountSeed,
): void {
  admin.createAccount(uid, name)
  for (const policy of policies ?? []) admin.putPolicy(uid, policy.name, policy.document)
  for (const { accessKeys, ...user } of users ?? []) {
    admin.putUser(uid, user)
    for (const key of accessKeys ?? []) admin.createAccessKey(uid, user.name, key)
  }
  for (const provider of oidcProviders ?? []) admin.putOidcProvider(uid, provider)
  for (const role of roles ?? []) admin.putRole(uid, role)
  for (const { objects, ...bucket } of buckets ?? []) {
    admin.createBucket(uid, bucket)
    for (const { key, ...object } of objects ?? []) admin.putObject(bucket.name, key, { ...object, body: bodyOf(object) })
  }
}
