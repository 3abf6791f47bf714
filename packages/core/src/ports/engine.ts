import type { JsonObject } from '../json.ts'
import type { ObjectStore } from './object-store.ts'

export const FILE_FORMATS = ['parquet', 'csv', 'tsv', 'ndjson'] as const
export type FileFormatType = (typeof FILE_FORMATS)[number]

/** How files are to be read. Options a format does not know are refused when the format is parsed, never ignored. */
export interface FileFormat {
  readonly type: FileFormatType
  readonly compression: 'auto' | 'none' | 'gzip' | 'zstd'
  /** CSV and TSV. */
  readonly fieldDelimiter?: string
  readonly recordDelimiter?: string
  readonly quote?: string
  readonly escape?: string
  readonly skipHeader?: number
  readonly nullDisplay?: string
  readonly trimSpace?: boolean
  /** Nobody chose the type: a file's own extension decides, and `type` only where it has none that is known. Never reaches an engine. */
  readonly byExtension?: true
}

/** One remote file of a relation, pinned to the version first seen. */
export interface SourceFile {
  readonly store: ObjectStore
  readonly key: string
  readonly size: number
  readonly etag: string
  readonly versionId?: string
  /** What METADATA$FILENAME shows: the key relative to the stage. */
  readonly filename: string
}

/** A stage reference of a statement: files that stand where a table may stand. */
export interface Relation {
  /** The generated name of the view in `sql`, an identifier of ours. */
  readonly view: string
  readonly files: readonly SourceFile[]
  readonly format: FileFormat
  /** Whether the statement uses positions ($1 …) on this relation: columns are then also named `$1` …. */
  readonly positional: boolean
  /** Whether it uses METADATA$FILENAME or METADATA$FILE_ROW_NUMBER. */
  readonly metadata: { readonly filename: boolean; readonly rowNumber: boolean }
}

export interface QueryLimits {
  readonly memoryBytes: number
  readonly diskBytes: number
  readonly rows: number
  readonly milliseconds: number
  readonly threads: number
}

export interface EngineQuery {
  readonly sql: string
  readonly relations: readonly Relation[]
  readonly limits: QueryLimits
  readonly onProgress?: (progress: QueryProgress) => void
}

export interface QueryProgress {
  readonly phase: 'listing' | 'planning' | 'fetching' | 'running'
  readonly bytesFetched: number
  readonly bytesPlanned: number
  /** Fraction done of the phase, or absent where it cannot be known. */
  readonly fraction?: number
}

export interface Column {
  readonly name: string
  /** SQL type as the engine names it. */
  readonly type: string
}

/** A cell as JSON carries it: big integers, decimals, dates and blobs as strings, as `type` says. */
export type Cell = null | boolean | number | string | JsonObject | readonly Cell[]

export interface QueryStats {
  readonly rows: number
  readonly bytesFetched: number
  /** Size of all objects the query refers to. */
  readonly objectBytes: number
  readonly requests: number
  readonly files: number
  readonly filesPruned: number
  readonly ms: number
}

export interface QueryResult {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  /** True when `limits.rows` cut the result. */
  readonly truncated: boolean
  /** What a reader of the rows has to know, in sentences. */
  readonly warnings?: readonly string[]
  readonly stats: QueryStats
}

/** Runs SQL over remote files without ever seeing a credential. Errors are AccessErrors; `context.position` is the offset into `sql` they point at. */
export interface Engine {
  readonly id: string
  query(query: EngineQuery, signal: AbortSignal): Promise<QueryResult>
  close(): Promise<void>
}
