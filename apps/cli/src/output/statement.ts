import type { StatementView } from '@sluice/api'
import type { Cell } from '@sluice/core'
import type { Paint } from './paint.ts'
import { drawTable } from './table.ts'
import { bytes, printable } from './text.ts'

const NUMERIC =
  /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT|FLOAT|DOUBLE|REAL|DECIMAL|INT\d*)\b/i

/** The result of one statement for people: its message or its rows as a table, and a line of figures. */
export function describeStatement(
  result: StatementView,
  width: number | undefined,
  paint: Paint,
): { readonly body: string; readonly figures: string } {
  const message = result.message === undefined ? '' : `${printable(result.message)}\n`
  const table = result.kind === 'rows' ? tableOf(result, width, paint) : ''
  return { body: message + table, figures: figuresOf(result) }
}

function tableOf(result: StatementView, width: number | undefined, paint: Paint): string {
  const columns = result.columns.map(({ name, type }) => ({
    title: name,
    align: NUMERIC.test(type) ? ('right' as const) : ('left' as const),
  }))
  return drawTable(
    columns,
    result.rows.map((row) => row.map(cellText)),
    { width, paint },
  )
}

function figuresOf(result: StatementView): string {
  const { stats } = result
  const count = `${result.rows.length} row${result.rows.length === 1 ? '' : 's'}${result.truncated ? ' (cut: there are more)' : ''}`
  if (stats !== undefined)
    return `${count} · ${Math.round(stats.ms)} ms · ${bytes(stats.bytesFetched)} of ${bytes(stats.objectBytes)} fetched\n`
  return result.kind === 'rows' ? `${count}\n` : ''
}

function cellText(cell: Cell): string | null {
  if (cell === null) return null
  return typeof cell === 'string' ? cell : typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
}
