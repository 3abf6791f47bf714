import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { createMemoryStore } from '@sluice/conformance'
import type { Cell, Column, Relation } from '@sluice/core'
import { cellOf } from '../../../src/duckdb/worker/cells.ts'
import type { ViewPlan } from './dataset.ts'
import type { Dice } from './dice.ts'
import { familyOf } from './kinds.ts'
import { typedLiteral } from './predicates.ts'
import { literal, quote, textOf, type Scope, type ScopeColumn, type Table } from './scope.ts'

export interface Answer {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
}

/** The same files twice: local and whole for plain DuckDB, and in a store for the engine. */
export interface World {
  readonly relations: readonly Relation[]
  /** What a generator of queries may name, with fresh aliases. */
  scope(dice: Dice): Scope
  /** What plain DuckDB says. */
  ask(sql: string): Promise<Answer>
  close(): Promise<void>
}

interface View {
  readonly view: string
  readonly columns: readonly (Omit<ScopeColumn, 'sql'> & { readonly name: string })[]
}

/**
 * Writes the files of the plans and reads each relation into a table of plain DuckDB: whole, and before any query, since DuckDB's own
 * reading of files with a filter has mistakes (bloom filters and -0.0, constants cast to the types of the files).
 */
export async function openWorld(plans: readonly ViewPlan[]): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-world-'))
  const writer = await DuckDBInstance.create(':memory:', { threads: '1' })
  const reader = await DuckDBInstance.create(':memory:', { threads: '1' })
  const [write, read] = [await writer.connect(), await reader.connect()]
  await read.run("SET TimeZone = 'UTC'")
  await write.run("SET TimeZone = 'UTC'")
  const store = createMemoryStore()
  const relations: Relation[] = []
  const views: View[] = []
  for (const plan of plans) {
    const paths: string[] = []
    const files: Relation['files'][number][] = []
    for (const file of plan.files) {
      const path = join(folder, plan.view, file.name)
      await mkdir(dirname(path), { recursive: true })
      if ('content' in file) await writeFile(path, file.content)
      else await write.run(`COPY (${file.select}) TO ${literal(path)} (${file.options})`)
      const { key, size, etag } = store.set(`${plan.view}/${file.name}`, Uint8Array.from(await readFile(path)))
      paths.push(path)
      files.push({ store, key, size, etag, filename: file.name })
    }
    const metadata = { filename: plan.metadata, rowNumber: plan.metadata }
    relations.push({ view: plan.view, files, format: { type: 'parquet', compression: 'auto' }, positional: plan.positional, metadata })
    views.push(await makeView(read, plan, paths))
  }
  return {
    relations,
    scope(dice) {
      let aliases = 0
      const table = (): Table => {
        const { view, columns } = dice.pick(views)
        const alias = `t${aliases++}`
        return {
          sql: `${quote(view)} ${alias}`,
          alias,
          columns: columns.map(({ name, ...column }) => ({ ...column, sql: `${alias}.${quote(name)}` })),
        }
      }
      return { dice, table, depth: 1 }
    },
    ask: (sql) => answerOf(read, sql),
    async close() {
      for (const connection of [write, read]) connection.closeSync()
      for (const instance of [writer, reader]) instance.closeSync()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function makeView(read: DuckDBConnection, plan: ViewPlan, paths: readonly string[]): Promise<View> {
  const list = paths.map(literal).join(', ')
  const options = `union_by_name = ${paths.length > 1}, hive_partitioning = false`
  const found = await answerOf(read, `DESCRIBE SELECT * FROM read_parquet([${list}], ${options})`)
  const own = found.rows.map(([name], index) => (plan.positional ? `${quote(textOf(name))} AS "$${index + 1}"` : quote(textOf(name))))
  // Names by way of the path and row numbers by way of the option: not as the engine does it.
  const named = paths.map((path, index) => `WHEN ${literal(path)} THEN ${literal(plan.files[index]?.name ?? '')}`).join(' ')
  const extra = plan.metadata ? [`CASE filename ${named} END AS "METADATA$FILENAME"`, 'file_row_number AS "METADATA$FILE_ROW_NUMBER"'] : []
  const scan = `read_parquet([${list}], ${options}${plan.metadata ? ', filename = true, file_row_number = true' : ''})`
  await read.run(`CREATE TABLE ${quote(plan.view)} AS SELECT ${[...own, ...extra].join(', ')} FROM ${scan}`)
  const described = await answerOf(read, `DESCRIBE ${quote(plan.view)}`)
  const columns = await Promise.all(
    described.rows.map(async ([name, type]) => {
      const typeName = textOf(type)
      const sample = `SELECT DISTINCT ${quote(textOf(name))}::VARCHAR AS s FROM ${quote(plan.view)} WHERE s IS NOT NULL ORDER BY hash(s) LIMIT 8`
      const { rows } = await answerOf(read, sample)
      const samples = rows.map(([text]) => typedLiteral(textOf(text), typeName))
      return { name: textOf(name), type: typeName, family: familyOf(typeName), samples }
    }),
  )
  return { view: plan.view, columns }
}

async function answerOf(connection: DuckDBConnection, sql: string): Promise<Answer> {
  const result = await connection.runAndReadAll(sql)
  const names = result.columnNames()
  return {
    columns: result.columnTypes().map((type, index) => ({ name: names[index] ?? '', type: type.alias ?? String(type) })),
    rows: result.getRows().map((row) => row.map(cellOf)),
  }
}
