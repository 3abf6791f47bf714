import type { HttpRequest } from '@sluice/core'

/** Names of headers and parameters whose values are credentials, or are proved by one. */
const SECRET_NAMES = /authorization|token|signature|assertion|secret|password|credential|cookie|api-?key|^sig$|^ExternalId$/i
/** Shorter ones would take ordinary words out of what is shown. */
const SHORTEST = 6
/** Bodies with credentials in them are forms and small documents. */
const LONGEST_BODY = 64 * 1024

/** Whatever of a request nobody may repeat: its credentials, its tokens and their signatures alone. */
export function sentSecrets({ url, target, headers, body }: HttpRequest): readonly string[] {
  const query = target?.includes('?') === true ? target.slice(target.indexOf('?') + 1) : url.search
  const fields = [
    ...Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-type'),
    ...new URLSearchParams(query),
    ...(isForm(headers) && body !== undefined && body.byteLength <= LONGEST_BODY
      ? new URLSearchParams(new TextDecoder().decode(body))
      : []),
  ]
  const secrets = fields.flatMap(([name, value]) => (SECRET_NAMES.test(name) ? [value, ...lastParts(value)] : []))
  return [...new Set(secrets)].filter((one) => one.length >= SHORTEST).toSorted((a, b) => b.length - a.length)
}

function isForm(headers: HttpRequest['headers']): boolean {
  return Object.entries(headers).some(([name, value]) => name.toLowerCase() === 'content-type' && value.includes('x-www-form-urlencoded'))
}

/** What comes after a scheme, an account or the claims of a token: the part that must not be known. */
function lastParts(value: string): readonly string[] {
  return [/\s(\S+)$/, /:([^\s:]+)$/, /\.([\w-]+)$/].flatMap((end) => {
    const part = end.exec(value)?.[1]
    return part === undefined || part.length < 16 ? [] : [part]
  })
}
