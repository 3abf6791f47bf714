import { type BenchContext, type Bench, type Claim, type Row } from '../row.ts'
import type { Dataset } from '../support/dataset.ts'
import { withDuckdb } from '../support/duckdb.ts'
import { atLeast, atMost, count, megabytes, milliseconds, percent, times } from '../support/figures.ts'
import { LINK, floorMs, linkMs } from '../support/link.ts'
import { medianSample, middle, sample, spanOf, type Sample } from '../support/measure.ts'
import type { Place } from '../support/place.ts'
import { s3Place } from '../support/s3-place.ts'
import { sameRows, type Rows } from '../support/same-rows.ts'

const KEY = 'data/measurements.parquet'
/** What a reader fetches of a file first. */
const TAIL_BYTES = 256 * 1024

interface Question {
  readonly id: string
  readonly work: string
  /** `{table}` stands for the file. */
  readonly sql: string
  /** The least time the link allows. */
  readonly floorMs: number
  /** Whether the rows say something: any one row is right for a preview. */
  readonly comparable: boolean
  claims(sample: Sample): readonly Claim[]
}

function questions(dataset: Dataset, { otherwise }: Place): readonly Question[] {
  // Where the end of a file cannot be read before its size is known, the size is asked for first.
  const hops = otherwise?.readsEnds === false ? 3 : 2
  const size = `${Math.round(dataset.bytes / 1e6)} MB`
  const group = dataset.rowGroups[0]?.bytes ?? 0
  const groupRows = dataset.rows / dataset.rowGroups.length
  const column = dataset.columns['v1'] ?? 0
  const from = Math.round(groupRows * (dataset.rowGroups.length / 2 + 0.25))
  const previewFloor = floorMs(hops, group + TAIL_BYTES)
  const columnFloor = Math.max(floorMs(hops, 0), linkMs(column))
  return [
    {
      id: 'preview',
      work: `SELECT * … LIMIT 1 from ${size} of Parquet`,
      sql: 'SELECT * FROM {table} LIMIT 1',
      floorMs: previewFloor,
      comparable: false,
      claims: ({ ms, inARow, bytes }) => [
        atMost(`${hops} requests in a row`, count(inARow), hops),
        atMost(
          `one row group of bytes and the footer: ${Math.ceil((group + TAIL_BYTES) / 1e5) / 10} MB`,
          megabytes(bytes),
          (group + TAIL_BYTES) / 1e6 + 0.1,
        ),
        atMost('under 2× the floor', times(ms / previewFloor), 2),
      ],
    },
    {
      id: 'column',
      work: `avg of one column, same file`,
      sql: 'SELECT avg(v1) FROM {table}',
      floorMs: columnFloor,
      comparable: true,
      claims: ({ ms, bytes }) => [
        atMost('bytes within 2% of the column’s', percent(bytes / column - 1), 2),
        atMost(`within 1.2× of the longer of latency (${hops} × 40 ms) and link time`, times(ms / columnFloor), 1.2),
      ],
    },
    {
      id: 'range',
      work: 'range of the sorted column, same file',
      sql: `SELECT count(*), avg(v1), max(v2) FROM {table} WHERE id BETWEEN ${from} AND ${from + Math.round(groupRows / 2)}`,
      floorMs: floorMs(hops, TAIL_BYTES),
      comparable: true,
      claims: ({ bytes }) => [atMost('at most 1% of the file', percent(bytes / dataset.bytes), 1)],
    },
    {
      id: 'scan',
      work: 'every column of every row, same file',
      sql: `SELECT count(*), max(measured_at)::VARCHAR, max(id), sum(length(device)), count(DISTINCT region), avg(v1), avg(v2), avg(v3), avg(v4),
        avg(v5), avg(v6), avg(amount), sum(is_alarm::INTEGER), sum(length(trace)), sum(length(batch)) FROM {table}`,
      floorMs: floorMs(hops, dataset.bytes),
      comparable: true,
      claims: (taken) => [atLeast('95% of the link while bytes are on their way', percent(linkShare(taken)), 95)],
    },
  ]
}

/** How full the link was from the first byte of data to the last. */
function linkShare({ log }: Sample): number {
  const data = log.slice(1)
  const spans = data.map(spanOf)
  const began = Math.min(...spans.map(({ start }) => start)) + LINK.latencyMs
  const ended = Math.max(...spans.map(({ end }) => end))
  return (data.reduce((sum, entry) => sum + entry.bytesOut, 0) * 1_000) / (ended - began) / LINK.bytesPerSecond
}

