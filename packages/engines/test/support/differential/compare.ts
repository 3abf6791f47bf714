import type { Cell } from '@sluice/core'
import type { Answer } from './world.ts'

/** What differs between two answers, or undefined where they are the same; rows are compared in order only where there is one. */
export function difference(got: Answer, wanted: Answer, ordered: boolean): string | undefined {
  const [columns, expected] = [JSON.stringify(got.columns), JSON.stringify(wanted.columns)]
  if (columns !== expected) return `columns ${columns} instead of ${expected}`
  if (got.rows.length !== wanted.rows.length)
    return `${got.rows.length} rows instead of ${wanted.rows.length}: ${shown(got.rows)} / ${shown(wanted.rows)}`
  const [left, right] = [texts(got.rows, ordered), texts(wanted.rows, ordered)]
  const at = left.findIndex((row, index) => row !== right[index])
  return at < 0 ? undefined : `row ${at}: ${left[at]} instead of ${right[at]}`
}

function texts(rows: Answer['rows'], ordered: boolean): readonly string[] {
  const all = rows.map((row) => JSON.stringify(row.map(rounded)))
  return ordered ? all : all.toSorted()
}

/** Sums of fractions depend on the order in which they are added up. */
function rounded(cell: Cell): Cell {
  if (typeof cell === 'number') return Number.isInteger(cell) ? cell : Number(cell.toPrecision(12))
  return cell
}

function shown(rows: Answer['rows']): string {
  const text = JSON.stringify(rows.slice(0, 5))
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
