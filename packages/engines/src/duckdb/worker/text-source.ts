import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBTypeId } from '@duckdb/node-api'
import type { WireFile, WireRelation } from '../protocol.ts'
import { countRecords, dialectOf, type Dialect } from '../records.ts'
import { Refusal } from './fence.ts'
import { identifier, literal, type Instance } from './instance.ts'
import { nameOf, refuseHidden } from './metadata.ts'

/**
 * The SELECT over a relation of CSV, TSV or NDJSON files as they are in the folder now, whole or only their heads.
 *
 * By name: header and types are found as DuckDB finds them, from its sample; NDJSON has every key that occurs.
 * By position: every field is a string; of NDJSON, `$1` is the whole row.
 */
export async function textSource(instance: Instance, folder: string, relation: WireRelation): Promise<string> {
  const files = await present(folder, relation.files)
  const [first] = files
  if (!first) throw empty(relation)
  const paths = files.map((file) => join(folder, file.local))
  const source =
    relation.format.type === 'ndjson' ? ndjson(relation, files.length > 1) : await csv(instance, join(folder, first.local), relation)
  const { filename, rowNumber } = relation.metadata
  const columns = await source.columns(source.scan(paths, undefined))
  if (!filename && !rowNumber) return `SELECT ${columns} FROM ${source.scan(paths, undefined)}`
  if (!rowNumber) {
    await refuseHidden(instance, `SELECT * FROM ${source.scan(paths, undefined)}`, relation)
    return `SELECT ${columns}, ${nameOf(files, 'file_index')} AS "METADATA$FILENAME" FROM ${source.scan(paths, undefined)}`
  }
  // Numbering one file after another keeps the order of the rows; the types found over all files hold in each.
  const pinned = paths.length > 1 ? await columnTypes(instance, source.scan(paths, undefined)) : undefined
  const branches = files.map((file, index) => {
    const name = filename ? `, ${literal(file.name)} AS "METADATA$FILENAME"` : ''
    return `SELECT ${columns}${name}, row_number() OVER () - 1 AS "METADATA$FILE_ROW_NUMBER" FROM ${source.scan(paths.slice(index, index + 1), pinned)}`
  })
  return branches.join(' UNION ALL BY NAME ')
}

/** Those that are there and hold something: a preview brings in no more than it needs. */
async function present(folder: string, files: readonly WireFile[]): Promise<readonly WireFile[]> {
  const sizes = await Promise.all(
    files.map(({ local }) =>
      stat(join(folder, local)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return files.filter((_, index) => (sizes[index] ?? 0) > 0)
}

type Columns = readonly { readonly name: string; readonly type: string }[]

interface Source {
  /** The table function over these files; with the columns given where their types are known already. */
  scan(paths: readonly string[], pinned: Columns | undefined): string
  /** Select list over a scan. */
  columns(scan: string): string | Promise<string>
}

const listOf = (texts: readonly string[]) => `[${texts.map(literal).join(', ')}]`
const structOf = (columns: Columns) => `{${columns.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(', ')}}`

function ndjson(relation: WireRelation, several: boolean): Source {
  if (relation.positional)
    return { scan: (paths) => `read_json_objects(${listOf(paths)}, format = 'newline_delimited')`, columns: () => 'json AS "$1"' }
  // Every row is looked at: a key that first occurs late is a column all the same.
  const found = `sample_size = -1, union_by_name = ${several}`
  return {
    scan: (paths, pinned) =>
      `read_json(${listOf(paths)}, format = 'newline_delimited', ${pinned ? `columns = ${structOf(pinned)}` : found})`,
    columns: () => '*',
  }
}

async function csv(instance: Instance, firstPath: string, relation: WireRelation): Promise<Source> {
  const { format } = relation
  const dialect = dialectOf(format)
  const skip = format.skipHeader ?? 0
  const options = [
    `delim = ${literal(dialect.delimiter)}`,
    `quote = ${literal(dialect.quote)}`,
    `escape = ${literal(dialect.escape)}`,
    `nullstr = ${listOf(dialect.nulls)}`,
    'allow_quoted_nulls = false',
    "comment = ''",
    ...(dialect.newline === undefined ? [] : [`new_line = ${literal(JSON.stringify(dialect.newline).slice(1, -1))}`]),
  ]
  const read = (paths: readonly string[], more: readonly string[]) => `read_csv(${[listOf(paths), ...options, ...more].join(', ')})`
  if (relation.positional) {
    const names = Array.from({ length: await countFields(firstPath, dialect, skip) }, (_, index) => `$${index + 1}`)
    const columns = structOf(names.map((name) => ({ name, type: 'VARCHAR' })))
    return {
      scan: (paths) => read(paths, ['auto_detect = false', 'header = false', `skip = ${skip}`, `columns = ${columns}`]),
      columns: () => (format.trimSpace ? names.map((name) => `${trimmed(name)} AS ${identifier(name)}`).join(', ') : '*'),
    }
  }
  // A header that is skipped is the header: its names are the columns' names. Without a word about it, it is looked for.
  const header = format.skipHeader === undefined ? [] : [`header = ${skip > 0}`, `skip = ${Math.max(0, skip - 1)}`]
  return {
    scan: (paths, pinned) => read(paths, [...header, ...(pinned ? [`types = ${structOf(pinned)}`] : [])]),
    columns: (scan) => (format.trimSpace ? trimmedText(instance, scan) : '*'),
  }
}

/** The columns of a scan with their types as SQL writes them. */
async function columnTypes(instance: Instance, scan: string): Promise<Columns> {
  const described = await instance.connection.runAndReadAll(`DESCRIBE SELECT * FROM ${scan}`)
  return described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }))
}

/** Trims what is text, and only that. */
async function trimmedText(instance: Instance, scan: string): Promise<string> {
  const prepared = await instance.connection.prepare(`SELECT * FROM ${scan}`)
  const columns = Array.from({ length: prepared.columnCount }, (_, index) => {
    const name = prepared.columnName(index)
    return prepared.columnTypeId(index) === DuckDBTypeId.VARCHAR ? `${trimmed(name)} AS ${identifier(name)}` : identifier(name)
  })
  prepared.destroySync()
  return columns.join(', ')
}

/** ASCII white space, inside quotes too. */
function trimmed(name: string): string {
  return `trim(${identifier(name)}, chr(32) || chr(9) || chr(10) || chr(11) || chr(12) || chr(13))`
}

/** The number of fields in the first record after the skipped lines. */
async function countFields(path: string, dialect: Dialect, skip: number): Promise<number> {
  const counter = countRecords(dialect, skip)
  const handle = await open(path)
  try {
    const buffer = Buffer.alloc(64 * 1024)
    while (counter.records === 0) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length)
      if (bytesRead === 0) break
      counter.push(buffer.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
  return counter.firstFields
}

function empty(relation: WireRelation): Refusal {
  const name = relation.files[0]?.name
  return new Refusal({
    reason: 'engine.file_corrupt',
    message: name === undefined ? 'There are no files to read.' : `The file ${name} is empty.`,
    ...(name === undefined ? {} : { file: name }),
  })
}
