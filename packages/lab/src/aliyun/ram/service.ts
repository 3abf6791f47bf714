import type { RpcService } from '../rpc/service.ts'
import { oidcProviderOperations } from './oidc-providers.ts'
import { ramPolicyOperations } from './policies.ts'
import { ramVersionOperations } from './policy-versions.ts'
import { ramRoleOperations } from './roles.ts'
import { ramUserOperations } from './users.ts'

/** Resource Access Management: what an admin needs to set up and repair a role, a user and their policies. */
export const RAM: RpcService = {
  name: 'ram',
  version: '2015-05-01',
  operations: { ...ramRoleOperations, ...ramUserOperations, ...ramPolicyOperations, ...ramVersionOperations },
  unsigned: [],
}

/** Identity Management Service: of it, the identity providers. */
export const IMS: RpcService = {
  name: 'ims',
  version: '2019-08-15',
  operations: oidcProviderOperations,
  unsigned: [],
}
