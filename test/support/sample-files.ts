import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

/** The same three rows in each format that is read, and what a SELECT of them answers. */
export interface SampleFiles {
  readonly files: { readonly [name: string]: Uint8Array }
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

const ROWS = [
  [1, 'Zürich', 402],
  [2, 'São Paulo', 760],
  [3, "N'Djamena, Chad", 298],
] as const
const COLUMNS = ['id', 'city', 'metres']
const FORMATS = { 'cities.parquet': 'FORMAT parquet', 'cities.csv': 'FORMAT csv, HEADER', 'cities.ndjson': 'FORMAT json' }

/** Writes the samples as another program would: with plain DuckDB. */
export async function sampleFiles(): Promise<SampleFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-samples-'))
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  try {
    const values = ROWS.map(([id, city, metres]) => `(${id}, '${city.replaceAll("'", "''")}', ${metres})`).join(', ')
    const select = `SELECT * FROM (VALUES ${values}) AS t(${COLUMNS.join(', ')})`
    const files: { [name: string]: Uint8Array } = {}
    for (const [name, options] of Object.entries(FORMATS)) {
      const path = join(folder, name)
      await connection.run(`COPY (${select}) TO '${path}' (${options})`)
      files[name] = Uint8Array.from(await readFile(path))
    }
    return { files, columns: COLUMNS, rows: ROWS }
  } finally {
    connection.closeSync()
    instance.closeSync()
    await rm(folder, { recursive: true, force: true })
  }
}
