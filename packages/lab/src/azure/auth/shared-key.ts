import type { LabRequest } from '../../http/request.ts'
import type { BlobRequest } from '../blob/call.ts'
import { authenticationFailed } from '../error.ts'
import { demandKeysAllowed } from './authenticate.ts'
import type { BlobCaller } from './caller.ts'
import { sameSignature, sign } from './signature.ts'

/** How far a request's date may lie from ours. */
const TOLERANCE_MS = 15 * 60 * 1000

/**
 * Verifies a request that is signed with an account key; `given` is `account:signature`.
 * https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
 */
export function verifySharedKey(call: BlobRequest, given: string): BlobCaller {
  const { account, request, state } = call
  const cut = given.indexOf(':')
  const [name, signature] = [given.slice(0, cut), given.slice(cut + 1)]
  demandKeysAllowed(call)
  checkDate(request, state.clock.now())
  const text = sharedKeyText(request, account.name)
  const holds = account.keys.some((key) => sameSignature(sign(key, text), signature))
  if (name !== account.name || !holds)
    throw authenticationFailed(
      `The MAC signature found in the HTTP request '${signature}' is not the same as any computed signature. Server used following string to sign: '${text}'.`,
    )
  return { kind: 'shared-key', name: `key:${account.name}` }
}

function checkDate(request: LabRequest, now: number): void {
  const text = request.headers.get('x-ms-date') ?? request.headers.get('date') ?? ''
  const date = Date.parse(text)
  if (Number.isNaN(date)) throw authenticationFailed(`The Date header in the request is incorrect.`)
  if (Math.abs(now - date) > TOLERANCE_MS) throw authenticationFailed(`Request date header too old: '${text}'`)
}

const SIGNED_HEADERS = [
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

/** The text that is signed: method, some headers, all of Azure's own, path and query. */
export function sharedKeyText(request: LabRequest, account: string): string {
  const { headers } = request
  const standard = SIGNED_HEADERS.map((name) => {
    if (name === 'date' && headers.has('x-ms-date')) return ''
    const value = headers.get(name) ?? ''
    // No body at all and an empty one are the same since 2015-02-21.
    return name === 'content-length' && value === '0' ? '' : value
  })
  const own = [...headers]
    .filter(([name]) => name.startsWith('x-ms-'))
    .sort(([left], [right]) => compareHeaders(left, right))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
  return `${[request.method, ...standard].join('\n')}\n${own.join('')}${canonicalResource(request, account)}`
}

// Azure sorts by the rules of a language, not by bytes: hyphens count only where nothing else differs, and an underscore comes
// before digits and letters.
function compareHeaders(left: string, right: string): number {
  const [one, other] = [primaryKey(left), primaryKey(right)]
  if (one !== other) return one < other ? -1 : 1
  return left < right ? -1 : 1
}

function primaryKey(name: string): string {
  return name.replaceAll('-', '').replaceAll('_', ' ')
}

function canonicalResource(request: LabRequest, account: string): string {
  const values = new Map<string, readonly string[]>()
  for (const [name, value] of request.query) {
    const key = name.toLowerCase()
    values.set(key, [...(values.get(key) ?? []), value])
  }
  const lines = [...values]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, list]) => `\n${name}:${list.toSorted().join(',')}`)
  return `/${account}${request.rawPath}${lines.join('')}`
}
