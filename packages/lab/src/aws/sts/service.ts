import type { QueryService } from '../query/service.ts'
import { assumeRole } from './assume-role.ts'
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts'
import { getCallerIdentity, getSessionToken } from './identity.ts'

const HOST = /^sts(?:\.([a-z]{2}(?:-[a-z]+)+-\d+))?\.amazonaws\.com(?:\.cn)?$/

export function isStsHost(host: string): boolean {
  return HOST.test(host)
}

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
  region(request) {
    const host = HOST.exec(request.host)
    return host ? (host[1] ?? 'us-east-1') : undefined
  },
}
