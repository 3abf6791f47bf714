import type { FileFormat } from '@sluice/core'
import type { Dice } from './dice.ts'

/** Text files to be made, and how they are to be read. */
export interface TextPlan {
  readonly format: FileFormat
  readonly files: readonly { readonly name: string; readonly text: string }[]
  readonly positional: boolean
}

type Make = (row: number) => string

const WORDS = [
  '',
  'a',
  'Ann',
  'one, two',
  'say "hi"',
  "it's",
  'line\nbreak',
  ' blank ',
  'ünï',
  '漢字',
  '\u{1f600}',
  '\\',
  'a;b|c',
  '#x',
  '-',
  'NULL',
  'true',
  '0',
]

/** What a column holds; the last ones change their mind late. */
function column(dice: Dice, rows: number): Make {
  const late = dice.below(Math.max(1, rows))
  const salt = dice.below(1000)
  const some = (row: number, most: number) => (Math.imul(row + salt, 0x9e3779b1) >>> 8) % most
  return dice.pick<Make>([
    (row) => String(row),
    (row) => String(some(row, 1000) - 500),
    (row) => `${some(row, 100)}.${some(row, 90) + 10}`,
    (row) => (some(row, 2) === 0 ? 'true' : 'false'),
    (row) => `2020-0${1 + some(row, 9)}-1${some(row, 9)}`,
    (row) => `2020-01-0${1 + some(row, 9)} 10:00:0${some(row, 9)}`,
    (row) => `1${some(row, 10)}:30:00`,
    (row) => WORDS[some(row, WORDS.length)] ?? '',
    (row) => (some(row, 3) === 0 ? '' : 'x'.repeat(some(row, 40))),
    (row) => (some(row, 4) === 0 ? '\\N' : String(some(row, 50))),
    () => '',
    (row) => (row < late ? String(row) : 'late'),
    (row) => (row < late ? String(row) : `${row}.5`),
    (row) => (row < late ? '' : String(row)),
  ])
}

/** Many short rows, or files longer than the head that a preview reads. */
export function planText(dice: Dice): TextPlan {
  const type = dice.pick(['csv', 'csv', 'csv', 'tsv', 'ndjson'] as const)
  const isLong = dice.chance(12)
  const count = dice.chance(60) ? 1 : dice.between(2, 4)
  const positional = dice.chance(30)
  const compression = dice.pick(['auto', 'auto', 'gzip', 'zstd'] as const)
  const rows = () => (isLong ? dice.pick([3000, 12_000, 30_000]) : dice.pick([0, 1, 2, 5, 40]))
  const padding = isLong ? dice.pick([20, 120, 400]) : 0
  if (type === 'ndjson')
    return { format: { type, compression }, positional, files: named(count, '.ndjson', () => ndjson(dice, rows(), padding)) }
  const options = csvOptions(dice, type)
  const format: FileFormat = { type, compression, ...options }
  const header = (options.skipHeader ?? 0) > 0 || dice.chance(70)
  const names = Array.from({ length: dice.between(1, 5) }, (_, index) => dice.pick([`c${index}`, `Col ${index}`, `n${index}`, `ü${index}`]))
  const columns = names.map(() => column(dice, 30))
  const files = named(count, `.${type}`, () => {
    const own = dice.chance(85) ? columns : columns.map(() => column(dice, 30))
    return csvText(dice, format, header ? names : undefined, own, rows(), padding)
  })
  return { format, positional, files }
}

function named(count: number, extension: string, make: () => string): TextPlan['files'] {
  return Array.from({ length: count }, (_, index) => ({
    name: index % 2 === 0 ? `${index}${extension}` : `dir/it's ${index}${extension}`,
    text: make(),
  }))
}

function csvOptions(dice: Dice, type: 'csv' | 'tsv'): Partial<FileFormat> {
  return {
    ...(dice.chance(25) ? { fieldDelimiter: dice.pick([';', '|', '\t', ',', '§']) } : {}),
    ...(dice.chance(15) ? { recordDelimiter: dice.pick(['\n', '\r\n', '\r']) } : {}),
    ...(dice.chance(40) ? { skipHeader: dice.pick([0, 1, 1, 1, 2]) } : {}),
    ...(dice.chance(10) ? { nullDisplay: dice.pick(['NULL', '-', '']) } : {}),
    ...(dice.chance(10) ? { trimSpace: true } : {}),
    ...(type === 'csv' && dice.chance(15) ? { quote: "'" } : {}),
    ...(type === 'csv' && dice.chance(15) ? { escape: '\\' } : {}),
  }
}

function csvText(
  dice: Dice,
  format: FileFormat,
  names: readonly string[] | undefined,
  columns: readonly Make[],
  rows: number,
  padding: number,
): string {
  const newline = format.recordDelimiter ?? dice.pick(['\n', '\n', '\n', '\r\n', '\r'])
  const tsv = format.type === 'tsv'
  const delimiter = format.fieldDelimiter ?? (tsv ? '\t' : ',')
  const quote = tsv ? '' : (format.quote ?? '"')
  const style = dice.below(3)
  const field = (value: string) => quoted(value, quote, format.escape, delimiter, style === 0 || (style === 1 && value.length % 2 === 1))
  const record = (values: readonly string[]) => values.map(field).join(delimiter)
  const lines: string[] = []
  const skipped = Math.max(0, (format.skipHeader ?? 0) - 1)
  for (let line = 0; line < skipped; line++) lines.push('a title')
  if (names) lines.push(record(names))
  for (let row = 0; row < rows; row++)
    lines.push(record([...columns.map((make) => make(row)), ...(padding > 0 ? ['p'.repeat(padding)] : [])]))
  if (dice.chance(10)) lines.splice(dice.below(lines.length + 1), 0, '')
  if (dice.chance(4)) lines.splice(dice.below(lines.length + 1), 0, record(['one', 'more', 'than', 'there', 'should', 'be', 'here']))
  return `${dice.chance(10) ? '\ufeff' : ''}${lines.join(newline)}${dice.chance(80) ? newline : ''}`
}

function quoted(value: string, quote: string, escape: string | undefined, delimiter: string, always: boolean): string {
  // TSV has no way to write these.
  if (quote === '') return value.replaceAll(delimiter, ' ').replaceAll('\n', ' ')
  const needs = always || value.includes(delimiter) || value.includes(quote) || value.includes('\n') || value.startsWith(' ')
  if (!needs) return value
  const inner =
    escape === '\\' ? value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) : value.replaceAll(quote, `${quote}${quote}`)
  return `${quote}${inner}${quote}`
}

function ndjson(dice: Dice, rows: number, padding: number): string {
  const names = Array.from({ length: dice.between(1, 4) }, (_, index) => dice.pick([`a${index}`, `k ${index}`, `é${index}`]))
  const makers = names.map(() => column(dice, 30))
  const nested = dice.chance(40)
  const lines = Array.from({ length: rows }, (_, row) => {
    const entries = names.flatMap((name, index): [string, unknown][] => {
      const text = makers[index]?.(row) ?? ''
      if ((row + index) % 7 === 3) return []
      return [[name, /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text === 'true' ? true : text === '' ? null : text]]
    })
    const more = nested ? { o: { x: row, ...(row % 3 === 0 ? { y: 'z' } : {}) }, l: [row, null] } : {}
    return JSON.stringify({ ...Object.fromEntries(entries), ...more, ...(padding > 0 ? { pad: 'p'.repeat(padding) } : {}) })
  })
  if (dice.chance(10)) lines.splice(dice.below(lines.length + 1), 0, '')
  return `${lines.join('\n')}${dice.chance(80) ? '\n' : ''}`
}
