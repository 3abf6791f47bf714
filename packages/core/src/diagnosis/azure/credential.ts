import type { Facts } from '../facts.ts'
import { shownSas } from './sas-token.ts'

/** By what the requests of a connection are let in: a SAS of some kind, the account's key, an identity of Entra ID, or nothing. */
export type Credential = 'sas' | 'delegation-sas' | 'account-key' | 'identity' | 'anonymous' | 'unknown'

/** What is used, as the case says or shows. */
export function credentialOf(facts: Facts): Credential {
  const { method } = facts.connection
  const shown = shownSas(facts)
  if (method === 'account-key' || method === 'key' || method === 'keys' || method === 'shared-key') return 'account-key'
  if (method === 'federation' || method === 'managed-identity' || method === 'service-principal' || method === 'aad') return 'identity'
  if (method === 'none' || method === 'anonymous') return 'anonymous'
  if (shown !== undefined) return shown.fields.has('skoid') ? 'delegation-sas' : 'sas'
  return method === 'sas' ? 'sas' : facts.documents.roles !== undefined ? 'identity' : 'unknown'
}

/** Facts of a token that an answer showed: its claims, as JSON or in the token itself. */
export interface TokenClaims {
  readonly oid?: string
  readonly appid?: string
  readonly tid?: string
  readonly aud?: string
}

/** The claims of the token in use, where a request for one, or a look at it, showed them. */
export function tokenClaims({ successes }: Pick<Facts, 'successes'>): TokenClaims {
  const texts = successes
    .filter(({ operation = '' }) => /token|claims/i.test(operation))
    .map(({ message = '' }) => `${message} ${payloadsIn(message)}`)
  const all = texts.join(' ')
  const claim = (...names: readonly string[]): string | undefined =>
    names.map((name) => new RegExp(`"${name}":\\s*"([^"]+)"`).exec(all)?.[1]).find((value) => value !== undefined)
  const [oid, appid, tid, aud] = [claim('oid', 'objectId'), claim('appid', 'azp', 'clientId'), claim('tid', 'tenantId'), claim('aud')]
  return {
    ...(oid === undefined ? {} : { oid }),
    ...(appid === undefined ? {} : { appid }),
    ...(tid === undefined ? {} : { tid }),
    ...(aud === undefined ? {} : { aud }),
  }
}

/** What the tokens in a text say of themselves; their signatures are nobody's business here. */
function payloadsIn(text: string): string {
  return [...text.matchAll(/\beyJ[\w-]+\.(eyJ[\w-]+)/g)].map(([, payload = '']) => fromBase64(payload)).join(' ')
}

function fromBase64(text: string): string {
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    return ''
  }
}
