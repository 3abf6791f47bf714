import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { percentDecode, percentEncode, type LabRequest } from '../../http/request.ts'

/** SHA-256 of nothing. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** What a signature covers: date/region/service/aws4_request. */
export interface Scope {
  readonly date: string
  readonly region: string
  readonly service: string
}

export function scopeText(scope: Scope): string {
  return `${scope.date}/${scope.region}/${scope.service}/aws4_request`
}

/** The canonical request of Signature Version 4. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function canonicalRequest(request: LabRequest, signedHeaders: readonly string[], payloadHash: string, service: string): string {
  const decoded = percentDecode(request.rawPath) ?? request.rawPath
  const once = decoded.split('/').map(percentEncode).join('/')
  // Every service but S3 encodes the path a second time.
  const path = service === 's3' ? once : once.split('/').map(percentEncode).join('/')
  const query = request.query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([name, value], [otherName, otherValue]) => order(name, otherName) || order(value, otherValue))
    .map((pair) => pair.join('='))
    .join('&')
  const headers = signedHeaders.map((name) => `${name}:${(request.headers.get(name) ?? '').trim().replace(/ +/g, ' ')}\n`).join('')
  return [request.method, path, query, headers, signedHeaders.join(';'), payloadHash].join('\n')
}

export function stringToSign(timestamp: string, scope: Scope, canonical: string): string {
  return ['AWS4-HMAC-SHA256', timestamp, scopeText(scope), createHash('sha256').update(canonical).digest('hex')].join('\n')
}

/** The key that signs under one scope. */
export function signingKey(secret: string, scope: Scope): Buffer {
  const day = createHmac('sha256', `AWS4${secret}`).update(scope.date).digest()
  const region = createHmac('sha256', day).update(scope.region).digest()
  const service = createHmac('sha256', region).update(scope.service).digest()
  return createHmac('sha256', service).update('aws4_request').digest()
}

export function sign(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex')
}

/** Equality that takes the same time wherever the difference is. */
export function sameText(left: string, right: string): boolean {
  const a = createHash('sha256').update(left).digest()
  const b = createHash('sha256').update(right).digest()
  return timingSafeEqual(a, b)
}

/** `20261122T073400Z` as milliseconds; undefined when it is no such time. */
export function parseTimestamp(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

/** Milliseconds as `20261122T073400Z`. */
export function formatTimestamp(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
