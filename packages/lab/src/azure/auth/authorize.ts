import { sasAllows, type BlobOperation } from '@sluice/core'
import { queryValue } from '../../http/request.ts'
import { versionOf, type BlobCall } from '../blob/call.ts'
import { authenticationFailed, authorizationFailure, authorizationMismatch, AzureError } from '../error.ts'
import type { BlobCaller } from './caller.ts'

/** Refuses what the caller may not do. Whether what it is about exists is not asked before. */
export function authorize(call: BlobCall, caller: BlobCaller, operation: BlobOperation): void {
  if (operation === 'GetUserDelegationKey') throw authenticationFailed('Only authentication scheme Bearer is supported')
  if (caller.kind === 'shared-key') return
  if (caller.kind === 'anonymous') return demandPublic(call, operation)
  demandSas(call, caller, operation)
}

function demandSas(call: BlobCall, { sas, permissions }: Extract<BlobCaller, { kind: 'sas' }>, operation: BlobOperation): void {
  const verdict = sasAllows(sas, exactOperation(call, operation), permissions)
  if (verdict.allowed) return
  switch (verdict.missing) {
    case 'service':
      throw authorizationMismatch('Service')
    case 'resource-type':
      throw authorizationMismatch('ResourceType')
    case 'permission':
      throw authorizationMismatch('Permission')
    default:
      throw authorizationFailure()
  }
}

/** Creating a blob asks for less than replacing one, and deleting a version for something else than deleting a blob. */
function exactOperation({ account, target, request }: BlobCall, operation: BlobOperation): BlobOperation {
  if (operation === 'DeleteBlob' && queryValue(request, 'versionid') !== undefined) return 'DeleteBlobVersion'
  const exists = account.containers.get(target.container ?? '')?.blobs.current(target.blob ?? '') !== undefined
  return operation === 'PutBlob' && !exists ? 'CreateBlob' : operation
}

/** What a container without private access shows to everybody. */
const PUBLIC: { readonly blob: readonly BlobOperation[]; readonly container: readonly BlobOperation[] } = {
  blob: ['GetBlob', 'GetBlobProperties', 'GetBlockList'],
  container: ['GetBlob', 'GetBlobProperties', 'GetBlockList', 'ListBlobs', 'GetContainerProperties'],
}

function demandPublic(call: BlobCall, operation: BlobOperation): void {
  const { account, target, request } = call
  if (!account.allowBlobPublicAccess)
    throw new AzureError(409, 'PublicAccessNotPermitted', 'Public access is not permitted on this storage account.')
  const access = account.containers.get(target.container ?? '')?.publicAccess ?? 'none'
  if (access !== 'none' && PUBLIC[access].includes(operation)) return
  // Since 2019-12-12 a request without a credential is told where to get one.
  if (versionOf(request) < '2019-12-12') throw new AzureError(404, 'ResourceNotFound', 'The specified resource does not exist.')
  throw new AzureError(
    401,
    'NoAuthenticationInformation',
    'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.',
    { headers: bearerChallenge(account.tenantId) },
  )
}

export function bearerChallenge(tenantId: string): { readonly [name: string]: string } {
  return {
    'www-authenticate': `Bearer authorization_uri=https://login.microsoftonline.com/${tenantId}/oauth2/authorize resource_id=https://storage.azure.com`,
  }
}
