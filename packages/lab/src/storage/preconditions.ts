/** What of a stored object preconditions look at. */
interface Stamped {
  /** With quotes. */
  readonly etag: string
  readonly lastModified: number
}

/**
 * Whether a read is to go on, by RFC 9110: If-Match wins over If-Unmodified-Since, If-None-Match over If-Modified-Since.
 * A failed one is named as its header is.
 */
export function readPrecondition(
  headers: ReadonlyMap<string, string>,
  object: Stamped,
): 'If-Match' | 'If-Unmodified-Since' | 'not-modified' | undefined {
  const modified = Math.floor(object.lastModified / 1000) * 1000
  const names = (header: string): boolean =>
    header.split(',').some((tag) => ['*', object.etag, object.etag.slice(1, -1)].includes(tag.trim().replace(/^W\//, '')))
  const match = headers.get('if-match')
  const noneMatch = headers.get('if-none-match')
  const unmodifiedSince = Date.parse(headers.get('if-unmodified-since') ?? '')
  const modifiedSince = Date.parse(headers.get('if-modified-since') ?? '')
  if (match !== undefined ? !names(match) : modified > unmodifiedSince) return match === undefined ? 'If-Unmodified-Since' : 'If-Match'
  if (noneMatch !== undefined ? names(noneMatch) : modified <= modifiedSince) return 'not-modified'
  return undefined
}
