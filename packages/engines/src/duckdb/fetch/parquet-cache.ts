import { open, type FileHandle } from 'node:fs/promises'
import { accessError, type SourceFile } from '@sluice/core'
import { damaged, type Meter } from './meter.ts'
import { normalize, requestsFor, without, type Span } from './ranges.ts'
import { readObject, writeAt } from './read.ts'

/** The footer of most files fits; a longer one takes one more request. Of many files, smaller ends are read. */
const TAIL_BYTES = 256 * 1024
const MANY_TAIL_BYTES = 64 * 1024
const MANY_FILES = 32

/** How much of the end of each file to read first, when there are this many. */
export function tailBytes(files: number): number {
  return files > MANY_FILES ? MANY_TAIL_BYTES : TAIL_BYTES
}

/** Gaps, sizes and parallelism measured on links of 40 ms and 100 MB/s: docs of this engine say how. */
const MERGE = { gap: 256 * 1024, most: 8 * 1024 * 1024, free: 32 } as const

/** A Parquet file in the cache: as long as the object, with holes where nothing was needed yet. */
export interface CachedParquet {
  readonly source: SourceFile
  readonly path: string
  /** What is there, normalized. */
  held: readonly Span[]
}

/** Brings in the end of a file, all of its footer. One request, a second one for a long footer. */
export async function fetchTail(source: SourceFile, path: string, tail: number, meter: Meter, signal: AbortSignal): Promise<CachedParquet> {
  if (source.size < 12) throw damaged(source, source.size === 0 ? 'it is empty' : 'it is too short to be Parquet')
  const handle = await open(path, 'wx+', 0o600)
  try {
    await handle.truncate(source.size)
    const start = Math.max(0, source.size - tail)
    await fetchSpan(handle, source, [start, source.size], meter, signal)
    const end = Buffer.alloc(8)
    await handle.read(end, 0, 8, source.size - 8)
    const magic = end.toString('latin1', 4)
    if (magic === 'PARE')
      throw accessError('engine.file_unsupported', {
        message: `The file ${source.filename} is encrypted.`,
        context: { file: source.filename },
      })
    if (magic !== 'PAR1') throw damaged(source, 'it does not end as Parquet does')
    const footer = source.size - 8 - end.readUInt32LE(0)
    if (footer < 4) throw damaged(source, 'its footer is longer than the file')
    if (footer < start) await fetchSpan(handle, source, [footer, start], meter, signal)
    return { source, path, held: [[Math.min(start, footer), source.size]] }
  } finally {
    await handle.close()
  }
}

/** One request to make for one file. */
export interface FetchTask {
  readonly file: CachedParquet
  readonly span: Span
}

/** The requests that bring in what is missing of `spans`. Counted against the disk before any is made. */
export function tasksFor(file: CachedParquet, spans: readonly Span[], meter: Meter): readonly FetchTask[] {
  const bounded = spans.map(([start, end]): Span => [Math.max(0, start), Math.min(file.source.size, end)])
  const missing = without(normalize(bounded.sort((a, b) => a[0] - b[0])), file.held)
  const requests = requestsFor(missing, MERGE)
  for (const [start, end] of requests) {
    meter.reserve(end - start)
    meter.bytesPlanned += end - start
  }
  file.held = normalize([...file.held, ...requests].sort((a, b) => a[0] - b[0]))
  return requests.map((span) => ({ file, span }))
}

export async function runTask({ file, span }: FetchTask, meter: Meter, signal: AbortSignal): Promise<void> {
  const handle = await open(file.path, 'r+')
  try {
    await writeAt(handle, span[0], readObject(file.source, { start: span[0], end: span[1] }, meter, signal))
  } finally {
    await handle.close()
  }
}

async function fetchSpan(handle: FileHandle, source: SourceFile, [start, end]: Span, meter: Meter, signal: AbortSignal): Promise<void> {
  meter.reserve(end - start)
  meter.bytesPlanned += end - start
  await writeAt(handle, start, readObject(source, { start, end }, meter, signal))
}
