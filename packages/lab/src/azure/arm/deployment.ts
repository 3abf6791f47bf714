import type { JsonObject } from '@sluice/core'
import { AzureError } from '../error.ts'
import type { AzureState, ManagedIdentity, StorageAccount } from '../state/types.ts'

/** A template on its way into a resource group. */
export interface Deployment {
  readonly state: AzureState
  readonly tenantId: string
  readonly subscriptionId: string
  readonly resourceGroup: string
  readonly location: string
  readonly groupId: string
  /** The storage account a name or an id means. */
  accountOf(nameOrId: string): StorageAccount
  /** A managed identity of the tenant, not yet in the lab. */
  newIdentity(name: string): ManagedIdentity
  /** What `reference()` gives of a resource that is there or was made. */
  propertiesOf(nameOrId: string): JsonObject
}

export function accountNamed(
  { state, subscriptionId, resourceGroup }: Pick<Deployment, 'state' | 'subscriptionId' | 'resourceGroup'>,
  nameOrId: string,
): StorageAccount {
  const name = nameOrId.slice(nameOrId.lastIndexOf('/') + 1)
  const account = state.accounts.get(name)
  const isHere =
    account?.subscriptionId === subscriptionId && (nameOrId !== name || account.resourceGroup.toLowerCase() === resourceGroup.toLowerCase())
  if (!account || !isHere)
    throw new AzureError(
      404,
      'ResourceNotFound',
      `The Resource 'Microsoft.Storage/storageAccounts/${name}' under resource group '${resourceGroup}' was not found.`,
    )
  return account
}
