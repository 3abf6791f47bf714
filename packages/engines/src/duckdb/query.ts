import { accessError, type Cell, type Clock, type EngineQuery, type QueryProgress, type QueryResult } from '@sluice/core'
import { fetchHeads, fetchInputs, fetchSpans, fileOf, type Fetching } from './fetch/inputs.ts'
import { checkFormat } from './formats.ts'
import { createMeter } from './fetch/meter.ts'
import type { WireRelation } from './protocol.ts'
import { StepFailure, type WorkerProcess } from './worker-process.ts'

/** Text up to this size is read in full when a preview of it fails for what its head does not show. */
const FULL_AFTER_PREVIEW = 64 * 1024 * 1024

/** Far beyond what anybody writes; parsing takes memory and stack in proportion. */
const MAX_SQL = 1_000_000

/** NDJSON up to this size is always read in full: all of its rows have a say in the columns. */
const SMALL_NDJSON = 8 * 1024 * 1024

const LATE =
  'A preview reads the first rows only. If what it lacks comes later in the files, add a WHERE or an ORDER BY: then they are read in full.'

const HEAD_ONLY =
  'Columns and types are those of the first rows: keys that come later are missing, and values that come later may give a column another type. A WHERE or an ORDER BY reads the files in full.'

/** Runs one query with a worker of its own and a folder of its own. The signal stops fetching; stopping the worker is the caller's. */
export async function runQuery(
  query: EngineQuery,
  worker: WorkerProcess,
  folder: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<QueryResult> {
  const startedAt = clock.now()
  const { sql, limits } = query
  const files = query.relations.flatMap((relation) => relation.files)
  const objectBytes = files.reduce((sum, file) => sum + file.size, 0)
  const meter = createMeter(limits.diskBytes)
  const relations = query.relations.map(wireRelation)
  const report = (phase: QueryProgress['phase'], fraction?: number) => {
    const { bytesFetched, bytesPlanned } = meter
    query.onProgress?.({ phase, bytesFetched, bytesPlanned, ...(fraction === undefined ? {} : { fraction }) })
  }
  const onFetched = () => report('fetching', meter.bytesPlanned === 0 ? 1 : Math.min(1, meter.bytesFetched / meter.bytesPlanned))
  const fetching: Fetching = { query, relations, folder, meter, onFetched, signal }

  let rows: (readonly Cell[])[] = []
  const run = (whole: boolean) => {
    rows = []
    signal.throwIfAborted()
    report('running')
    const onRows = (more: readonly (readonly Cell[])[]) => void rows.push(...more)
    return worker.request('run', { whole }, { onRows, onProgress: (fraction) => report('running', fraction) })
  }
  const done = (
    { columns, truncated }: Awaited<ReturnType<typeof run>>,
    filesPruned: number,
    warnings: readonly string[] = [],
  ): QueryResult => {
    const { bytesFetched, requests } = meter
    return {
      columns,
      rows,
      truncated,
      ...(warnings.length === 0 ? {} : { warnings }),
      stats: {
        rows: rows.length,
        bytesFetched,
        objectBytes,
        requests,
        files: files.length,
        filesPruned,
        ms: Math.round(clock.now() - startedAt),
      },
    }
  }

  checkQuery(query)
  report('planning')
  const { preview } = await worker.request('begin', { sql, folder, relations, limits })
  signal.throwIfAborted()
  const [only] = query.relations
  if (
    preview !== undefined &&
    query.relations.length === 1 &&
    only &&
    only.format.type !== 'parquet' &&
    !isSmallNdjson(only, objectBytes)
  ) {
    const wanted = Math.min(preview.limit, limits.rows + 1)
    const heads = await fetchHeads(wanted + preview.offset, fetching)
    const head = await attempt(() => run(false))
    if (head.ok && (heads.whole || rows.length >= Math.min(wanted, limits.rows))) {
      const late = !heads.whole && only.format.type === 'ndjson' && !only.positional
      return done(head.value, files.length - heads.files, late ? [HEAD_ONLY] : [])
    }
    if (!head.ok && heads.whole) throw new StepFailure(head.failure)
    // What a part of the files cannot answer, all of them may: keys that come late, rows after many blank lines.
    if (!head.ok && objectBytes > FULL_AFTER_PREVIEW) throw new StepFailure({ ...head.failure, remedy: LATE })
    // The heads are written over.
    meter.bytesStored = 0
  }

  const parquet = await fetchInputs(fetching)
  const planned = await worker.request('plan', {})
  signal.throwIfAborted()
  const wanted = planned.files.map(({ relation, file, spans }) => ({ file: fileOf(parquet, relation, file), spans }))
  await fetchSpans(wanted, fetching)
  const filesPruned = wanted.filter(({ spans }) => spans.length === 0).length

  const sliced = await attempt(() => run(false))
  if (sliced.ok) return done(sliced.value, filesPruned)
  if (sliced.failure.sliced !== true) throw new StepFailure(sliced.failure)
  // The engine wanted bytes that its plan did not show. Nothing is wrong with reading everything, only slow.
  await fetchSpans(
    [...parquet.values()].map((file) => ({ file, spans: [[0, file.source.size]] })),
    fetching,
  )
  return done(await run(true), 0)
}

function checkQuery({ sql, relations }: EngineQuery): void {
  if (sql.length > MAX_SQL)
    throw accessError('engine.refused', { message: `A query has at most ${MAX_SQL.toLocaleString('en-US')} characters.` })
  for (const { format, files } of relations) {
    checkFormat(format)
    if (files.length === 0) throw accessError('engine.no_files', { message: 'There are no files to read.' })
  }
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: StepFailure['failure'] }

function isSmallNdjson({ format, positional }: EngineQuery['relations'][number], objectBytes: number): boolean {
  return format.type === 'ndjson' && !positional && objectBytes <= SMALL_NDJSON
}

/** A step whose failure, told by the worker, may not be the end. */
async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    if (error instanceof StepFailure) return { ok: false, failure: error.failure }
    throw error
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
