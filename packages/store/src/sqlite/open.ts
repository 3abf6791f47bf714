import { mkdirSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { accessError, type Clock } from '@sluice/core'
import { asDatabase, type Database } from '../database.ts'
import { storeError } from '../errors.ts'
import type { Schema } from '../schema.ts'
import { sqliteDialect } from './dialect.ts'
import { lockFile } from './lock.ts'
import { makeFile } from './make-file.ts'

const BUSY_MS = 5_000

/** Opens a SQLite database, making it first where there is none. `:memory:` lives until it is closed. */
export async function openSqlite(path: string, lockWaitMs: number, clock: Clock, signal: AbortSignal): Promise<Database> {
  try {
    if (path === ':memory:') return wrap(new DatabaseSync(path), () => {})
    const file = prepareFile(path)
    const lock = await lockFile(file, lockWaitMs, clock, signal)
    try {
      return wrap(openFile(file), lock.release)
    } catch (error) {
      lock.release()
      throw error
    }
  } catch (error) {
    throw fileError(path, error)
  }
}

// One real path per file, so that two names of it share one lock; readable by its owner alone (WAL files inherit the mode).
function prepareFile(path: string): string {
  const absolute = resolve(path)
  mkdirSync(dirname(absolute), { recursive: true, mode: 0o700 })
  makeFile(absolute)
  return realpathSync(absolute)
}

function openFile(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MS })
  try {
    const mode = database.prepare('pragma journal_mode = wal').get()
    if (mode?.['journal_mode'] !== 'wal')
      throw accessError('store.unavailable', {
        message: `The file system of ${file} does not support SQLite's write-ahead log.`,
        remedy: 'Keep the database on a local disk, or use PostgreSQL.',
      })
    // WAL alone syncs only at checkpoints: a power cut could lose acknowledged changes.
    database.exec('pragma synchronous = full')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function wrap(database: DatabaseSync, release: () => void): Database {
  database.exec('pragma foreign_keys = on')
  database.exec('pragma trusted_schema = off')
  return asDatabase('sqlite', new Kysely<Schema>({ dialect: sqliteDialect(database) }), release)
}

function fileError(path: string, error: unknown): unknown {
  const known = storeError(error)
  if (known !== error || !(error instanceof Error) || !('syscall' in error)) return known
  return accessError('store.unavailable', {
    message: `The metadata database ${path} cannot be opened: ${error.message}`,
    remedy: 'Let the user that Sluice runs as write this folder, or choose another one.',
    cause: error,
  })
}
