import { type ByteRange, type HttpResponse, type ObjectInfo, accessError } from '@sluice/core'

/** What the headers of HEAD, GET and PUT tell of an object. */
export function objectInfo(key: string, size: number, response: HttpResponse): ObjectInfo {
  const { headers } = response
  const modified = Date.parse(headers['last-modified'] ?? headers['date'] ?? '')
  const optional = (name: 'versionId' | 'storageClass' | 'kmsKeyId' | 'contentType', header: string) =>
    headers[header] === undefined ? {} : { [name]: headers[header] }
  return {
    key,
    size,
    etag: headers['etag'] ?? '',
    lastModified: new Date(Number.isNaN(modified) ? 0 : modified).toISOString(),
    ...optional('versionId', 'x-amz-version-id'),
    ...optional('storageClass', 'x-amz-storage-class'),
    ...optional('kmsKeyId', 'x-amz-server-side-encryption-aws-kms-key-id'),
    ...optional('contentType', 'content-type'),
  }
}

/** The announced length of an answer. One without it could be cut short unnoticed. */
export function contentLength(response: HttpResponse, operation: string): number {
  const header = response.headers['content-length'] ?? ''
  if (/^\d{1,15}$/.test(header)) return Number(header)
  throw accessError('network.protocol', { message: `The answer to ${operation} does not say how long it is.` })
}

/** The `Range` header of a byte range; it cannot express an empty one. */
export function rangeHeader(range: ByteRange): string {
  if ('suffix' in range) {
    if (Number.isSafeInteger(range.suffix) && range.suffix > 0) return `bytes=-${range.suffix}`
  } else if (Number.isSafeInteger(range.start) && Number.isSafeInteger(range.end) && range.start >= 0 && range.end > range.start)
    return `bytes=${range.start}-${range.end - 1}`
  throw accessError('object.range', { message: 'The byte range is empty or not one of whole numbers.' })
}

/**
 * The size of the whole object, from an answer that must hold exactly the bytes asked for.
 * A store that answers other bytes than those is caught here, not in the reader's results.
 */
export function sizeOfRanged(response: HttpResponse, range: ByteRange, length: number): number {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(response.headers['content-range'] ?? '')
  const [start, last, size] = (match ?? []).slice(1).map(Number)
  if (response.status !== 206 || start === undefined || last === undefined || size === undefined) throw wrongRange()
  const wanted =
    'suffix' in range ? { start: Math.max(0, size - range.suffix), end: size } : { start: range.start, end: Math.min(range.end, size) }
  if (start !== wanted.start || last + 1 !== wanted.end || length !== wanted.end - wanted.start) throw wrongRange()
  return size
}

function wrongRange(): Error {
  return accessError('network.protocol', { message: 'The store did not answer the byte range that was asked for.' })
}
