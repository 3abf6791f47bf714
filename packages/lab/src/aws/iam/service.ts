import type { QueryService } from '../query/service.ts'
import { accessKeyOperations } from './access-keys.ts'
import { oidcProviderOperations } from './oidc-providers.ts'
import { ownPolicyOperations } from './own-policies.ts'
import { managedPolicyOperations } from './policies.ts'
import { roleOperations } from './roles.ts'
import { userOperations } from './users.ts'

/** Identity and Access Management: what an admin needs to set up and repair a role, a user and their policies. */
export const IAM: QueryService = {
  name: 'iam',
  namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  operations: {
    ...roleOperations,
    ...userOperations,
    ...ownPolicyOperations('Role'),
    ...ownPolicyOperations('User'),
    ...managedPolicyOperations,
    ...accessKeyOperations,
    ...oidcProviderOperations,
  },
  region: (request) => (request.direct ? undefined : 'us-east-1'),
}
