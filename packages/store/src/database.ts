import type { Kysely } from 'kysely'
import { storeError, type ConstraintMessages } from './errors.ts'
import type { Reader, Schema, Writer } from './schema.ts'

/** One open database of either kind. Errors come out as AccessErrors. */
export interface Database {
  readonly kind: 'sqlite' | 'postgres'
  read<Result>(work: (db: Reader) => Promise<Result>): Promise<Result>
  /** Runs `work` as one transaction that is durable when it resolves. `messages` word the constraints it may break. */
  write<Result>(work: (tx: Writer) => Promise<Result>, messages?: ConstraintMessages): Promise<Result>
  close(): Promise<void>
}

/** Wraps an open Kysely. `release` runs after it is closed, also when closing fails. */
export function asDatabase(kind: Database['kind'], db: Kysely<Schema>, release: () => void): Database {
  return {
    kind,
    read: (work) => translated(() => work(db)),
    write: (work, messages) => translated(() => db.transaction().execute(work), messages),
    async close() {
      try {
        await translated(() => db.destroy())
      } finally {
        release()
      }
    },
  }
}

async function translated<Result>(work: () => Promise<Result>, messages?: ConstraintMessages): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw storeError(error, messages)
  }
}
