import type { JsonObject } from '@sluice/core'
import type { RpcCall } from '../rpc/service.ts'

/** Tells who signed; it needs no permission. */
export function getCallerIdentity({ caller }: RpcCall): JsonObject {
  const { principal, userId, arn } = caller
  const common = { AccountId: caller.accountId ?? '', Arn: arn, PrincipalId: userId }
  if (principal.kind === 'role-session') return { ...common, IdentityType: 'AssumedRoleUser', RoleId: principal.roleId ?? '' }
  return { ...common, IdentityType: principal.kind === 'root' ? 'Account' : 'RAMUser', UserId: userId }
}
