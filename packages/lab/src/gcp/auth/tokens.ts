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

/** The token of that text, while it counts: not beyond its time, nor when its account is disabled, gone or another one. */
export function findToken(state: GcpState, text: string): AccessToken | undefined {
  const token = state.tokens.get(text)
  if (!token || token.expiresAt <= state.clock.now()) return undefined
  if (token.serviceAccountId === undefined) return token
  const email = token.identity.kind === 'service-account' ? token.identity.email : ''
  const account = state.serviceAccounts.get(email)
  return account && !account.disabled && account.uniqueId === token.serviceAccountId ? token : undefined
}
