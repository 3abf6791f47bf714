import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { EngineHarness } from '@sluice/conformance'
import { cellOf } from '../../src/duckdb/worker/cells.ts'

/** DuckDB over whole local files, with nothing in between. */
export interface Oracle extends Pick<EngineHarness, 'parquet' | 'oracle'> {
  close(): Promise<void>
}

export async function openOracle(): Promise<Oracle> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-oracle-'))
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  const local = new Map<Uint8Array, string>()
  let next = 0

  const pathOf = async (content: Uint8Array): Promise<string> => {
    const known = local.get(content)
    if (known !== undefined) return known
    const path = join(folder, `file-${next++}.parquet`)
    local.set(content, path)
    await writeFile(path, content)
    return path
  }
  return {
    async parquet(select, { rowGroupSize, compression }) {
      const path = join(folder, `written-${next++}.parquet`)
      await connection.run(`COPY (${select}) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE ${rowGroupSize}, COMPRESSION ${compression})`)
      const content = Uint8Array.from(await readFile(path))
      local.set(content, path)
      return content
    },
    async oracle(sql, views) {
      const session = await instance.connect()
      for (const { view, files, names, positional, metadata } of views) {
        const paths = await Promise.all(files.map(pathOf))
        const list = paths.map((path) => `'${path}'`).join(', ')
        const scan = `read_parquet([${list}], union_by_name = ${files.length > 1}, hive_partitioning = false)`
        const described = await session.runAndReadAll(`DESCRIBE SELECT * FROM ${scan}`)
        const columns = described
          .getRows()
          .map(([name], index) => (positional ? `"${String(name)}" AS "$${index + 1}"` : `"${String(name)}"`))
        // Names by way of the path, row numbers by way of the option: not as the engine does it.
        const named = paths.map((path, index) => `WHEN '${path}' THEN '${names[index]}'`).join(' ')
        const extra = metadata ? [`CASE filename ${named} END AS "METADATA$FILENAME"`, 'file_row_number AS "METADATA$FILE_ROW_NUMBER"'] : []
        await session.run(
          `CREATE OR REPLACE TEMP VIEW "${view}" AS SELECT ${[...columns, ...extra].join(', ')} FROM ${metadata ? `${scan.slice(0, -1)}, filename = true, file_row_number = true)` : scan}`,
        )
      }
      const result = await session.runAndReadAll(sql)
      const names = result.columnNames()
      session.closeSync()
      return {
        columns: result.columnTypes().map((type, index) => ({ name: names[index] ?? '', type: type.alias ?? String(type) })),
        rows: result.getRows().map((row) => row.map(cellOf)),
      }
    },
    async close() {
      connection.closeSync()
      instance.closeSync()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
