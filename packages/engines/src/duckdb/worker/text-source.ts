import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBTypeId } from '@duckdb/node-api'
import type { WireFile, WireRelation } from '../protocol.ts'
import { countRecords, dialectOf, type Dialect } from '../records.ts'
import { Refusal } from './fence.ts'
import { identifier, literal, type Instance } from './instance.ts'
import { nameOf, refuseHidden } from './metadata.ts'

/**
 * The SELECT over a relation of CSV, TSV or NDJSON files as they are in the folder now, whole or only their heads. `empty` where only
 * its columns matter.
 *
 * By name: header and types are found as DuckDB finds them, from its sample; NDJSON has every key that occurs.
 * By position: every field is a string; of NDJSON, `$1` is the whole row.
 */
export async function textSource(instance: Instance, folder: string, relation: WireRelation, empty = false): Promise<string> {
  const files = await present(folder, relation.files)
  const [first] = files
  if (!first) throw nothing(relation)
  const paths = files.map((file) => join(folder, file.local))
  const source =
    relation.format.type === 'ndjson' ? ndjson(relation, paths) : await csv(instance, join(folder, first.local), relation, paths)
  const { filename, rowNumber } = relation.metadata
  if (filename || rowNumber) await refuseHidden(instance, `SELECT * FROM ${source.scan}`, relation)
  const metadata = [
    ...(filename ? [`${nameOf(files, 'file_index')} AS "METADATA$FILENAME"`] : []),
    ...(rowNumber ? [`${await numbering(instance, source.scan, empty ? 1 : files.length)} AS "METADATA$FILE_ROW_NUMBER"`] : []),
  ]
  return `SELECT ${[await source.columns(), ...metadata].join(', ')} FROM ${source.scan}${empty ? ' LIMIT 0' : ''}`
}

/**
 * The number of a row within its file. Rows come in the order of the files: of several, the rows of those before are counted first.
 * Reading the files one by one instead would look for header and types in each by itself, and might find others.
 */
async function numbering(instance: Instance, scan: string, files: number): Promise<string> {
  const number = 'row_number() OVER () - 1'
  if (files === 1) return number
  const counted = await instance.connection.runAndReadAll(`SELECT file_index::BIGINT, count(*) FROM ${scan} GROUP BY 1`)
  const rows = new Map(counted.getRows().map(([index, count]) => [Number(index), Number(count)]))
  let before = 0
  const offsets = Array.from({ length: files }, (_, index) => {
    const offset = before
    before += rows.get(index) ?? 0
    return offset
  })
  return `${number} - [${offsets.join(', ')}][file_index::BIGINT + 1]`
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

interface Source {
  /** The table function over the files. */
  readonly scan: string
  /** The select list over it. */
  columns(): string | Promise<string>
}

const listOf = (texts: readonly string[]) => `[${texts.map(literal).join(', ')}]`

function ndjson(relation: WireRelation, paths: readonly string[]): Source {
  const files = listOf(paths)
  if (relation.positional) return { scan: `read_json_objects(${files}, format = 'newline_delimited')`, columns: () => 'json AS "$1"' }
  // Every row is looked at: a key that first occurs late is a column all the same.
  const options = `format = 'newline_delimited', sample_size = -1, union_by_name = ${paths.length > 1}`
  return { scan: `read_json(${files}, ${options})`, columns: () => '*' }
}

async function csv(instance: Instance, firstPath: string, relation: WireRelation, paths: readonly string[]): Promise<Source> {
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
  const read = (more: readonly string[]) => `read_csv(${[listOf(paths), ...options, ...more].join(', ')})`
  if (relation.positional) {
    const names = Array.from({ length: await countFields(firstPath, dialect, skip) }, (_, index) => `$${index + 1}`)
    const columns = `{${names.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ')}}`
    return {
      scan: read(['auto_detect = false', 'header = false', `skip = ${skip}`, `columns = ${columns}`]),
      columns: () => (format.trimSpace ? names.map((name) => `${trimmed(name)} AS ${identifier(name)}`).join(', ') : '*'),
    }
  }
  // A header that is skipped is the header: its names are the columns' names. Without a word about it, it is looked for.
  const header = format.skipHeader === undefined ? [] : [`header = ${skip > 0}`, `skip = ${Math.max(0, skip - 1)}`]
  const scan = read(header)
  return { scan, columns: () => (format.trimSpace ? trimmedText(instance, scan) : '*') }
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

function nothing(relation: WireRelation): Refusal {
  const name = relation.files[0]?.name
  return new Refusal({
    reason: 'engine.file_corrupt',
    message: name === undefined ? 'There are no files to read.' : `The file ${name} is empty.`,
    ...(name === undefined ? {} : { file: name }),
  })
}
