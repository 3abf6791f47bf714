/** What an operation of Blob Storage acts on: an account SAS names these by `s`, `c` and `o` in `srt`. */
export type BlobLevel = 'service' | 'container' | 'object'

/** What allows an operation: a letter of a SAS, or a permission of a role. */
export interface BlobOperationRule {
  readonly level: BlobLevel
  /** Any one of these letters of an account SAS is enough; '' where no SAS is. */
  readonly accountLetters: string
  /** The same of a service or user-delegation SAS. Such a SAS reaches no container's own properties. */
  readonly letters: string
  /** Any one of these is enough. Actions are the control plane's, data actions the data plane's: roles name them apart. */
  readonly permissions: readonly BlobPermission[]
  /** How a condition of a role assignment names it, where it is told apart from others of the same data action. */
  readonly subOperation?: string
}

export interface BlobPermission {
  readonly plane: 'action' | 'dataAction'
  readonly name: string
}

const CONTAINERS = 'Microsoft.Storage/storageAccounts/blobServices/containers'
const BLOBS = `${CONTAINERS}/blobs`

const action = (name: string): BlobPermission => ({ plane: 'action', name })
const dataAction = (name: string): BlobPermission => ({ plane: 'dataAction', name })

const READ = [dataAction(`${BLOBS}/read`)]
const WRITE = [dataAction(`${BLOBS}/write`)]
const CREATE = [dataAction(`${BLOBS}/write`), dataAction(`${BLOBS}/add/action`)]
/** Every letter there is: what any SAS may do. */
const ANY_LETTER = 'racwdxyltfmeopi'

/**
 * Operations of Blob Storage and what allows each.
 * https://learn.microsoft.com/rest/api/storageservices/create-account-sas#blob-service-operations
 * https://learn.microsoft.com/rest/api/storageservices/create-service-sas#permissions-for-a-directory-container-or-blob
 * https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#permissions-for-blob-service-operations
 */
export const BLOB_OPERATIONS = {
  ListContainers: { level: 'service', accountLetters: 'l', letters: '', permissions: [action(`${CONTAINERS}/read`)] },
  GetUserDelegationKey: {
    level: 'service',
    accountLetters: '',
    letters: '',
    permissions: [action('Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action')],
  },
  GetAccountInformation: {
    level: 'service',
    accountLetters: ANY_LETTER,
    letters: ANY_LETTER,
    permissions: [action('Microsoft.Storage/storageAccounts/blobServices/getInfo/action')],
  },
  CreateContainer: { level: 'container', accountLetters: 'cw', letters: '', permissions: [action(`${CONTAINERS}/write`)] },
  DeleteContainer: { level: 'container', accountLetters: 'd', letters: '', permissions: [action(`${CONTAINERS}/delete`)] },
  GetContainerProperties: { level: 'container', accountLetters: 'r', letters: '', permissions: [action(`${CONTAINERS}/read`)] },
  GetContainerAcl: { level: 'container', accountLetters: '', letters: '', permissions: [action(`${CONTAINERS}/getAcl/action`)] },
  SetContainerAcl: { level: 'container', accountLetters: '', letters: '', permissions: [action(`${CONTAINERS}/setAcl/action`)] },
  ListBlobs: { level: 'container', accountLetters: 'l', letters: 'l', permissions: READ, subOperation: 'Blob.List' },
  GetBlob: { level: 'object', accountLetters: 'r', letters: 'r', permissions: READ },
  GetBlobProperties: { level: 'object', accountLetters: 'r', letters: 're', permissions: READ },
  GetBlockList: { level: 'object', accountLetters: 'r', letters: 'r', permissions: READ },
  /** Of a blob that does not exist yet. */
  CreateBlob: { level: 'object', accountLetters: 'cw', letters: 'cw', permissions: CREATE },
  PutBlob: { level: 'object', accountLetters: 'w', letters: 'w', permissions: WRITE },
  PutBlock: { level: 'object', accountLetters: 'w', letters: 'w', permissions: CREATE },
  PutBlockList: { level: 'object', accountLetters: 'w', letters: 'w', permissions: WRITE },
  SetBlobMetadata: { level: 'object', accountLetters: 'w', letters: 'w', permissions: WRITE },
  SetBlobProperties: { level: 'object', accountLetters: 'w', letters: 'w', permissions: WRITE },
  DeleteBlob: { level: 'object', accountLetters: 'd', letters: 'd', permissions: [dataAction(`${BLOBS}/delete`)] },
  DeleteBlobVersion: {
    level: 'object',
    accountLetters: 'x',
    letters: 'x',
    permissions: [dataAction(`${BLOBS}/deleteBlobVersion/action`)],
  },
} as const satisfies { readonly [operation: string]: BlobOperationRule }

export type BlobOperation = keyof typeof BLOB_OPERATIONS

/** What allows an operation, in the shape that all of them share. */
export function blobOperationRule(operation: BlobOperation): BlobOperationRule {
  return BLOB_OPERATIONS[operation]
}
