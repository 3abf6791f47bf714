/** A table before it is drawn. */
export interface Table {
  readonly columns: readonly { readonly title: string; readonly right?: boolean }[]
  readonly rows: readonly (readonly string[])[]
}

/** Columns of equal width with a line under the titles. */
export function terminalTable({ columns, rows }: Table): string {
  const widths = columns.map(({ title }, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ right }, index) => {
        const [cell, width] = [cells[index] ?? '', widths[index] ?? 0]
        return right === true ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return [line(columns.map(({ title }) => title)), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

/** The same for a document. */
export function markdownTable({ columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [
    line(columns.map(({ title }) => title)),
    `|${columns.map(({ right }) => (right === true ? '---:' : '---')).join('|')}|`,
    ...rows.map(line),
  ].join('\n')
}
