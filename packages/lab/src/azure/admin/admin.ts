import type { AzureState } from '../state/types.ts'
import { azureIdentityAdmin, type AzureIdentityAdmin } from './identities.ts'
import { azureStorageAdmin, type AzureStorageAdmin } from './storage.ts'

/** Everything one may do to the lab's Azure without asking. */
export interface AzureAdmin extends AzureIdentityAdmin, AzureStorageAdmin {}

export function azureAdmin(state: AzureState): AzureAdmin {
  return { ...azureIdentityAdmin(state), ...azureStorageAdmin(state) }
}
