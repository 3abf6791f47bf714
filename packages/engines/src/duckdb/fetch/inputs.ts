import { join } from 'node:path'
import { open } from 'node:fs/promises'
import { accessError, type EngineQuery, type SourceFile } from '@sluice/core'
import type { WireRelation } from '../protocol.ts'
import type { Meter } from './meter.ts'
import { parallel } from './parallel.ts'
import { fetchTail, runTask, tailBytes, tasksFor, type CachedParquet, type FetchTask } from './parquet-cache.ts'
import type { Span } from './ranges.ts'
import { compressionOf, fetchDecompressed, fetchHead, type TextFile } from './text-cache.ts'

/** Requests that one query keeps under way at a time. */
const PARALLEL_REQUESTS = 16

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

/** Brings in the heads of text files, one file after another, until they hold `wanted` records. Says how many files that took. */
export async function fetchHeads(wanted: number, fetching: Fetching): Promise<number> {
  let records = 0
  let files = 0
  for (const { source, path, relation } of located(fetching)) {
    if (source.size === 0) continue
    if (records >= wanted) break
    files++
    // The header of a file is a record that is no row.
    const header = relation.positional || relation.format.type === 'ndjson' ? 0 : 1
    records +=
      (await fetchHead({ source, path, format: relation.format }, wanted - records + header, fetching.meter, fetching.signal)) - header
    fetching.onFetched()
  }
  return files
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
