import stringWidth from 'string-width'
import type { Colour, Paint } from './paint.ts'
import { fit, pad, printable } from './text.ts'

export interface TableColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Gives way only when the others are as narrow as they get: for what is of no use when cut. */
  readonly whole?: boolean
}

/** A cell's text, coloured where told; null is drawn as a mark, so that it differs from a text that reads NULL. */
export type TableCell = string | null | { readonly text: string; readonly colour: Colour | undefined }

const GAP = '  '
const NARROWEST = 6

/**
 * Draws a table to a terminal's width: the widest columns give way first, and where even narrow columns do not fit, each row
 * becomes a block of `column: value` lines. Without a width nothing is cut.
 */
export function drawTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  options: { readonly width: number | undefined; readonly paint: Paint },
): string {
  const cells = rows.map((row) => columns.map((_column, index) => cellText(row[index] ?? null)))
  const titles = columns.map((column) => printable(column.title))
  const natural = titles.map((title, index) => Math.max(stringWidth(title), ...widthsOf(cells, index)))
  const widths = shrinkAll(columns, natural, options.width)
  if (widths === undefined) return blocks(titles, rows, options)
  const { paint } = options
  const line = (texts: readonly string[], decorate: (text: string, index: number) => string) =>
    texts
      .map((text, index) => {
        const width = widths[index] ?? 0
        const isLast = index === texts.length - 1
        const align = columns[index]?.align ?? 'left'
        const shown = fit(text, width)
        return decorate(isLast && align === 'left' ? shown : pad(shown, width, align), index)
      })
      .join(GAP)
      .trimEnd()
  const head = line(titles, (text) => paint('bold', text))
  const rule = paint('dim', widths.map((width) => '─'.repeat(width)).join(GAP))
  const body = cells.map((texts, at) => line(texts, (text, index) => painted(rows[at]?.[index] ?? null, text, paint)))
  return `${[head, rule, ...body].join('\n')}\n`
}

function* widthsOf(cells: readonly (readonly string[])[], index: number): Generator<number> {
  for (const row of cells) yield stringWidth(row[index] ?? '')
}

function cellText(cell: TableCell): string {
  if (cell === null) return 'NULL'
  return printable(typeof cell === 'string' ? cell : cell.text)
}

function painted(cell: TableCell, text: string, paint: Paint): string {
  const colour = cell === null ? 'dim' : typeof cell === 'string' ? undefined : cell.colour
  return colour === undefined ? text : paint(colour, text)
}

/** Widths that fit, the whole columns kept if they can be. */
function shrinkAll(columns: readonly TableColumn[], natural: readonly number[], width: number | undefined): readonly number[] | undefined {
  const isWhole = (index: number) => columns[index]?.whole === true
  const taken = sum(natural.map((one, index) => (isWhole(index) ? one + GAP.length : 0)))
  const others = natural.filter((_one, index) => !isWhole(index))
  const shrunk = width === undefined || others.length === 0 ? undefined : shrink(others, width - taken)
  if (shrunk === undefined) return shrink(natural, width)
  const rest = shrunk.values()
  return natural.map((one, index) => (isWhole(index) ? one : (rest.next().value ?? one)))
}

/** Widths that fit, taken from the widest first; undefined where not even the narrowest do. */
function shrink(natural: readonly number[], width: number | undefined): readonly number[] | undefined {
  if (width === undefined) return natural
  const room = width - GAP.length * (natural.length - 1)
  const least = natural.map((wanted) => Math.min(wanted, NARROWEST))
  if (sum(least) > room) return undefined
  const widths = [...natural]
  while (sum(widths) > room) {
    const widest = Math.max(...widths)
    const next = Math.max(NARROWEST, ...widths.filter((one) => one < widest))
    const many = widths.filter((one) => one === widest).length
    const surplus = sum(widths) - room
    const cut = Math.min(widest - next, Math.max(1, Math.floor(surplus / many)))
    let left = surplus
    for (const [index, one] of widths.entries()) {
      if (one !== widest || left <= 0) continue
      widths[index] = one - Math.max(cut, 1)
      left -= cut
    }
  }
  return widths
}

function blocks(
  titles: readonly string[],
  rows: readonly (readonly TableCell[])[],
  { width, paint }: { readonly width: number | undefined; readonly paint: Paint },
): string {
  const longest = Math.max(...titles.map((title) => stringWidth(title)))
  const side = Math.min(longest, Math.floor((width ?? 80) / 3))
  const texts = rows.map((row, at) => {
    const lines = titles.map((title, index) => {
      const cell = row[index] ?? null
      const room = Math.max(NARROWEST, (width ?? 80) - side - 2)
      const value = fit(cellText(cell), room)
      return `${paint('bold', pad(fit(title, side), side, 'right'))}  ${painted(cell, value, paint)}`
    })
    return `${paint('dim', `─ row ${at + 1}`)}\n${lines.join('\n')}\n`
  })
  return texts.join('')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
