import { aclPermissions, lettersFor, type Access, type BlobOperation } from '@sluice/core'
import { queryValue } from '../../http/request.ts'
import { containerOf, type BlobRequest } from '../blob/call.ts'
import { pathAcl } from '../state/path-access.ts'

const ACCESS: { readonly [operation in BlobOperation]?: Access } = {
  ListBlobs: 'list',
  GetBlob: 'read',
  GetBlobProperties: 'read',
  GetBlockList: 'read',
  CreateBlob: 'write',
  PutBlob: 'write',
  PutBlock: 'write',
  PutBlockList: 'write',
  SetBlobMetadata: 'write',
  SetBlobProperties: 'write',
  DeleteBlob: 'delete',
}

/** Whether the access control lists of a hierarchical account's paths give an identity an operation. */
export function pathsAllow(call: BlobRequest, objectId: string, operation: BlobOperation): boolean {
  const access = ACCESS[operation]
  if (access === undefined || !call.account.hierarchical) return false
  const container = containerOf(call)
  const prefix = queryValue(call.request, 'prefix') ?? ''
  const path = access === 'list' ? prefix.slice(0, prefix.lastIndexOf('/') + 1) : (call.target.blob ?? '')
  return [...lettersFor(path, access)].every(([where, letters]) => {
    const has = aclPermissions(pathAcl(container, where), [objectId])
    return Array.from(letters).every((letter) => has.includes(letter))
  })
}
