import { join } from 'node:path'
import { accessError, type Cell, type Clock, type EngineQuery, type QueryProgress, type QueryResult, type SourceFile } from '@sluice/core'
import { createMeter, type Meter } from './fetch/meter.ts'
import { parallel } from './fetch/parallel.ts'
import { fetchTail, runTask, tasksFor, type CachedParquet } from './fetch/parquet-cache.ts'
import type { Span } from './fetch/ranges.ts'
import type { WireRelation } from './protocol.ts'
import { StepFailure, type WorkerProcess } from './worker-process.ts'

/** Requests that one query keeps under way at a time. */
const PARALLEL_REQUESTS = 16

/** Runs one query with a worker of its own and a folder of its own. The signal stops fetching; stopping the worker is the caller's. */
export async function runQuery(
  query: EngineQuery,
  worker: WorkerProcess,
  folder: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<QueryResult> {
  const startedAt = clock.now()
  const meter = createMeter(query.limits.diskBytes)
  const relations = query.relations.map(wireRelation)
  const report = (phase: QueryProgress['phase'], fraction?: number) =>
    query.onProgress?.({
      phase,
      bytesFetched: meter.bytesFetched,
      bytesPlanned: meter.bytesPlanned,
      ...(fraction === undefined ? {} : { fraction }),
    })

  report('planning')
  const { sql, limits } = query
  await worker.request('begin', { sql, folder, relations, limits })
  signal.throwIfAborted()
  const parquet = await fetchTails(query, relations, folder, meter, signal)
  const planned = await worker.request('plan', {})
  signal.throwIfAborted()
  const fetch = async (wanted: readonly { readonly file: CachedParquet; readonly spans: readonly Span[] }[]) => {
    const tasks = wanted.flatMap(({ file, spans }) => tasksFor(file, spans, meter))
    report('fetching')
    await parallel(
      tasks,
      PARALLEL_REQUESTS,
      async (task, stop) => {
        await runTask(task, meter, stop)
        report('fetching', meter.bytesPlanned === 0 ? 1 : meter.bytesFetched / meter.bytesPlanned)
      },
      signal,
    )
  }
  const wanted = planned.files.map(({ relation, file, spans }) => ({ file: cached(parquet, relation, file), spans }))
  await fetch(wanted)

  let rows: (readonly Cell[])[] = []
  const run = (whole: boolean) => {
    rows = []
    return worker.request(
      'run',
      { whole },
      { onRows: (more) => void (rows = rows.concat(more)), onProgress: (fraction) => report('running', fraction) },
    )
  }
  report('running')
  const { columns, truncated } = await run(false).catch(async (error: unknown) => {
    if (!(error instanceof StepFailure) || error.failure.sliced !== true) throw error
    // The engine wanted bytes that its plan did not show. Nothing is wrong with reading everything, only slow.
    await fetch([...parquet.values()].map((file) => ({ file, spans: [[0, file.source.size]] })))
    return run(true)
  })
  const files = query.relations.flatMap((relation) => relation.files)
  return {
    columns,
    rows,
    truncated,
    stats: {
      rows: rows.length,
      bytesFetched: meter.bytesFetched,
      objectBytes: files.reduce((sum, file) => sum + file.size, 0),
      requests: meter.requests,
      files: files.length,
      filesPruned: wanted.filter(({ spans }) => spans.length === 0).length,
      ms: clock.now() - startedAt,
    },
  }
}

function wireRelation({ view, files, format, positional, metadata }: EngineQuery['relations'][number], index: number): WireRelation {
  return {
    view,
    format,
    positional,
    metadata,
    files: files.map((file, number) => ({ local: `${index}-${number}.${format.type}`, size: file.size, name: file.filename })),
  }
}

type Cached = ReadonlyMap<string, CachedParquet>

function cached(parquet: Cached, relation: number, file: number): CachedParquet {
  const found = parquet.get(`${relation}-${file}`)
  if (!found) throw accessError('engine.died', { message: 'The engine answered for a file that is not in the query.' })
  return found
}

async function fetchTails(
  query: EngineQuery,
  relations: readonly WireRelation[],
  folder: string,
  meter: Meter,
  signal: AbortSignal,
): Promise<Cached> {
  const found = new Map<string, CachedParquet>()
  const sources = query.relations.flatMap((relation, index) =>
    relation.format.type === 'parquet' ? relation.files.map((source, number) => ({ source, index, number })) : [],
  )
  await parallel(
    sources,
    PARALLEL_REQUESTS,
    async ({ source, index, number }: { source: SourceFile; index: number; number: number }, stop) => {
      const local = relations[index]?.files[number]?.local ?? ''
      found.set(`${index}-${number}`, await fetchTail(source, join(folder, local), meter, stop))
    },
    signal,
  )
  return found
}
