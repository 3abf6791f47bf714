import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'

/** Kysely on `node:sqlite`: one connection, whose transactions begin IMMEDIATE. */
export function sqliteDialect(database: DatabaseSync): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => sqliteDriver(database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

function sqliteDriver(database: DatabaseSync): Driver {
  const connection = sqliteConnection(database)
  const run = async (sql: string) => void (await connection.executeQuery(CompiledQuery.raw(sql)))
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    // A deferred transaction that reads before it writes fails at once, without waiting, when another process wrote meanwhile.
    beginTransaction: () => run('begin immediate'),
    commitTransaction: () => run('commit'),
    // SQLite has already rolled back by itself after a full disk or an I/O error.
    rollbackTransaction: async () => (database.isTransaction ? run('rollback') : undefined),
    releaseConnection: async () => {},
    destroy: async () => database.close(),
  }
}

function sqliteConnection(database: DatabaseSync): DatabaseConnection {
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const statement = database.prepare(sql)
      const values = parameters.map(inputValue)
      if (statement.columns().length > 0) {
        // Kysely derives Row from the query; node:sqlite returns one plain object per row with just those columns.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller's type is not known here
        return { rows: statement.all(...values) as Row[] }
      }
      return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) }
    },
    // oxlint-disable-next-line eslint/require-yield -- the interface asks for a generator, and nothing here streams
    async *streamQuery() {
      throw new Error('This dialect does not stream; pages are small.')
    },
  }
}

function inputValue(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value
  throw new TypeError(`SQLite columns of ours hold text and integers, not ${typeof value}`)
}
