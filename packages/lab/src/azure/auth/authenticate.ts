import { queryValue } from '../../http/request.ts'
import type { BlobRequest } from '../blob/call.ts'
import { authorizationFailure, AzureError } from '../error.ts'
import { verifyBearer } from './bearer.ts'
import type { BlobCaller } from './caller.ts'
import { admits } from './firewall.ts'
import { verifySas } from './sas.ts'
import { verifySharedKey } from './shared-key.ts'

/** Finds out who asks, and refuses credentials that do not hold, in the order in which Azure looks. */
export async function authenticate(call: BlobRequest): Promise<BlobCaller> {
  const { account, request, state } = call
  if (account.disabled) throw new AzureError(403, 'AccountIsDisabled', 'The specified account is disabled.')
  if (!admits(account.firewall, state.callerAddress)) throw authorizationFailure()
  if (account.supportsHttpsTrafficOnly && state.callerProtocol === 'http')
    throw new AzureError(400, 'AccountRequiresHttps', 'The account being accessed does not support http.')
  if (queryValue(request, 'sig') !== undefined) return verifySas(call)
  const authorization = request.headers.get('authorization')
  if (authorization === undefined) return { kind: 'anonymous', name: 'anonymous' }
  if (authorization.startsWith('SharedKey ')) return verifySharedKey(call, authorization.slice('SharedKey '.length))
  if (authorization.startsWith('Bearer ')) return verifyBearer(call, authorization.slice('Bearer '.length))
  throw new AzureError(
    400,
    'InvalidAuthenticationInfo',
    'Authentication information is not given in the correct format. Check the value of Authorization header.',
  )
}

/** Whatever is signed with an account key is refused where the account allows none. */
export function demandKeysAllowed({ account }: BlobRequest): void {
  if (!account.allowSharedKeyAccess)
    throw new AzureError(403, 'KeyBasedAuthenticationNotPermitted', 'Key based authentication is not permitted on this storage account.')
}
