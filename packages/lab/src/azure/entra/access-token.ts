import { createHmac } from 'node:crypto'
import { sameSignature } from '../auth/signature.ts'
import type { AzureState } from '../state/types.ts'

/** What an access token says. Clients cannot count on its form: Azure's own say that it is for the resource alone to read. */
export interface AccessTokenClaims {
  readonly aud: string
  readonly tid: string
  /** Object id of the identity: what roles are given to. */
  readonly oid: string
  readonly appid: string
  /** Seconds since the epoch. */
  readonly iat: number
  readonly exp: number
}

/** Makes an access token that this lab's storage believes. */
export function issueAccessToken(state: AzureState, claims: Omit<AccessTokenClaims, 'iat' | 'exp'>, seconds: number): string {
  const now = Math.floor(state.clock.now() / 1000)
  const payload: AccessTokenClaims = { ...claims, iat: now, exp: now + seconds }
  const head = [{ typ: 'JWT', alg: 'HS256' }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${head}.${signature(state, head)}`
}

/** The claims of a token that this lab issued; undefined for any other. */
export function readAccessToken(state: AzureState, token: string): AccessTokenClaims | undefined {
  const cut = token.lastIndexOf('.')
  const head = token.slice(0, Math.max(cut, 0))
  if (!sameSignature(signature(state, head), token.slice(cut + 1))) return undefined
  // Nobody else can sign: what is in it is what was put in.
  return JSON.parse(Buffer.from(head.split('.')[1] ?? '', 'base64url').toString()) as AccessTokenClaims
}

function signature(state: AzureState, head: string): string {
  return createHmac('sha256', state.tokenSecret).update(head).digest('base64url')
}

const STORAGE = 'https://storage.azure.com'
const RESOURCES =
  /^https:\/\/(storage\.azure\.com|management\.azure\.com|management\.core\.windows\.net|[a-z0-9]{3,24}\.blob\.core\.windows\.net)\/?$/

/** Whether there is such a resource to ask tokens for. */
export function isKnownResource(resource: string): boolean {
  return RESOURCES.test(resource)
}

/** Whether a token for a resource opens this storage account. */
export function isForAccount(audience: string, account: string): boolean {
  return [STORAGE, `https://${account}.blob.core.windows.net`].includes(audience.replace(/\/$/, ''))
}
