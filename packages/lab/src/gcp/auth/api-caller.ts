import type { Json } from '@sluice/core'
import type { Call } from '../call.ts'
import { GoogleError } from '../error.ts'
import { bearerOf, callerOf, type Caller } from './caller.ts'
import { isOfLostAccount } from './tokens.ts'

const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform'
const IAM = 'https://www.googleapis.com/auth/iam'

/** The caller of an API that is not Storage's: known, and with a token that is good for more than storage. */
export function demandApiCaller(call: Call): Caller {
  const caller = callerOf(call.state, call.request)
  if (caller === 'invalid')
    throw new GoogleError(
      401,
      'UNAUTHENTICATED',
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
      { details: lostAccount(call) },
    )
  if (caller.identity.kind === 'anonymous')
    throw new GoogleError(
      401,
      'UNAUTHENTICATED',
      'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    )
  call.identified(caller.name)
  // An access boundary names buckets only: nothing else is left to such a token.
  if (caller.boundary || (caller.scopes !== '*' && !caller.scopes.includes(CLOUD_PLATFORM) && !caller.scopes.includes(IAM)))
    throw new GoogleError(403, 'PERMISSION_DENIED', 'Request had insufficient authentication scopes.', {
      details: [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', domain: 'googleapis.com' },
      ],
    })
  return caller
}

/** What is said besides of a token whose account is disabled or gone. https://cloud.google.com/apis/docs/error-info */
function lostAccount({ state, request }: Call): readonly Json[] {
  if (!isOfLostAccount(state, bearerOf(request) ?? '')) return []
  return [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'ACCOUNT_STATE_INVALID',
      domain: 'googleapis.com',
      metadata: { service: request.host },
    },
  ]
}

/** IAM's denial, with the permission that is missing. */
export function permissionDenied(permission: string, resource?: string): GoogleError {
  const on = resource === undefined ? 'resource' : `resource '${resource}'`
  return new GoogleError(403, 'PERMISSION_DENIED', `Permission '${permission}' denied on ${on} (or it may not exist).`, {
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'IAM_PERMISSION_DENIED',
        domain: 'iam.googleapis.com',
        metadata: { permission, ...(resource === undefined ? {} : { resource }) },
      },
    ],
  })
}
