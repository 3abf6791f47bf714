import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { createMemoryStore } from '@sluice/conformance'
import type { Cell, FileFormat, Relation } from '@sluice/core'
import { cellOf } from '../../../src/duckdb/worker/cells.ts'
import { literal, quote, textOf } from './scope.ts'
import type { TextPlan } from './text-plan.ts'
import type { Answer } from './world.ts'

/** Text files in a store for the engine, and whole and local for plain DuckDB. */
export interface TextWorld {
  /** The relation, called t, with METADATA columns or without. */
  relation(metadata: boolean): Relation
  /** All that plain DuckDB reads: the rows in order, and for each the name of its file and its number therein. */
  readAll(): Promise<Answer & { readonly places: readonly (readonly [file: string, row: number])[] }>
  close(): Promise<void>
}

export async function openTextWorld({ format, files, positional }: TextPlan): Promise<TextWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-text-'))
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  const store = createMemoryStore()
  const paths: string[] = []
  const sources = []
  for (const { name, text } of files) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    const { key, size, etag } = store.set(name, packed(text, format))
    // Empty files are left out by both: there is no row and no column in them.
    if (text !== '') paths.push(path)
    sources.push({ store, key, size: text === '' ? 0 : size, etag, filename: name })
  }
  const readable = sources.filter(({ size }) => size > 0)

  return {
    relation: (metadata) => ({ view: 't', files: readable, format, positional, metadata: { filename: metadata, rowNumber: metadata } }),
    async readAll() {
      const list = `[${paths.map(literal).join(', ')}]`
      const scan =
        format.type === 'ndjson'
          ? json(list, paths.length, positional)
          : csv(list, format, positional ? fieldsOf(files, format) : undefined)
      const described = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${scan}`)).getRows()
      const shown = described.map(([name, type]) => trimmed(quote(String(name)), type === 'VARCHAR' && format.trimSpace === true))
      const columns = positional && format.type === 'ndjson' ? 'json AS "$1"' : shown.join(', ')
      const result = await connection.runAndReadAll(`SELECT ${columns}, filename AS "the file" FROM ${scan}`)
      const names = result.columnNames().slice(0, -1)
      const rows = result.getRows().map((row) => row.map(cellOf))
      const seen = new Map<Cell, number>()
      const places = rows.map((row): [string, number] => {
        const file = row.at(-1) ?? null
        const number = seen.get(file) ?? 0
        seen.set(file, number + 1)
        return [textOf(file).slice(folder.length + 1), number]
      })
      const types = result.columnTypes()
      return {
        columns: names.map((name, index) => ({ name, type: types[index]?.alias ?? String(types[index]) })),
        rows: rows.map((row) => row.slice(0, -1)),
        places,
      }
    },
    async close() {
      connection.closeSync()
      instance.closeSync()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function packed(text: string, { compression }: FileFormat): Uint8Array {
  const bytes = Buffer.from(text)
  if (compression === 'gzip') return Uint8Array.from(gzipSync(bytes, { level: 1 }))
  return compression === 'zstd' ? Uint8Array.from(zstdCompressSync(bytes)) : Uint8Array.from(bytes)
}

function json(list: string, files: number, positional: boolean): string {
  const options = `${list}, format = 'newline_delimited'`
  return positional ? `read_json_objects(${options})` : `read_json(${options}, sample_size = -1, union_by_name = ${files > 1})`
}

function csv(list: string, format: FileFormat, fields: number | undefined): string {
  const tsv = format.type === 'tsv'
  const mark = tsv ? '' : (format.quote ?? '"')
  const backslash = format.escape === '\\'
  const { skipHeader } = format
  const nothing = format.nullDisplay ?? (backslash ? '' : '\\N')
  const newline = format.recordDelimiter === '\r\n' ? "'\\r\\n'" : format.recordDelimiter === '\r' ? "'\\r'" : undefined
  const columns = Array.from({ length: fields ?? 0 }, (_, index) => `'$${index + 1}': 'VARCHAR'`)
  return `read_csv(${[
    list,
    `delim = ${literal(format.fieldDelimiter ?? (tsv ? '\t' : ','))}`,
    `quote = ${literal(mark)}`,
    `escape = ${literal(backslash ? '\\' : mark)}`,
    `nullstr = [${[...new Set([nothing, ''])].map(literal).join(', ')}]`,
    'allow_quoted_nulls = false',
    "comment = ''",
    ...(newline === undefined ? [] : [`new_line = ${newline}`]),
    ...(fields === undefined
      ? skipHeader === undefined
        ? []
        : [`header = ${skipHeader > 0}`, `skip = ${Math.max(0, skipHeader - 1)}`]
      : ['auto_detect = false', 'header = false', `skip = ${skipHeader ?? 0}`, `columns = {${columns.join(', ')}}`]),
  ].join(', ')})`
}

/** The number of fields of the first record, found by the plainest means: the lines of the generator hold no quoted delimiter in the first. */
function fieldsOf(files: TextPlan['files'], format: FileFormat): number {
  const delimiter = format.fieldDelimiter ?? (format.type === 'tsv' ? '\t' : ',')
  const text = files.find((file) => file.text !== '')?.text.replace(/^\ufeff/, '') ?? ''
  const lines = text.split(/\r\n|\n|\r/)
  const first = lines.slice(format.skipHeader ?? 0).find((line) => line !== '') ?? ''
  const mark = format.type === 'tsv' ? undefined : (format.quote ?? '"')
  let open = false
  let fields = 1
  for (const character of first) {
    if (character === mark) open = !open
    else if (character === delimiter && !open) fields++
  }
  return fields
}

function trimmed(column: string, trims: boolean): string {
  return trims ? `trim(${column}, ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)) AS ${column}` : column
}
