import type { RemoteLab } from './lab/remote-lab.ts'
import type { Dataset } from './support/dataset.ts'
import type { Installation } from './support/installation.ts'

/** A number with its unit. */
export interface Figure {
  readonly value: number
  readonly unit: 'ms' | '/s' | 'MB' | '×' | '%' | ''
}

/** What the design asks for, and whether it was reached. */
export interface Claim {
  readonly target: string
  readonly measured: Figure
  readonly met: boolean
}

/** One line of the table: a piece of work, what it took, and what it takes without Sluice. */
export interface Row {
  readonly id: string
  readonly work: string
  readonly sluice: Figure
  readonly requests?: number
  /** Requests that had to wait for one another. */
  readonly inARow?: number
  readonly bytes?: number
  /** The least the link allows. */
  readonly floorMs?: number
  /** What a user would do instead, in the same run. */
  readonly instead?: { readonly what: string; readonly took: Figure }
  readonly claims: readonly Claim[]
  /** What else the run showed. */
  readonly notes: readonly string[]
}

export interface BenchContext {
  readonly lab: RemoteLab
  readonly installation: Installation
  /** The role of the connection `lake`, on the folder `data/` of the bucket. */
  readonly roleArn: string
  /** The Parquet file, made on first use and kept for the next run. */
  readonly dataset: () => Promise<Dataset>
  readonly runs: number
  /** Tells what is going on, for people. */
  readonly progress: (text: string) => void
  readonly signal: AbortSignal
}

/** Some rows that are measured together. */
export interface Bench {
  readonly name: string
  run(context: BenchContext): Promise<readonly Row[]>
}
