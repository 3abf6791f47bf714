import type { Json, QueryLimits } from '@sluice/core'
import type { Requests } from '../protocol.ts'
import { cellOf, isShowable } from './cells.ts'
import { Refusal } from './fence.ts'
import { literal, type Instance } from './instance.ts'
import { isRecord, parsePlan, scansOf, type Scan } from './plan.ts'

/**
 * The scans in the optimized plan of a statement of which `rows` + 1 rows are read; undefined where the plan cannot be had or is not
 * understood. A mistake in the statement itself is thrown.
 */
export async function plannedScans(instance: Instance, sql: string, rows: number): Promise<readonly Scan[] | undefined> {
  const text = await instance.value(`SELECT json_serialize_plan(${literal(sql)}, optimize := true, skip_null := true, skip_empty := true)`)
  const planned = parsePlan(String(text))
  if (!isRecord(planned)) return undefined
  if (planned['error'] === true) {
    if (planned['error_type'] === 'binder' || planned['error_type'] === 'catalog') throw bindFailure(planned, sql)
    return undefined
  }
  const plans = planned['plans']
  const [plan, second]: unknown[] = Array.isArray(plans) ? plans : []
  return second === undefined ? scansOf(plan, rows + 1) : undefined
}

function bindFailure(planned: Record<string, unknown>, sql: string): Refusal {
  const message = textOf(planned['error_message']).replaceAll('memory.main.', '')
  const bytes = Number(planned['position'])
  // The parser counts bytes.
  const position = Number.isSafeInteger(bytes) ? Buffer.from(sql).subarray(0, bytes).toString().length : undefined
  return new Refusal({ reason: 'engine.sql_invalid', message, ...(position === undefined ? {} : { position }) })
}

/** The part of a query's memory that its result may take, on its way through three processes' hands. */
const RESULT_SHARE = 4

/** About how much memory a value of JSON takes. */
function sizeOf(value: Json): number {
  if (typeof value === 'string') return value.length + 16
  if (typeof value !== 'object' || value === null) return 8
  let size = 16
  for (const part of Array.isArray(value) ? value : Object.values(value)) size += sizeOf(part)
  return size
}

/** Runs the statement and hands out its rows as they come, `limit` at most. */
export async function runQuery(
  { connection }: Instance,
  sql: string,
  { rows: limit, memoryBytes }: QueryLimits,
  onRows: (rows: Json[][]) => void,
): Promise<Requests['run']['output']> {
  const statements = await connection.extractStatements(sql)
  if (statements.count !== 1) throw new Refusal({ reason: 'engine.refused', message: 'Only one statement can be run at a time.' })
  const prepared = await statements.prepare(0)
  const result = await prepared.stream()
  const names = result.columnNames()
  const columns = result.columnTypes().map((type, index) => ({ name: names[index] ?? '', type: type.alias ?? String(type) }))
  const hidden = result.columnTypes().findIndex((type) => !isShowable(type))
  if (hidden >= 0)
    throw new Refusal({
      reason: 'engine.sql_invalid',
      message: `The column ${columns[hidden]?.name ?? ''} has fields without names, which cannot be told apart in a result.`,
      remedy: "Name them: {'first': a, 'second': b} instead of (a, b) or row(a, b).",
    })
  let left = limit
  let room = memoryBytes / RESULT_SHARE
  for (;;) {
    const chunk = await result.fetchChunk()
    if (!chunk || chunk.rowCount === 0) return { columns, truncated: false }
    const rows = chunk.getRows().map((row) => row.map(cellOf))
    room -= sizeOf(rows)
    if (room < 0) throw new Refusal({ reason: 'engine.limit_result', message: 'The rows of the result take more memory than they may.' })
    if (rows.length > left) {
      onRows(rows.slice(0, left))
      return { columns, truncated: true }
    }
    onRows(rows)
    left -= rows.length
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
