import { describe } from 'vitest'
import type { Cell, Column, Engine } from '@sluice/core'
import { testByteEconomy } from './engine-bytes.ts'
import { testLimits } from './engine-limits.ts'
import { testPreviews } from './engine-previews.ts'
import { testQueries } from './engine-queries.ts'
import { testRefusals } from './engine-refusals.ts'
import { testText } from './engine-text.ts'

/** What the suite needs of an engine. */
export interface EngineHarness {
  readonly name: string
  /** Opens a fresh engine. */
  open(): Promise<EngineUnderTest>
  /** Writes the rows of a SELECT of the engine's dialect as a Parquet file. */
  parquet(select: string, options: ParquetOptions): Promise<Uint8Array>
  /** What the query gives over the same files, whole and local, read without anything of the engine's own reading. */
  oracle(
    sql: string,
    views: readonly OracleView[],
  ): Promise<{ readonly columns: readonly Column[]; readonly rows: readonly (readonly Cell[])[] }>
}

export interface EngineUnderTest {
  readonly engine: Engine
  /** What the engine has on disk for queries, running or not. Empty when none runs. */
  leftovers(): Promise<readonly string[]>
  close(): Promise<void>
}

export interface ParquetOptions {
  readonly rowGroupSize: number
  readonly compression: 'snappy' | 'zstd' | 'gzip' | 'uncompressed'
}

export interface OracleView {
  readonly view: string
  readonly files: readonly Uint8Array[]
  /** The names shown by METADATA$FILENAME. */
  readonly names: readonly string[]
  readonly positional: boolean
  readonly metadata: boolean
}

/** The suite that every engine passes. */
export function testEngine(harness: EngineHarness): void {
  describe(`engine ${harness.name}`, () => {
    testQueries(harness)
    testByteEconomy(harness)
    testText(harness)
    testPreviews(harness)
    testLimits(harness)
    testRefusals(harness)
  })
}
