import type { BlobOperation } from '@sluice/core'
import { AzureError } from '../error.ts'
import type { CustomerKey } from '../state/types.ts'

/**
 * What needs the data's key: to look at blobs and to change them, and not to list them.
 * https://learn.microsoft.com/azure/storage/common/customer-managed-keys-overview#revoke-access-to-a-storage-account-that-uses-customer-managed-keys
 */
const NEED_KEY: readonly BlobOperation[] = ['GetBlob', 'GetBlobProperties', 'SetBlobMetadata', 'PutBlob', 'CreateBlob', 'PutBlock']

const REFUSALS: { readonly [state in CustomerKey]?: readonly [code: string, message: string] } = {
  'key-missing': ['KeyVaultEncryptionKeyNotFound', 'The key vault key is not found to unwrap the encryption key.'],
  'vault-missing': ['KeyVaultVaultNotFound', 'The key vault vault is not found.'],
  'identity-refused': [
    'KeyVaultAccessTokenCannotBeAcquired',
    'An access token for the key vault cannot be acquired from Microsoft Entra with the identity of this resource.',
  ],
}

/** Refuses what takes the customer's key where the account cannot use it. */
export function demandKeyUsable(key: CustomerKey, operation: BlobOperation): void {
  const refusal = REFUSALS[key]
  if (refusal !== undefined && NEED_KEY.includes(operation)) throw new AzureError(403, ...refusal)
}
