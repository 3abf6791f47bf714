import { sql } from 'kysely'
import { accessError, type Clock } from '@sluice/core'
import type { Database } from './database.ts'
import { MIGRATIONS } from './migrations/index.ts'
import type { Migration } from './migrations/migration.ts'
import type { Writer } from './schema.ts'

/** Keys of PostgreSQL advisory locks, arbitrary but fixed: every node must use the same. */
export const ADVISORY_LOCKS = { migrations: 5_117_001, claims: 5_117_002, signingKeys: 5_117_003 } as const

/** Holds a lock against other nodes until the transaction ends. SQLite needs none: its writing transactions exclude each other. */
export async function lockAcrossNodes(tx: Writer, kind: Database['kind'], key: number): Promise<void> {
  if (kind === 'postgres') await sql`select pg_advisory_xact_lock(${key})`.execute(tx)
}

/**
 * Brings the schema up to date: all outstanding steps in one transaction, so that a crash leaves the old schema or the new one.
 * Refuses a database that a newer Sluice has changed.
 */
export async function migrate(database: Database, clock: Clock, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  await database.write(async (tx) => {
    await lockAcrossNodes(tx, database.kind, ADVISORY_LOCKS.migrations)
    await sql`create table if not exists schema_migrations (name text primary key, applied_at text not null)`.execute(tx)
    const { rows } = await sql<{ name: string }>`select name from schema_migrations`.execute(tx)
    const applied = new Set(rows.map((row) => row.name))
    const unknown = [...applied].find((name) => !migrations.some((migration) => migration.name === name))
    if (unknown !== undefined)
      throw accessError('store.newer_schema', {
        message: `The metadata database has the change ${unknown}, which this Sluice does not know.`,
      })
    for (const migration of migrations) {
      if (applied.has(migration.name)) continue
      await migration.up(tx, database.kind)
      const appliedAt = new Date(clock.now()).toISOString()
      await sql`insert into schema_migrations (name, applied_at) values (${migration.name}, ${appliedAt})`.execute(tx)
    }
  })
}
