import { join } from 'node:path'
import { open } from 'node:fs/promises'
import { accessError, type EngineQuery, type SourceFile } from '@sluice/core'
import type { WireRelation } from '../protocol.ts'
import type { Meter } from './meter.ts'
import { parallel } from './parallel.ts'
import { fetchTail, runTask, tailBytes, tasksFor, type CachedParquet, type FetchTask } from './parquet-cache.ts'
import type { Span } from './ranges.ts'
import { compressionOf, fetchDecompressed, fetchHead, HEAD_BYTES, type TextFile } from './text-cache.ts'

/** Requests that one query keeps under way at a time. */
const PARALLEL_REQUESTS = 32

/** The Parquet files of a query in its folder, by relation and file. */
export type ParquetFiles = ReadonlyMap<string, CachedParquet>

/** What fetching needs to know of a query. */
export interface Fetching {
  readonly query: EngineQuery
  readonly relations: readonly WireRelation[]
  readonly folder: string
  readonly meter: Meter
  /** Called after each request. */
  readonly onFetched: () => void
  readonly signal: AbortSignal
}

interface Located {
  readonly source: SourceFile
  readonly path: string
  readonly key: string
  readonly relation: EngineQuery['relations'][number]
}

function located({ query, relations, folder }: Fetching): readonly Located[] {
  return query.relations.flatMap((relation, index) =>
    relation.files.map((source, number) => ({
      source,
      relation,
      key: `${index}-${number}`,
      path: join(folder, relations[index]?.files[number]?.local ?? ''),
    })),
  )
}

/** Brings in what a plan needs: the footers of Parquet files, and all of every text file. */
export async function fetchInputs(fetching: Fetching): Promise<ParquetFiles> {
  const { meter } = fetching
  const parquet = new Map<string, CachedParquet>()
  const tasks: Task[] = []
  const files = located(fetching)
  const tail = tailBytes(files.length)
  for (const { source, path, key, relation } of files) {
    const text: TextFile = { source, path, format: relation.format }
    if (relation.format.type === 'parquet')
      tasks.push(async (stop) => void parquet.set(key, await fetchTail(source, path, tail, meter, stop)))
    else if (source.size > 0 && compressionOf(text) !== 'none') tasks.push((stop) => fetchDecompressed(text, meter, stop))
    else if (source.size > 0) tasks.push(...(await wholeFile(source, path, meter)))
  }
  await runAll(tasks, fetching)
  return parquet
}

/** Brings in the named bytes of Parquet files. */
export async function fetchSpans(
  wanted: readonly { readonly file: CachedParquet; readonly spans: readonly Span[] }[],
  fetching: Fetching,
): Promise<void> {
  const tasks: FetchTask[] = wanted.flatMap(({ file, spans }) => tasksFor(file, spans, fetching.meter))
  await runAll(
    tasks.map(
      (task): Task =>
        (stop) =>
          runTask(task, fetching.meter, stop),
    ),
    fetching,
  )
}

/** What was brought in of the text files of a preview. */
export interface Heads {
  readonly files: number
  /** Whether that is everything there is. */
  readonly whole: boolean
}

/**
 * Brings in the heads of text files, in order, until they hold `wanted` rows and all that the engine finds header and types by: types
 * of a preview are those of the whole files. Small files come side by side.
 */
export async function fetchHeads(wanted: number, fetching: Fetching): Promise<Heads> {
  const { meter, signal, onFetched } = fetching
  const files = located(fetching).filter(({ source }) => source.size > 0)
  let rows = 0
  let read = 0
  let whole = true
  while (read < files.length && (rows < wanted || read === 0)) {
    const wave = nextWave(files.slice(read), read === 0)
    const heads = await Promise.all(
      wave.map(async ({ source, path, relation }) => {
        // The header of a file is a record that is no row.
        const header = isTyped(relation) ? 1 : 0
        const records = Math.max(wanted - rows, isTyped(relation) ? SAMPLE_RECORDS : 0) + header
        const head = await fetchHead({ source, path, format: relation.format }, records, meter, signal)
        onFetched()
        return { rows: Math.max(0, head.records - header), whole: head.whole }
      }),
    )
    read += wave.length
    for (const head of heads) {
      rows += head.rows
      whole &&= head.whole
    }
  }
  return { files: read, whole: whole && read === files.length }
}

/** Records in which DuckDB finds header and types: its default of 20,480 rows, and some more for those that it does not count. */
const SAMPLE_RECORDS = 12 * 2048
/** Files that it looks at before it settles on them. */
const SAMPLE_FILES = 10

/** Whether names and types are found by a sample of the rows. */
function isTyped(relation: EngineQuery['relations'][number]): boolean {
  return !relation.positional && relation.format.type !== 'ndjson'
}

/** The next file, and those after it that are small or at first wanted for the sample. */
function nextWave(files: readonly Located[], first: boolean): readonly Located[] {
  const sampled = first && files.some(({ relation }) => isTyped(relation)) ? SAMPLE_FILES : 1
  let size = 0
  const end = files.findIndex(({ source }, index) => {
    size += source.size
    return index >= sampled && (size > HEAD_BYTES || index >= SAMPLE_FILES)
  })
  return end < 0 ? files : files.slice(0, end)
}

/** The Parquet file that a worker speaks of. */
export function fileOf(parquet: ParquetFiles, relation: number, file: number): CachedParquet {
  const found = parquet.get(`${relation}-${file}`)
  if (!found) throw accessError('engine.died', { message: 'The engine answered for a file that is not in the query.' })
  return found
}

type Task = (signal: AbortSignal) => Promise<void>

async function wholeFile(source: SourceFile, path: string, meter: Meter): Promise<readonly Task[]> {
  const handle = await open(path, 'w', 0o600)
  await handle.close()
  return tasksFor({ source, path, held: [] }, [[0, source.size]], meter).map((task) => (stop) => runTask(task, meter, stop))
}

async function runAll(tasks: readonly Task[], { onFetched, signal }: Fetching): Promise<void> {
  const run = async (task: Task, stop: AbortSignal) => {
    await task(stop)
    onFetched()
  }
  await parallel(tasks, PARALLEL_REQUESTS, run, signal)
}
