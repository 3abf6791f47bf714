import { accessError } from '@sluice/core'

/**
 * Refuses a name with a backslash: Azure makes a slash of it, so that another blob would be read or written than the one that was named.
 * What of a name Azure's own client says: https://github.com/Azure/azure-sdk-for-js/blob/main/sdk/storage/storage-blob/src/Clients.ts
 */
export function checkBlobName(name: string): void {
  if (name.includes('\\')) throw accessError('object.key', { message: 'The key has a backslash, of which Azure makes a slash.' })
}
