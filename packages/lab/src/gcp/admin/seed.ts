import type { IamCondition } from '@sluice/core'
import { bodyOf, type SeedBody } from '../../storage/seed-body.ts'
import type { PoolInput, ProviderInput, RoleInput } from '../state/identities.ts'
import type { ServiceAccountInput } from '../state/service-accounts.ts'
import type { GcpIdentityAdmin, PolicyCarrier } from './identities.ts'
import type { GcpBucketInput, GcpObjectInput, GcpStorageAdmin } from './storage.ts'

/** The Google Cloud that a lab starts with, as JSON. */
export interface GcpSeed {
  readonly projects: readonly GcpProjectSeed[]
}

export interface GcpProjectSeed {
  readonly id: string
  readonly number?: string
  /** On the project. */
  readonly bindings?: readonly GcpBindingSeed[]
  readonly roles?: readonly RoleInput[]
  readonly serviceAccounts?: readonly GcpServiceAccountSeed[]
  readonly pools?: readonly (PoolInput & { readonly providers?: readonly ProviderInput[] })[]
  readonly buckets?: readonly GcpBucketSeed[]
}

export interface GcpBindingSeed {
  readonly role: string
  readonly member: string
  readonly condition?: IamCondition
}

export interface GcpServiceAccountSeed extends ServiceAccountInput {
  readonly disabled?: boolean
  /** Private keys in PEM, for who has them already. */
  readonly keys?: readonly { readonly privateKey: string }[]
  readonly bindings?: readonly GcpBindingSeed[]
}

export interface GcpBucketSeed extends GcpBucketInput {
  readonly objects?: readonly ({ readonly key: string } & Omit<GcpObjectInput, 'body'> & SeedBody)[]
  readonly bindings?: readonly GcpBindingSeed[]
}

type Admin = GcpIdentityAdmin & GcpStorageAdmin

/** Loads a seed: policies come last, when all that they name is there. */
export function loadGcpSeed(admin: Admin, seed: GcpSeed): void {
  for (const project of seed.projects) loadProject(admin, project)
  for (const project of seed.projects) loadBindings(admin, project)
}

function loadProject(admin: Admin, { id, number, roles, serviceAccounts, pools, buckets }: GcpProjectSeed): void {
  admin.createProject(id, number)
  for (const role of roles ?? []) admin.putCustomRole(id, role)
  for (const { keys, disabled, bindings: _bindings, ...account } of serviceAccounts ?? []) {
    const email = admin.putServiceAccount(id, account)
    for (const key of keys ?? []) admin.createKey(email, key)
    if (disabled) admin.setServiceAccountDisabled(email, true)
  }
  for (const { providers, ...pool } of pools ?? []) {
    const name = admin.putPool(id, pool)
    for (const provider of providers ?? []) admin.putProvider(name, provider)
  }
  for (const { objects, bindings: _bindings, ...bucket } of buckets ?? []) {
    admin.createBucket(id, bucket)
    for (const { key, ...object } of objects ?? []) admin.putObject(bucket.name, key, objectOf(object))
  }
}

function objectOf(object: Omit<GcpObjectInput, 'body'> & SeedBody): GcpObjectInput {
  const {
    text: _text,
    base64: _base64,
    file: _file,
    ...rest
  }: Omit<GcpObjectInput, 'body'> & { text?: string; base64?: string; file?: string } = object
  return { ...rest, body: bodyOf(object) }
}

function loadBindings(admin: Admin, { id, bindings, serviceAccounts, buckets }: GcpProjectSeed): void {
  const give = (on: PolicyCarrier, list: readonly GcpBindingSeed[] | undefined): void => {
    for (const binding of list ?? []) admin.addBinding({ on, ...binding })
  }
  give({ project: id }, bindings)
  for (const account of serviceAccounts ?? []) give({ serviceAccount: `${account.id}@${id}.iam.gserviceaccount.com` }, account.bindings)
  for (const bucket of buckets ?? []) give({ bucket: bucket.name }, bucket.bindings)
}
