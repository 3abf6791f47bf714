import type { Database } from '../database.ts'
import type { Writer } from '../schema.ts'

/** One forward step of the schema. Once released it never changes; the next step corrects it. */
export interface Migration {
  /** Sorts after the one before it. */
  readonly name: string
  up(tx: Writer, kind: Database['kind']): Promise<void>
}
