import type { AccessError } from '@sluice/core'
import type { Denial } from '../../validation/denial.ts'
import type { Dialect } from '../../validation/dialect.ts'
import { phantomUploadId } from '../blocks.ts'

/** Codes by which Blob Storage refuses for want of permission, and nothing else. Networks, clocks and damaged credentials have others. */
const DENIED = new Set([
  'AuthorizationPermissionMismatch',
  'AuthorizationResourceTypeMismatch',
  'AuthorizationServiceMismatch',
  'InsufficientAccountPermissions',
  'UnauthorizedBlobOverwrite',
  // The current version cannot be deleted by its id: the blob itself can.
  'OperationNotAllowedOnRootBlob',
])

/** What each operation of ours asks for, in the words of roles. */
const PERMISSIONS: { readonly [operation: string]: string } = {
  ListBlobs: 'blobs/read',
  GetBlob: 'blobs/read',
  GetBlobProperties: 'blobs/read',
  PutBlob: 'blobs/write',
  PutBlock: 'blobs/write',
  PutBlockList: 'blobs/write',
  DeleteBlob: 'blobs/delete',
  GetUserDelegationKey: 'generateUserDelegationKey',
}

function denialOf(error: AccessError): Denial | undefined {
  const { provider } = error
  if (provider?.status !== 403 || !DENIED.has(provider.code ?? '')) return undefined
  const action = PERMISSIONS[provider.operation]
  return { provider, bare: false, ...(action === undefined ? {} : { action }) }
}

/** Blob Storage looks at permission first: what it says of existence it says to who may ask. */
const ABSENT = new Set(['BlobNotFound', 'PathNotFound', 'InvalidBlockList'])

function isAbsence({ provider }: AccessError): boolean {
  return (provider?.status === 404 || provider?.status === 400) && ABSENT.has(provider.code ?? '')
}

/** The words of Blob Storage. */
export const AZURE_DIALECT: Dialect = {
  service: 'Blob Storage',
  keyService: 'Key Vault',
  permissions: {
    list: ['blobs/read'],
    read: ['blobs/read'],
    write: ['blobs/write', 'blobs/add/action'],
    delete: ['blobs/delete'],
    decrypt: [],
    encrypt: [],
    abort: 'nothing',
  },
  layers: {},
  denialOf,
  deniesReading: () => true,
  refusesOutside: ({ provider }) => provider?.status === 403 && provider.code === 'AuthenticationFailed',
  isKeyDenial: () => false,
  isKeyState: ({ reason }) => reason === 'azure.key.unusable',
  isAbsence,
  readWasAllowed: isAbsence,
  writeWasAllowed: isAbsence,
  // A list of blocks that were never put: who may write is told that there are none.
  phantomWrite: (store, key, token, signal) =>
    store.completeMultipart(key, phantomUploadId(token), [{ partNumber: 1, etag: '', size: 1 }], signal),
  isArchived: ({ storageClass }) => storageClass === 'Archive',
  saysArchived: ({ reason }) => reason === 'azure.archived',
}
