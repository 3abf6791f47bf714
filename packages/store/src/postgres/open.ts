import { Kysely, PostgresDialect } from 'kysely'
import { accessError } from '@sluice/core'
import { asDatabase, type Database } from '../database.ts'
import type { Schema } from '../schema.ts'

/** Opens a PostgreSQL database through a pool. The driver is loaded only here: most installations never need it. */
export async function openPostgres(url: string): Promise<Database> {
  if (!URL.canParse(url))
    throw accessError('store.bad_url', {
      message: 'The PostgreSQL URL is not well formed; it is not shown because it may hold a password.',
    })
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'sluice',
    max: 10,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    keepAlive: true,
  })
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  return asDatabase('postgres', new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }), () => {})
}
