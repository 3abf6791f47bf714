import { availableParallelism, totalmem } from 'node:os'
import type { BenchOptions } from '../options.ts'
import type { Row } from '../row.ts'
import { LINK } from '../support/link.ts'

/** A whole run, as `--json` prints it. */
export interface BenchResult {
  readonly at: string
  readonly machine: { readonly cores: number; readonly memoryGigabytes: number; readonly platform: string; readonly node: string }
  readonly link: typeof LINK
  readonly megabytes: number
  readonly runs: number
  readonly rows: readonly Row[]
}

/** What a reader has to know about a run to make sense of its rows. */
export function describeRun({ megabytes, runs }: BenchOptions): Omit<BenchResult, 'rows'> {
  return {
    at: new Date().toISOString(),
    machine: {
      cores: availableParallelism(),
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform}-${process.arch}`,
      node: process.version,
    },
    link: LINK,
    megabytes,
    runs,
  }
}
