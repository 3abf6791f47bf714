import { type ByteRange, type HttpResponse, accessError } from '@sluice/core'

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
