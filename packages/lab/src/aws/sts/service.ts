import type { QueryService } from '../query/service.ts'
import { assumeRole } from './assume-role.ts'
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts'
import { getCallerIdentity, getSessionToken } from './identity.ts'
import { stsRegion } from './region.ts'

/** The Security Token Service. */
export const STS: QueryService = {
  name: 'sts',
  namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  operations: {
    AssumeRole: assumeRole,
    AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
    GetCallerIdentity: getCallerIdentity,
    GetSessionToken: getSessionToken,
  },
  unsigned: ['AssumeRoleWithWebIdentity'],
  region: stsRegion,
}
