import { createReadStream } from 'node:fs'

/** Bytes of an object: in memory as segments, or in a file that is read when asked for. */
export type Content =
  | { readonly kind: 'memory'; readonly size: number; readonly segments: readonly Uint8Array[] }
  | { readonly kind: 'file'; readonly size: number; readonly path: string }

const PIECE = 256 * 1024

export function memoryContent(...segments: readonly Uint8Array[]): Content {
  return { kind: 'memory', size: segments.reduce((sum, segment) => sum + segment.byteLength, 0), segments }
}

/** Reads `[start, end)` without copying what is in memory. */
export async function* readContent(content: Content, start: number, end: number): AsyncGenerator<Uint8Array> {
  if (start >= end) return
  if (content.kind === 'file') {
    // A stream without an encoding yields buffers.
    const chunks: AsyncIterable<Buffer> = createReadStream(content.path, { start, end: end - 1, highWaterMark: PIECE })
    yield* chunks
    return
  }
  let offset = 0
  for (const segment of content.segments) {
    const from = Math.max(start - offset, 0)
    const to = Math.min(end - offset, segment.byteLength)
    for (let at = from; at < to; at += PIECE) yield segment.subarray(at, Math.min(at + PIECE, to))
    offset += segment.byteLength
    if (offset >= end) return
  }
}

/** Several contents one after another, sharing their bytes. File parts are not possible: parts come from requests. */
export async function joinContents(contents: readonly Content[]): Promise<Content> {
  const segments: Uint8Array[] = []
  for (const content of contents) {
    if (content.kind === 'memory') segments.push(...content.segments)
    else for await (const chunk of readContent(content, 0, content.size)) segments.push(chunk)
  }
  return memoryContent(...segments)
}

/** All bytes in one piece. */
export async function contentBytes(content: Content): Promise<Uint8Array> {
  if (content.kind === 'memory' && content.segments.length === 1) return content.segments[0] ?? new Uint8Array()
  const chunks: Uint8Array[] = []
  for await (const chunk of readContent(content, 0, content.size)) chunks.push(chunk)
  return Buffer.concat(chunks)
}
