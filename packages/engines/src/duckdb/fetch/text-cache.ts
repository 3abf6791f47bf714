import { open, type FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import { isAccessError, type FileFormat, type SourceFile } from '@sluice/core'
import { countLines, countRecords, dialectOf, type RecordCounter } from '../records.ts'
import { damaged, type Meter } from './meter.ts'
import { readObject } from './read.ts'

/** The first bytes that a preview reads of a file. */
export const HEAD_BYTES = 1024 * 1024

/** A text file to bring in, decompressed on the way. */
export interface TextFile {
  readonly source: SourceFile
  readonly path: string
  readonly format: FileFormat
}

type Compression = 'none' | 'gzip' | 'zstd'

/** `auto` goes by the extension. */
export function compressionOf(file: TextFile): Compression {
  if (file.format.compression !== 'auto') return file.format.compression
  const key = file.source.key.toLowerCase()
  return key.endsWith('.gz') ? 'gzip' : key.endsWith('.zst') ? 'zstd' : 'none'
}

/** Brings in a compressed file as a whole. What comes out of it counts against the disk, so a small file cannot fill it. */
export async function fetchDecompressed(file: TextFile, meter: Meter, signal: AbortSignal): Promise<void> {
  meter.bytesPlanned += file.source.size
  await written(file, async (handle) => {
    await store(handle, decompressed(file, readObject(file.source, undefined, meter, signal), false), meter, undefined)
  })
}

/** What was brought in of a file. */
export interface Head {
  readonly records: number
  /** Whether that is all of it. */
  readonly whole: boolean
}

/**
 * Brings in the first complete records of a file, at least `wanted` of them where it has as many.
 * The first megabyte in any case; more, as much as the records so far promise, until there are enough.
 */
export async function fetchHead(file: TextFile, wanted: number, meter: Meter, signal: AbortSignal): Promise<Head> {
  const { source, format } = file
  const newCounter = () => (format.type === 'ndjson' ? countLines() : countRecords(dialectOf(format), format.skipHeader ?? 0))
  const compressed = compressionOf(file) !== 'none'
  if (source.size > HEAD_BYTES) {
    const counter = newCounter()
    const progress = { end: 0 }
    await written(file, async (handle) => {
      const bytes = headBytes(source, progress, () => wanted / counter.records, meter, signal)
      await store(handle, decompressed(file, bytes, true), meter, counter)
      // What was cut off in the middle of a record is not shown.
      if (progress.end < source.size) await handle.truncate(counter.complete)
    })
    // A decoder that may stop early does not notice a damaged end: that takes another reading, of the whole file.
    if (progress.end < source.size) return { records: counter.records, whole: false }
    if (!compressed) return { records: lastToo(counter), whole: true }
  }
  const counter = newCounter()
  meter.bytesPlanned += source.size
  await written(file, async (handle) => {
    await store(handle, decompressed(file, readObject(source, undefined, meter, signal), false), meter, counter)
  })
  return { records: lastToo(counter), whole: true }
}

/** A last record needs no newline. */
function lastToo(counter: RecordCounter): number {
  return counter.pending ? counter.records + 1 : counter.records
}

/** `factor` says how many times more records are wanted than came of the bytes so far. */
async function* headBytes(
  source: SourceFile,
  progress: { end: number },
  factor: () => number,
  meter: Meter,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let more = HEAD_BYTES; more > 0 && progress.end < source.size; more = furtherBytes(progress.end, factor())) {
    const start = progress.end
    const end = Math.min(source.size, start + more)
    meter.bytesPlanned += end - start
    yield* readObject(source, { start, end }, meter, signal)
    progress.end = end
  }
}

/** A little more than what the records so far promise, since they may become longer; not much more at a time, since they may be odd. */
function furtherBytes(sofar: number, factor: number): number {
  if (factor <= 1) return 0
  return Math.max(HEAD_BYTES, Math.min(sofar * 4, Math.ceil(sofar * (factor * 1.05 - 1))))
}

async function written(file: TextFile, work: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(file.path, 'w', 0o600)
  try {
    await work(handle)
  } finally {
    await handle.close()
  }
}

async function store(
  handle: FileHandle,
  chunks: AsyncIterable<Uint8Array>,
  meter: Meter,
  counter: RecordCounter | undefined,
): Promise<void> {
  for await (const chunk of chunks) {
    meter.reserve(chunk.length)
    await handle.writeFile(chunk)
    counter?.push(chunk)
  }
}

/** `partial`: the stream may end early, and what came until then is right. */
async function* decompressed(file: TextFile, bytes: AsyncGenerator<Uint8Array>, partial: boolean): AsyncGenerator<Uint8Array> {
  const compression = compressionOf(file)
  if (compression === 'none') {
    yield* bytes
    return
  }
  const source = Readable.from(bytes)
  const decoder =
    compression === 'gzip'
      ? createGunzip(partial ? { finishFlush: constants.Z_SYNC_FLUSH } : {})
      : createZstdDecompress(partial ? { finishFlush: constants.ZSTD_e_continue } : {})
  source.once('error', (error) => decoder.destroy(error))
  try {
    // The decoder is a stream of buffers, which its type does not say.
    yield* source.pipe(decoder) as AsyncIterable<Uint8Array>
  } catch (error) {
    if (isAccessError(error) || (error instanceof Error && error.name === 'AbortError')) throw error
    throw damaged(file.source, `it is not valid ${compression}, or it is cut short`, error)
  } finally {
    source.destroy()
    decoder.destroy()
  }
}
