import type { IncomingMessage } from 'node:http'
import { cloudOfHost } from './hosts.ts'

/** One request as it came, before anybody has judged it. Header names are lower case. */
export interface LabRequest {
  /** The request id of the answer. */
  readonly id: string
  readonly method: string
  /** Without the port, lower case. */
  readonly host: string
  /** Sent to the lab's own address instead of to a host of a cloud's through a route. */
  readonly direct: boolean
  /** As on the request line: still percent-encoded. */
  readonly rawPath: string
  /** Decoded, in order of appearance. */
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly headers: ReadonlyMap<string, string>
  readonly sourceIp: string
  readonly incoming: IncomingMessage
  /** Asks a client that waits for `100 Continue` to send its body. */
  readonly proceed: () => void
}

/** Value of the first query parameter of that name. */
export function queryValue(request: LabRequest, name: string): string | undefined {
  return request.query.find(([key]) => key === name)?.[1]
}

/** Decodes percent-encoding; undefined where it is malformed. */
export function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** RFC 3986 encoding, as Signature Version 4 and S3 ask for: everything but unreserved characters. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Reads the head of a request; undefined when its path or query is not decodable. */
export function readRequest(incoming: IncomingMessage, id: string, proceed: () => void): LabRequest | undefined {
  const target = incoming.url ?? '/'
  const mark = target.indexOf('?')
  const rawPath = mark < 0 ? target : target.slice(0, mark)
  const query = parseQuery(mark < 0 ? '' : target.slice(mark + 1))
  if (!rawPath.startsWith('/') || percentDecode(rawPath) === undefined || query === undefined) return undefined
  const headers = readHeaders(incoming.rawHeaders)
  const host = (headers.get('host') ?? '').toLowerCase().replace(/:\d+$/, '')
  return {
    id,
    method: incoming.method ?? 'GET',
    host,
    direct: cloudOfHost(host) === undefined,
    rawPath,
    query,
    headers,
    sourceIp: (incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
    incoming,
    proceed,
  }
}

/** Decodes a query string or a form body; undefined where it is malformed. */
export function parseQuery(source: string, plusIsSpace = false): readonly (readonly [string, string])[] | undefined {
  const pairs: (readonly [string, string])[] = []
  for (const part of source.split('&')) {
    if (part === '') continue
    const cut = part.indexOf('=')
    const text = plusIsSpace ? part.replaceAll('+', ' ') : part
    const name = percentDecode(cut < 0 ? text : text.slice(0, cut))
    const value = cut < 0 ? '' : percentDecode(text.slice(cut + 1))
    if (name === undefined || value === undefined) return undefined
    pairs.push([name, value])
  }
  return pairs
}

// Repeated headers are joined with commas in order of appearance, as the signature wants them.
function readHeaders(raw: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase()
    const value = raw[index + 1] ?? ''
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before},${value}`)
  }
  return headers
}
