import { hmac } from './sas-sign.ts'

/** A request as far as its signature by an account key goes. Header names are lower case. */
export interface SignableRequest {
  readonly method: string
  /** As it is sent: percent-encoded. */
  readonly path: string
  /** Decoded. */
  readonly query: { readonly [name: string]: string }
  readonly headers: { readonly [name: string]: string }
  readonly bodyLength: number
}

/** Standard headers in the order in which they are signed. The date is in `x-ms-date`, so that its own line stays empty. */
const SIGNED = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
]

/** The Authorization header of a request signed with an account key. https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key */
export function sharedKeyHeader(request: SignableRequest, account: string, accountKey: string): string {
  return `SharedKey ${account}:${hmac(accountKey, sharedKeyText(request, account))}`
}

function sharedKeyText({ method, path, query, headers, bodyLength }: SignableRequest, account: string): string {
  const standard = SIGNED.map((name) => {
    if (name === 'content-length') return bodyLength === 0 ? '' : String(bodyLength)
    return headers[name] ?? ''
  })
  const own = Object.entries(headers)
    .filter(([name]) => name.startsWith('x-ms-'))
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
  const parameters = Object.entries(query)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `\n${name.toLowerCase()}:${value}`)
  return `${[method, ...standard].join('\n')}\n${own.join('')}/${account}${path}${parameters.join('')}`
}
