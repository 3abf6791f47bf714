import { sasAllows, type BlobOperation } from '@sluice/core'
import { queryValue } from '../../http/request.ts'
import { versionOf, type BlobRequest } from '../blob/call.ts'
import { authenticationFailed, authorizationFailure, authorizationMismatch, AzureError } from '../error.ts'
import { bearerChallenge } from './bearer.ts'
import type { BlobCaller } from './caller.ts'
import { pathsAllow } from './path-access.ts'
import { demandRole, roleAllows } from './roles.ts'

/** Refuses what the caller may not do. Whether what it is about exists is not asked before. */
export function authorize(call: BlobRequest, caller: BlobCaller, operation: BlobOperation): void {
  const exact = exactOperation(call, operation)
  if (caller.kind === 'identity') return demandIdentity(call, caller.objectId, exact)
  if (operation === 'GetUserDelegationKey') throw authenticationFailed('Only authentication scheme Bearer is supported')
  if (caller.kind === 'shared-key') return
  if (caller.kind === 'anonymous') return demandPublic(call, operation)
  demandSas(caller, exact)
  // Such a token can do no more than the identity behind it, of which roles alone count. Access control lists count for whom it names besides.
  // https://github.com/MicrosoftDocs/azure-docs/issues/115802
  if (caller.sas.kind !== 'user-delegation') return
  demandRole(call, caller.sas.key.objectId, exact)
  const user = queryValue(call.request, 'suoid')
  if (user !== undefined && !pathsAllow(call, user, exact)) throw authorizationMismatch('Permission')
}

/** Roles first; where they do not allow it, the access control lists on the way. */
function demandIdentity(call: BlobRequest, objectId: string, operation: BlobOperation): void {
  if (!roleAllows(call, objectId, operation) && !pathsAllow(call, objectId, operation)) throw authorizationMismatch('Permission')
}

function demandSas({ sas, permissions }: Extract<BlobCaller, { kind: 'sas' }>, operation: BlobOperation): void {
  const verdict = sasAllows(sas, operation, permissions)
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
function exactOperation({ account, target, request }: BlobRequest, operation: BlobOperation): BlobOperation {
  if (operation === 'DeleteBlob' && queryValue(request, 'versionid') !== undefined) return 'DeleteBlobVersion'
  const exists = account.containers.get(target.container ?? '')?.blobs.current(target.blob ?? '') !== undefined
  return operation === 'PutBlob' && !exists ? 'CreateBlob' : operation
}

/** What a container without private access shows to everybody. */
const PUBLIC: { readonly blob: readonly BlobOperation[]; readonly container: readonly BlobOperation[] } = {
  blob: ['GetBlob', 'GetBlobProperties', 'GetBlockList'],
  container: ['GetBlob', 'GetBlobProperties', 'GetBlockList', 'ListBlobs', 'GetContainerProperties'],
}

function demandPublic(call: BlobRequest, operation: BlobOperation): void {
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
