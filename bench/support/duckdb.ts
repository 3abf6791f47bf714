import { DuckDBInstance, type Json } from '@duckdb/node-api'

/** Runs a statement and gives its rows. */
export type RunLocally = (sql: string) => Promise<Json[][]>

/** DuckDB on local files, as a user has it: in memory, with as many threads as Sluice gives a query. */
export async function withDuckdb<T>(work: (run: RunLocally) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  try {
    return await work(async (sql) => (await connection.runAndReadAll(sql)).getRowsJson())
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
