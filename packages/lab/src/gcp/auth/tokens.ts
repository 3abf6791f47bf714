import type { AccessBoundary, GoogleIdentity } from '@sluice/core'
import { accessTokenText } from '../state/ids.ts'
import type { AccessToken, GcpState } from '../state/types.ts'

/** Google's tokens live an hour; what is said to the client is a second less. */
export const TOKEN_SECONDS = 3600

export interface TokenOrder {
  readonly identity: GoogleIdentity
  readonly scopes: readonly string[]
  /** Milliseconds. */
  readonly expiresAt: number
  readonly boundary?: AccessBoundary
}

/** Makes a token and gives its text. */
export function issueToken(state: GcpState, order: TokenOrder): string {
  const text = accessTokenText(state.random, order.boundary ? 'd' : 'c')
  const account = order.identity.kind === 'service-account' ? state.serviceAccounts.get(order.identity.email) : undefined
  state.tokens.set(text, { ...order, ...(account ? { serviceAccountId: account.uniqueId } : {}) })
  return text
}

/** The token of that text, while it counts: not beyond its time, nor when who it is of is disabled or gone. */
export function findToken(state: GcpState, text: string): AccessToken | undefined {
  const token = state.tokens.get(text)
  return token && token.expiresAt > state.clock.now() && isInForce(state, token) ? token : undefined
}

/** Whether a token would count, were who it is of not disabled or gone. */
export function isOfLostAccount(state: GcpState, text: string): boolean {
  const token = state.tokens.get(text)
  return token?.identity.kind === 'service-account' && token.expiresAt > state.clock.now() && !isInForce(state, token)
}

function isInForce(state: GcpState, { identity, serviceAccountId }: AccessToken): boolean {
  if (identity.kind === 'federated') {
    // A disabled pool ends its tokens, a disabled provider does not. https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools
    const pool = state.pools.get(identity.pool)
    return pool !== undefined && !pool.disabled && !pool.deleted
  }
  if (identity.kind !== 'service-account' || serviceAccountId === undefined) return true
  const account = state.serviceAccounts.get(identity.email)
  return account !== undefined && !account.disabled && account.uniqueId === serviceAccountId
}
