import type { Cell, Column, FileFormat, QueryLimits } from '@sluice/core'

/** A file of a relation as the worker knows it: a name in the query's folder, never a URL or a credential. */
export interface WireFile {
  /** File name within the query's folder. */
  readonly local: string
  /** Size of the object; the local file of Parquet is as long, mostly hollow. */
  readonly size: number
  /** What METADATA$FILENAME shows, and what errors call it. */
  readonly name: string
}

export interface WireRelation {
  readonly view: string
  readonly format: FileFormat
  readonly positional: boolean
  readonly metadata: { readonly filename: boolean; readonly rowNumber: boolean }
  readonly files: readonly WireFile[]
}

/** The rows of a relation that a statement shows, from its first ones on. `limit` is Infinity where it sets none. */
export interface Preview {
  readonly limit: number
  readonly offset: number
}

/** The steps of a query, in this order; `plan` and `run` may be repeated. */
export interface Requests {
  /** Checks the statement against the fence. Reads nothing. */
  readonly begin: {
    readonly input: {
      readonly sql: string
      readonly folder: string
      readonly relations: readonly WireRelation[]
      readonly limits: QueryLimits
    }
    readonly output: { readonly preview: Preview | undefined }
  }
  /** Plans over footers and heads; says which bytes of the Parquet files are needed and leaves footers that show only those. */
  readonly plan: {
    readonly input: Record<string, never>
    readonly output: { readonly files: readonly PlannedFile[] }
  }
  readonly run: {
    /** `whole`: every Parquet file is local in full, its own footer is to be used. */
    readonly input: { readonly whole: boolean }
    readonly output: { readonly columns: readonly Column[]; readonly truncated: boolean }
  }
  /** Forgets the query. */
  readonly end: { readonly input: Record<string, never>; readonly output: Record<string, never> }
}

export interface PlannedFile {
  readonly relation: number
  readonly file: number
  /** Bytes [start, end) that the query reads, in order; they may touch or overlap. */
  readonly spans: readonly (readonly [number, number])[]
}

export type Step = keyof Requests

export interface StepMessage<S extends Step> {
  readonly kind: 'step'
  readonly id: number
  readonly step: S
  readonly input: Requests[S]['input']
}

export type ToWorker = { readonly [S in Step]: StepMessage<S> }[Step] | { readonly kind: 'interrupt' }

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'rows'; readonly id: number; readonly rows: readonly (readonly Cell[])[] }
  | { readonly kind: 'progress'; readonly id: number; readonly fraction: number }

/** An error on its way out of the worker: no paths of the cache, no SQL of ours. */
export interface Failure {
  readonly reason: FailureReason
  readonly message: string
  readonly remedy?: string
  /** Offset into the query's SQL, in UTF-16 units. */
  readonly position?: number
  readonly file?: string
  /** Bytes that a slice left out may be to blame: worth another try over whole files. */
  readonly sliced?: true
}

export type FailureReason =
  | 'engine.sql_invalid'
  | 'engine.refused'
  | 'engine.query_failed'
  | 'engine.limit_memory'
  | 'engine.limit_disk'
  | 'engine.limit_result'
  | 'engine.file_corrupt'
  | 'engine.file_unsupported'
  | 'engine.interrupted'

/** Exit status of a worker that outgrew its memory. */
export const EXIT_MEMORY = 90
