import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import type { QueryLimits } from '@sluice/core'

/** One database in memory and the connection to it. Lives for one query. */
export interface Instance {
  readonly connection: DuckDBConnection
  /** The only value of a query that returns one. */
  value(sql: string): Promise<unknown>
  close(): void
}

/**
 * Optimizers that are off:
 * - late_materialization and window_self_join read a file twice where the query names it once; plans of the former cannot be serialized;
 * - common_aggregate leaves plans that cannot be serialized either ("inequal num bindings").
 */
const DISABLED_OPTIMIZERS = 'late_materialization,window_self_join,common_aggregate'

/** What every instance has: no extension, no cache of files it has seen. */
const BASE = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  enable_external_file_cache: 'false',
  disabled_optimizers: DISABLED_OPTIMIZERS,
  preserve_insertion_order: 'true',
}

/** An instance that only parses. */
export async function openParser(): Promise<Instance> {
  return open({ ...BASE, threads: '1', memory_limit: '256MB' }, [])
}

/**
 * A fresh instance that sees `folder` and nothing else, and whose settings are locked. Allowed directories freeze once external
 * access is off, so one instance cannot serve a second query.
 */
export async function openFor(folder: string, limits: QueryLimits): Promise<Instance> {
  const options = {
    ...BASE,
    threads: String(limits.threads),
    memory_limit: `${limits.memoryBytes}B`,
    temp_directory: `${folder}/spill`,
    max_temp_directory_size: `${limits.diskBytes}B`,
  }
  return open(options, [`SET allowed_directories = [${literal(folder)}]`])
}

async function open(options: Record<string, string>, settings: readonly string[]): Promise<Instance> {
  const instance = await DuckDBInstance.create(':memory:', options)
  const connection = await instance.connect()
  for (const sql of ["SET TimeZone = 'UTC'", ...settings, 'SET enable_external_access = false', 'SET lock_configuration = true'])
    await connection.run(sql)
  return {
    connection,
    async value(sql) {
      const rows = (await connection.runAndReadAll(sql)).getRows()
      return rows[0]?.[0]
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** A string as a SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as a quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
