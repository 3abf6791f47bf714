import type { FileHandle } from 'node:fs/promises'
import { accessError, type ByteRange, type SourceFile } from '@sluice/core'
import type { Meter } from './meter.ts'

/** The bytes of a file, in the range asked for, from the version first seen. Counted as they come. */
export async function* readObject(
  file: SourceFile,
  range: ByteRange | undefined,
  meter: Meter,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  meter.requests++
  const request = {
    ifMatch: file.etag,
    ...(range === undefined ? {} : { range }),
    ...(file.versionId === undefined ? {} : { versionId: file.versionId }),
  }
  const { info, body, length } = await file.store.get(file.key, request, signal)
  // A store that ignores the condition must not mix two versions into one result.
  if (info.etag !== file.etag || info.size !== file.size) throw changed(file)
  const expected = lengthOf(range, file.size)
  if (length !== expected) throw changed(file)
  let received = 0
  for await (const chunk of body) {
    signal.throwIfAborted()
    received += chunk.length
    meter.bytesFetched += chunk.length
    if (received > expected) throw changed(file)
    yield chunk
  }
  if (received !== expected)
    throw accessError('network.truncated', { message: `Reading ${file.filename} ended after ${received} of ${expected} bytes.` })
}

function lengthOf(range: ByteRange | undefined, size: number): number {
  if (range === undefined) return size
  return 'suffix' in range ? Math.min(range.suffix, size) : Math.min(range.end, size) - range.start
}

function changed(file: SourceFile) {
  return accessError('object.changed', {
    message: `The file ${file.filename} was replaced while the query was reading it.`,
    context: { file: file.filename },
  })
}

/** Writes a stream into a local file from `offset` on. Nothing is held but the chunk at hand. */
export async function writeAt(handle: FileHandle, offset: number, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  let at = offset
  for await (const chunk of chunks) {
    let written = 0
    while (written < chunk.length) {
      const { bytesWritten } = await handle.write(chunk, written, chunk.length - written, at + written)
      written += bytesWritten
    }
    at += chunk.length
  }
  return at - offset
}
