import { hang, printable } from './text.ts'

/** `name  value` lines, the names in one column, long values broken to the terminal's width. */
export function facts(rows: readonly (readonly [string, string])[], width: number | undefined): string {
  const side = Math.max(0, ...rows.map(([name]) => name.length)) + 2
  return rows.map(([name, value]) => hang(name.padEnd(side), side, printable(value), width)).join('')
}
