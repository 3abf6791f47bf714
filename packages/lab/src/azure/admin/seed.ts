import { bodyOf, type SeedBody } from '../../storage/seed-body.ts'
import type { AzureIdentityAdmin, ApplicationInput, ManagedIdentityInput, RoleAssignmentInput } from './identities.ts'
import type { AzureStorageAdmin, BlobAdminInput, ContainerSettings, StorageAccountInput, StorageAccountSettings } from './storage.ts'

/** What the lab's Azure starts with, as JSON. */
export interface AzureSeed {
  readonly storageAccounts?: readonly (StorageAccountInput & StorageAccountSettings & { readonly containers?: readonly ContainerSeed[] })[]
  readonly applications?: readonly (ApplicationInput & RolesSeed)[]
  readonly managedIdentities?: readonly (ManagedIdentityInput & RolesSeed)[]
}

type ContainerSeed = ContainerSettings & { readonly name: string; readonly blobs?: readonly BlobSeed[] }

/** A blob, with exactly one of text, base64 and file. */
export type BlobSeed = { readonly name: string } & Omit<BlobAdminInput, 'body'> & SeedBody

interface RolesSeed {
  readonly roles?: readonly Omit<RoleAssignmentInput, 'principalId'>[]
}

/** Loads a seed: storage first, so that roles find what they are given on. */
export function loadAzureSeed(admin: AzureIdentityAdmin & AzureStorageAdmin, seed: AzureSeed): void {
  for (const { containers, ...account } of seed.storageAccounts ?? []) {
    admin.createStorageAccount(account)
    for (const container of containers ?? []) loadContainer(admin, account.name, container)
  }
  for (const { roles, ...application } of seed.applications ?? []) giveRoles(admin, admin.createApplication(application).objectId, roles)
  for (const { roles, ...identity } of seed.managedIdentities ?? [])
    giveRoles(admin, admin.createManagedIdentity(identity).principalId, roles)
}

function loadContainer(admin: AzureStorageAdmin, account: string, { name, blobs, ...settings }: ContainerSeed): void {
  admin.createContainer(account, name, settings)
  for (const { name: blob, ...input } of blobs ?? []) admin.putBlob(account, name, blob, { ...input, body: bodyOf(input) })
}

function giveRoles(admin: AzureIdentityAdmin, principalId: string, roles: RolesSeed['roles']): void {
  for (const role of roles ?? []) admin.assignRole({ principalId, ...role })
}
