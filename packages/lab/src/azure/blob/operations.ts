import type { BlobOperation } from '@sluice/core'
import { getBlockList, putBlock, putBlockList } from './blocks.ts'
import type { BlobHandler } from './call.ts'
import {
  createContainer,
  deleteContainer,
  getAccountInformation,
  getContainerAcl,
  getContainerProperties,
  listContainers,
  setContainerAcl,
} from './containers.ts'
import { listBlobs } from './list.ts'
import { getBlob, getBlobProperties } from './read.ts'
import { getUserDelegationKey } from './user-delegation-key.ts'
import { deleteBlob, putBlob, setBlobMetadata, setBlobProperties } from './write.ts'

/** How the lab answers each operation of Blob Storage that it has. */
export const BLOB_HANDLERS: { readonly [operation in BlobOperation]?: BlobHandler } = {
  ListContainers: listContainers,
  GetUserDelegationKey: getUserDelegationKey,
  GetAccountInformation: getAccountInformation,
  CreateContainer: createContainer,
  DeleteContainer: deleteContainer,
  GetContainerProperties: getContainerProperties,
  GetContainerAcl: getContainerAcl,
  SetContainerAcl: setContainerAcl,
  ListBlobs: listBlobs,
  GetBlob: getBlob,
  GetBlobProperties: getBlobProperties,
  GetBlockList: getBlockList,
  PutBlob: putBlob,
  PutBlock: putBlock,
  PutBlockList: putBlockList,
  SetBlobMetadata: setBlobMetadata,
  SetBlobProperties: setBlobProperties,
  DeleteBlob: deleteBlob,
}
