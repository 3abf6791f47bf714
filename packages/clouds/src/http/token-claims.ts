import { parseJsonObject } from './json.ts'

/** What a token says of whose and for whom it is: object id, tenant, application and audience. No secret, and of no use without the signature. */
const TELLING = ['aud', 'oid', 'tid', 'appid']

/** Those claims of the first token in an answer, as JSON; undefined where it has none that can be read. */
export function claimsIn(text: string): string | undefined {
  const payload = /\beyJ[\w-]+\.(?<payload>eyJ[\w-]+)\./.exec(text)?.groups?.['payload']
  const claims = payload === undefined ? undefined : parseJsonObject(Buffer.from(payload, 'base64url').toString())
  if (claims === undefined) return undefined
  const told = Object.entries(claims).filter(([name, value]) => TELLING.includes(name) && typeof value === 'string')
  return told.length === 0 ? undefined : JSON.stringify(Object.fromEntries(told))
}
