/** One part of a body of the type multipart/related. */
export interface RelatedPart {
  readonly contentType: string | undefined
  readonly body: Buffer
}

/** Splits a body of two parts, metadata and bytes; undefined where it is not one. https://www.rfc-editor.org/rfc/rfc2387 */
export function splitMultipart(
  contentType: string,
  body: Buffer,
): { readonly first: RelatedPart; readonly second: RelatedPart } | undefined {
  const match = /^multipart\/related\s*;.*\bboundary=(?:"([^"]+)"|'([^']+)'|([^\s;]+))/i.exec(contentType)
  const boundary = match?.[1] ?? match?.[2] ?? match?.[3]
  if (boundary === undefined) return undefined
  const parts = sections(body, `--${boundary}`).map(readPart)
  const [first, second] = parts
  return first && second && parts.length === 2 ? { first, second } : undefined
}

/** What stands between the lines with the boundary. */
function sections(body: Buffer, delimiter: string): readonly Buffer[] {
  const found: Buffer[] = []
  let from = body.indexOf(delimiter)
  while (from >= 0) {
    const start = from + delimiter.length
    if (body.subarray(start, start + 2).toString() === '--') return found
    // The line break before a boundary belongs to the boundary.
    const next = body.indexOf(`\n${delimiter}`, start)
    if (next < 0) return []
    const end = body[next - 1] === 0x0d ? next - 1 : next
    found.push(body.subarray(afterLine(body, start), end))
    from = next + 1
  }
  return []
}

function afterLine(body: Buffer, at: number): number {
  const end = body.indexOf('\n', at)
  return end < 0 ? body.length : end + 1
}

function readPart(section: Buffer): RelatedPart | undefined {
  // A part may have no header: then it begins with the blank line.
  const text = section.subarray(0, LONGEST_HEADERS).toString('latin1')
  const headers = /^(?:\r?\n|([^]*?)\r?\n\r?\n)/.exec(text)
  if (!headers) return undefined
  const type = /^content-type:\s*(.+?)\s*$/im.exec(headers[1] ?? '')?.[1]
  return { contentType: type, body: section.subarray(headers[0].length) }
}

const LONGEST_HEADERS = 4096
