/**
 * What DuckDB's optimized plan says about the bytes a query needs.
 *
 * A plan is data of another program: everything is looked at as `unknown`, and what is not recognised makes the answer wider, never narrower.
 */

/** One scan of Parquet files in the plan. */
export interface Scan {
  readonly files: readonly string[]
  readonly columns: readonly ColumnNeed[]
  readonly filters: readonly ColumnFilter[]
  /** No more than this many of its first rows are read. */
  readonly rows: number | undefined
  /** Whether rows must keep their numbers within the file. */
  readonly rowNumbers: boolean
}

/** A top-level column by name, with the paths below it that are read; no paths: all of it. */
export interface ColumnNeed {
  readonly name: string
  readonly paths: readonly (readonly string[])[]
}

export interface ColumnFilter {
  /** Undefined for what is no column of the files. */
  readonly name: string | undefined
  /** As the plan has it; read by the pruner. */
  readonly filter: unknown
}

const VIRTUAL = 1n << 63n

/** Strings, and outside of them what DuckDB writes for numbers that JSON has no words for. */
const STRING_OR_WORD = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity|nan|inf)\b/g

/**
 * Parses what DuckDB calls JSON: integers may exceed what a number holds and become BigInts; not-a-number and infinities,
 * which it writes as bare words, become null.
 */
export function parsePlan(text: string): unknown {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the reviver's third argument is ES2025 and not in the compiler's library yet
  const parse = JSON.parse as (text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown) => unknown
  const plain = text.replace(STRING_OR_WORD, (found) => (found.startsWith('"') ? found : 'null'))
  return parse(plain, (_key, value, context) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && context.source !== undefined && /^-?\d+$/.test(context.source)
      ? BigInt(context.source)
      : value,
  )
}

/** The scans of a plan. Undefined when a scan of files is in it that cannot be read: then everything is needed. */
export function scansOf(plan: unknown, rows: number | undefined): readonly Scan[] | undefined {
  const scans: Scan[] = []
  return walk(plan, rows, scans, 0) ? scans : undefined
}

/** Nodes that hand on their input's first rows as they come. */
const TRANSPARENT = new Set(['LOGICAL_PROJECTION'])

function walk(node: unknown, rows: number | undefined, scans: Scan[], depth: number): boolean {
  if (!isRecord(node) || typeof node['type'] !== 'string' || depth > 5000) return false
  if (node['type'] === 'LOGICAL_GET') return get(node, rows, scans)
  const below = rowsBelow(node, rows)
  const children = node['children'] ?? []
  return Array.isArray(children) && children.every((child) => walk(child, below, scans, depth + 1))
}

function rowsBelow(node: Record<string, unknown>, rows: number | undefined): number | undefined {
  if (TRANSPARENT.has(String(node['type']))) return rows
  if (node['type'] !== 'LOGICAL_LIMIT') return undefined
  const limit = constant(node['limit_val'], Infinity)
  const offset = constant(node['offset_val'], 0)
  const most = Math.min(limit ?? Infinity, rows ?? Infinity) + (offset ?? Infinity)
  return Number.isFinite(most) ? most : undefined
}

/** A constant count, `unset` where none is given, undefined for one that only running the query can tell. */
function constant(value: unknown, unset: number): number | undefined {
  if (!isRecord(value)) return undefined
  if (value['type'] === 'UNSET') return unset
  const count = value['constant_integer']
  return value['type'] === 'CONSTANT_VALUE' && typeof count === 'number' ? count : undefined
}

function get(node: Record<string, unknown>, rows: number | undefined, scans: Scan[]): boolean {
  const name = node['name']
  if (name !== 'read_parquet' && name !== 'parquet_scan') return name === 'seq_scan'
  const data = node['function_data']
  const names = node['names']
  const types = node['returned_types']
  const indexes = node['column_indexes'] ?? []
  const files = isRecord(data) ? data['files'] : undefined
  if (!isStrings(files) || !isStrings(names) || !Array.isArray(types) || !Array.isArray(indexes)) return false
  const columns: ColumnNeed[] = []
  let rowNumbers = false
  for (const index of indexes) {
    const need = columnNeed(index, names, types)
    if (!need) return false
    if (need === 'row-number') rowNumbers = true
    else if (need !== 'virtual') {
      // The row number under the name that an option gives it, or a column of the file that happens to be called so.
      if (need.name === 'file_row_number') rowNumbers = true
      columns.push(need)
    }
  }
  const filters = filtersOf(node['table_filters'], names)
  if (!filters) return false
  const limited = filters.length === 0 && !sampled(node) ? rows : undefined
  scans.push({ files, columns, filters, rows: limited, rowNumbers })
  return true
}

/** Whether the scan skips rows of its own accord. */
function sampled(node: Record<string, unknown>): boolean {
  const extra = node['extra_info']
  return isRecord(extra) && extra['sample_options'] !== undefined && extra['sample_options'] !== null
}

function columnNeed(
  index: unknown,
  names: readonly string[],
  types: readonly unknown[],
): ColumnNeed | 'virtual' | 'row-number' | undefined {
  if (!isRecord(index)) return undefined
  const id = index['index']
  // Virtual columns come from no bytes: 2^63 the file's name, +1 the row number, +2 the file's index, the last two none at all.
  if (typeof id === 'bigint' && id >= VIRTUAL) return id === VIRTUAL + 1n ? 'row-number' : 'virtual'
  if (typeof id !== 'number') return undefined
  const name = names[id]
  if (name === undefined) return undefined
  const children = index['child_indexes'] ?? []
  if (!Array.isArray(children)) return undefined
  return { name, paths: paths(children, types[id]) ?? [] }
}

/** The struct paths that a column's child indexes stand for; undefined (everything) where they are not plain struct fields. */
function paths(children: readonly unknown[], type: unknown): readonly (readonly string[])[] | undefined {
  const all: (readonly string[])[] = []
  for (const child of children) {
    if (!isRecord(child) || typeof child['index'] !== 'number') return undefined
    const field = structField(type, child['index'])
    if (!field) return undefined
    const below = child['child_indexes'] ?? []
    if (!Array.isArray(below)) return undefined
    const deeper = below.length === 0 ? [] : (paths(below, field.type) ?? [])
    if (deeper.length === 0) all.push([field.name])
    else for (const path of deeper) all.push([field.name, ...path])
  }
  return all
}

function structField(type: unknown, index: number): { name: string; type: unknown } | undefined {
  if (!isRecord(type) || type['id'] !== 'STRUCT' || !isRecord(type['type_info'])) return undefined
  const children = type['type_info']['child_types']
  const child: unknown = Array.isArray(children) ? children[index] : undefined
  return isRecord(child) && typeof child['first'] === 'string' ? { name: child['first'], type: child['second'] } : undefined
}

/** Filters by column name. Their keys are column numbers, not positions among the columns read. */
function filtersOf(value: unknown, names: readonly string[]): ColumnFilter[] | undefined {
  if (value === undefined) return []
  const filters = isRecord(value) ? (value['filters'] ?? []) : undefined
  if (!Array.isArray(filters)) return undefined
  const all: ColumnFilter[] = []
  for (const one of filters) {
    if (!isRecord(one)) return undefined
    const name = typeof one['key'] === 'number' ? names[one['key']] : undefined
    all.push({ name, filter: one['value'] })
  }
  return all
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
