import type { RpcService } from '../rpc/service.ts'
import { assumeRole } from './assume-role.ts'
import { assumeRoleWithOidc } from './assume-role-with-oidc.ts'
import { getCallerIdentity } from './identity.ts'

/** The Security Token Service of Alibaba Cloud. */
export const ALIYUN_STS: RpcService = {
  name: 'sts',
  version: '2015-04-01',
  operations: { AssumeRole: assumeRole, AssumeRoleWithOIDC: assumeRoleWithOidc, GetCallerIdentity: getCallerIdentity },
  unsigned: ['AssumeRoleWithOIDC'],
}
