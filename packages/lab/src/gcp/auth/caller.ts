import type { AccessBoundary, GoogleIdentity } from '@sluice/core'
import { queryValue, type LabRequest } from '../../http/request.ts'
import type { GcpState } from '../state/types.ts'
import { findToken } from './tokens.ts'

/** Who asks, by what. */
export interface Caller {
  readonly identity: GoogleIdentity
  /** `*`: whatever the token of a signed URL's account could. */
  readonly scopes: readonly string[] | '*'
  readonly boundary?: AccessBoundary
  /** For the request log. */
  readonly name: string
}

export const ANONYMOUS: Caller = { identity: { kind: 'anonymous' }, scopes: '*', name: 'anonymous' }

/** Finds who a request's bearer token is of; `invalid` for one that does not count, whatever the reason. */
export function callerOf(state: GcpState, request: LabRequest): Caller | 'invalid' {
  const text = bearerOf(request)
  if (text === undefined) return request.headers.has('authorization') ? 'invalid' : ANONYMOUS
  const token = findToken(state, text)
  if (!token) return 'invalid'
  const { identity, scopes, boundary } = token
  return { identity, scopes, name: nameOf(identity), ...(boundary ? { boundary } : {}) }
}

/** The text of a request's token, whether it counts or not. */
export function bearerOf(request: LabRequest): string | undefined {
  const header = request.headers.get('authorization')
  return header === undefined ? queryValue(request, 'access_token') : /^Bearer +(\S+)$/i.exec(header)?.[1]
}

/** As the request log names it. */
export function nameOf(identity: GoogleIdentity): string {
  switch (identity.kind) {
    case 'anonymous':
      return 'anonymous'
    case 'federated':
      return `principal://iam.googleapis.com/${identity.pool}/subject/${identity.subject}`
    default:
      return identity.email
  }
}
