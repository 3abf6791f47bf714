import type { Cell } from '@sluice/core'
import type { Dice } from './dice.ts'
import type { Family } from './kinds.ts'

/** A column as a query may name it. */
export interface ScopeColumn {
  /** Ready to be written, with its table's alias. */
  readonly sql: string
  readonly type: string
  readonly family: Family
  /** Some of its values, as literals. */
  readonly samples: readonly string[]
}

/** Something that stands in FROM. */
export interface Table {
  readonly sql: string
  readonly alias: string
  readonly columns: readonly ScopeColumn[]
}

/** What a generator of queries may use. */
export interface Scope {
  readonly dice: Dice
  /** Tables of views and of common table expressions, under a fresh alias. */
  table(): Table
  /** Whether a query may go one level deeper. */
  readonly depth: number
}

export function columnsOf(tables: readonly Table[], ...families: readonly Family[]): readonly ScopeColumn[] {
  const all = tables.flatMap((table) => table.columns)
  return families.length === 0 ? all : all.filter((column) => families.includes(column.family))
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A cell that is known to hold text. */
export function textOf(cell: Cell | undefined): string {
  return typeof cell === 'string' ? cell : ''
}