/** Where the time went: the first request brings the footer, the others the data. */
function phases({ ms, endedAt, log }: Sample): string {
  const [first, ...rest] = log.map(spanOf)
  if (first === undefined || rest.length === 0) return 'one request'
  const begin = endedAt - ms
  const dataBegin = Math.min(...rest.map(({ start }) => start))
  const dataEnd = Math.max(...rest.map(({ end }) => end))
  const parts = [first.end - begin, dataBegin - first.end, dataEnd - dataBegin, endedAt - dataEnd].map((part) =>
    Math.max(0, Math.round(part)),
  )
  return `until the footer ${parts[0]} ms, plan ${parts[1]} ms, data ${parts[2]} ms, DuckDB after the last byte ${parts[3]} ms`
}

/** Queries over one large Parquet file, beside fetching it and asking DuckDB. */
export const parquet: Bench = {
  name: 'parquet',
  run: (context) => queryPlace(context, s3Place(context)),
}

/** The rows of queries in one place: all of them, or those named. */
export async function queryPlace(context: BenchContext, place: Place, only?: readonly string[]): Promise<readonly Row[]> {
  const { lab, progress } = context
  const dataset = await context.dataset()
  await place.putFile(KEY, dataset.file)
  const { connection } = place
  await query(
    context,
    `CREATE STAGE ${connection} URL = '${place.url}' CONNECTION = (CONNECTION_NAME = '${connection}') FILE_FORMAT = (TYPE = PARQUET)`,
  )
  await lab.call('setLink', LINK)
  const asked = questions(dataset, place).filter(({ id }) => only === undefined || only.includes(id))
  const instead = await downloadAndAsk(context, place, asked)
  progress(`the first query of a process${place.where}`)
  const cold = await sample(lab, async () => void (await query(context, `SELECT * FROM @${connection}/measurements.parquet LIMIT 1`)))
  const rows: Row[] = []
  for (const question of asked) rows.push(await ask(context, place, question, instead.get(question.id)))
  return rows.map((row) =>
    row.id.endsWith('preview')
      ? { ...row, notes: [`first query of a process, STS call and engine start included: ${Math.round(cold.ms)} ms`, ...row.notes] }
      : row,
  )
}

interface Instead {
  readonly downloadMs: number
  readonly queryMs: number
  readonly rows: Rows
}

async function ask(context: BenchContext, place: Place, question: Question, instead: Instead | undefined): Promise<Row> {
  const { lab, runs, progress } = context
  progress(`${question.work}${place.where}`)
  let rows: Rows = []
  const measured = await medianSample(lab, runs, async () => {
    rows = await query(context, question.sql.replace('{table}', `@${place.connection}/measurements.parquet`))
  })
  if (instead && question.comparable && !sameRows(rows, instead.rows))
    throw new Error(`${question.id}: Sluice answered ${JSON.stringify(rows)}, DuckDB on the whole file ${JSON.stringify(instead.rows)}`)
  const { ms, requests, inARow, bytes, ownProcessorMs, labProcessorMs } = measured
  return {
    id: `${place.prefix}parquet-${question.id}`,
    work: `${question.work}${place.where}`,
    sluice: milliseconds(ms),
    requests,
    inARow,
    bytes,
    floorMs: question.floorMs,
    ...(instead === undefined
      ? {}
      : { instead: { what: `download with ${place.client}, then DuckDB`, took: milliseconds(instead.downloadMs + instead.queryMs) } }),
    claims: question.claims(measured),
    notes: [
      phases(measured),
      `processor: ${Math.round(ownProcessorMs)} ms here, ${Math.round(labProcessorMs)} ms in the lab`,
      ...(instead === undefined ? [] : [`DuckDB on the local file: ${Math.round(instead.queryMs)} ms`]),
    ],
  }
}

async function query({ installation, signal }: BenchContext, sql: string): Promise<Rows> {
  let rows: Rows = []
  for await (const result of installation.sql.run(installation.caller, { sql }, signal)) rows = result.rows
  return rows
}

/** Each download and each query is the median of its own runs. */
async function downloadAndAsk(context: BenchContext, place: Place, asked: readonly Question[]): Promise<ReadonlyMap<string, Instead>> {
  const { lab, runs, progress } = context
  progress(`the same without Sluice: download with ${place.client}, then DuckDB`)
  const times = new Map<string, { readonly ms: number; readonly rows: Rows }[]>(asked.map(({ id }) => [id, []]))
  const downloads: number[] = []
  for (let run = 0; run < Math.min(runs, 3); run++) {
    const begin = performance.now()
    await place.withDownload(KEY, async (file) => {
      downloads.push(performance.now() - begin)
      for (const { id, sql } of asked)
        await withDuckdb(async (local) => {
          const start = performance.now()
          const rows = await local(sql.replace('{table}', `'${file}'`))
          times.get(id)?.push({ ms: performance.now() - start, rows })
        })
    })
  }
  await lab.call('forgetRequests')
  const downloadMs = middle(downloads, (ms) => ms)
  return new Map(
    [...times].map(([id, taken]) => {
      const { ms, rows } = middle(taken, (one) => one.ms)
      return [id, { downloadMs, queryMs: ms, rows }]
    }),
  )
}
