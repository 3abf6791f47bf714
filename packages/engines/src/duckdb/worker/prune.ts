import { chunkStatistics, compareBounds, type Bound, type ChunkStatistics } from '../parquet/statistics.ts'
import type { Footer, RowGroup, SchemaNode } from '../parquet/footer.ts'
import { isRecord, type ColumnFilter } from './plan.ts'

/** Whether some row of the group may pass all filters. True whenever it cannot be told. */
export function mayMatch(filters: readonly ColumnFilter[], footer: Footer, group: RowGroup): boolean {
  // Columns are known by the names that the engine gives them; where two are alike, it makes up others.
  if (!hasDistinctNames(footer.root)) return true
  return filters.every(({ name, filter }) => {
    const node = name === undefined ? undefined : columnNamed(footer.root, name)
    return node === undefined || possible(filter, node, group)
  })
}

/** Whether no two columns have names that differ in case only, or not at all. */
export function hasDistinctNames(root: SchemaNode): boolean {
  return new Set(root.children.map((child) => child.name.toLowerCase())).size === root.children.length
}

/** The only column of that name, whatever its case; undefined where there is none or more than one. */
export function columnNamed(root: SchemaNode, name: string): SchemaNode | undefined {
  const wanted = name.toLowerCase()
  const found = root.children.filter((child) => child.name.toLowerCase() === wanted)
  return found.length === 1 ? found[0] : undefined
}

function possible(filter: unknown, node: SchemaNode, group: RowGroup): boolean {
  if (!isRecord(filter)) return true
  switch (filter['filter_type']) {
    case 'CONJUNCTION_AND':
      return list(filter['child_filters']).every((child) => possible(child, node, group))
    case 'CONJUNCTION_OR':
      return some(filter['child_filters'], (child) => possible(child, node, group))
    case 'OPTIONAL_FILTER':
      return possible(filter['child_filter'], node, group)
    case 'STRUCT_EXTRACT': {
      const child = typeof filter['child_name'] === 'string' ? columnNamed(node, filter['child_name']) : undefined
      return (
        child === undefined || node.repeated || !comparesField(filter['child_filter']) || possible(filter['child_filter'], child, group)
      )
    }
    case 'EXPRESSION_FILTER':
      return expression(filter['expr'], node, group)
    default:
      return leaf(filter, node, group)
  }
}

/** A field of a struct is null where the struct is: tests for null are not for its own null count to answer. */
function comparesField(filter: unknown): boolean {
  return isRecord(filter) && (filter['filter_type'] === 'CONSTANT_COMPARISON' || filter['filter_type'] === 'STRUCT_EXTRACT')
}

function leaf(filter: Record<string, unknown>, node: SchemaNode, group: RowGroup): boolean {
  const statistics = statisticsOf(node, group)
  if (!statistics) return true
  switch (filter['filter_type']) {
    case 'IS_NULL':
      return statistics.nulls !== 0
    case 'IS_NOT_NULL':
      return statistics.nulls !== statistics.values
    case 'CONSTANT_COMPARISON':
      return compared(String(filter['comparison_type']), filter['constant'], statistics)
    case 'IN_FILTER':
      return some(filter['values'], (value) => compared('COMPARE_EQUAL', value, statistics))
    default:
      return true
  }
}

function expression(value: unknown, node: SchemaNode, group: RowGroup): boolean {
  if (!isRecord(value)) return true
  const { type } = value
  if (type === 'CONJUNCTION_AND') return list(value['children']).every((child) => expression(child, node, group))
  if (type === 'CONJUNCTION_OR') return some(value['children'], (child) => expression(child, node, group))
  const { left, right } = value
  if (value['expression_class'] !== 'BOUND_COMPARISON' || !isRecord(left) || !isRecord(right)) return true
  // The column itself on the left, a constant on the right; a cast or anything else around it cannot be judged by its statistics.
  if (left['expression_class'] !== 'BOUND_REF' || right['expression_class'] !== 'BOUND_CONSTANT') return true
  const statistics = statisticsOf(node, group)
  return !statistics || compared(String(type), right['value'], statistics)
}

function statisticsOf(node: SchemaNode, group: RowGroup): ChunkStatistics | undefined {
  if (node.children.length > 0 || node.repeated) return undefined
  const chunk = group.chunks[node.firstLeaf]
  return chunk && chunkStatistics(node, chunk)
}

function compared(comparison: string, constant: unknown, { min, max, nulls, values }: ChunkStatistics): boolean {
  // A comparison with a constant is never true of null; the forms of DISTINCT FROM are, and fall through to `true`.
  const ordinary = ['EQUAL', 'LESSTHAN', 'LESSTHANOREQUALTO', 'GREATERTHAN', 'GREATERTHANOREQUALTO'].includes(
    comparison.replace('COMPARE_', ''),
  )
  if (!ordinary) return true
  if (nulls !== undefined && nulls === values && values > 0) return false
  const wanted = boundOf(constant)
  if (!wanted) return true
  const low = min && compareBounds(min, wanted)
  const high = max && compareBounds(max, wanted)
  const below = low !== undefined && low > 0
  const above = high !== undefined && high < 0
  const atLeast = low !== undefined && low >= 0
  const atMost = high !== undefined && high <= 0
  // Not-a-number is greater than everything to DuckDB and not in the bounds: only an upper limit excludes it.
  const mayHoldNaN = wanted.kind === 'number'
  switch (comparison) {
    case 'COMPARE_EQUAL':
      return !(below || above)
    case 'COMPARE_LESSTHAN':
      return !atLeast
    case 'COMPARE_LESSTHANOREQUALTO':
      return !below
    case 'COMPARE_GREATERTHAN':
      return mayHoldNaN || !atMost
    case 'COMPARE_GREATERTHANOREQUALTO':
      return mayHoldNaN || !above
    default:
      return true
  }
}

const UNITS: { readonly [type: string]: bigint } = {
  DATE: 86_400_000_000_000n,
  TIMESTAMP_S: 1_000_000_000n,
  TIMESTAMP_MS: 1_000_000n,
  TIMESTAMP: 1000n,
  'TIMESTAMP WITH TIME ZONE': 1000n,
  TIMESTAMP_NS: 1n,
}
const INTEGERS = new Set([
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'HUGEINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'UHUGEINT',
])

/** A constant of the plan as a bound; undefined for types whose order is not certain. */
function boundOf(constant: unknown): Bound | undefined {
  if (!isRecord(constant) || constant['is_null'] === true || !isRecord(constant['type'])) return undefined
  const { type, value } = constant
  const id = String(type['id'])
  if (id === 'VARCHAR') return typeof value === 'string' ? { kind: 'bytes', value: new TextEncoder().encode(value) } : undefined
  if (id === 'FLOAT' || id === 'DOUBLE') {
    if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
    return { kind: 'number', value: id === 'FLOAT' ? Math.fround(value) : value }
  }
  const whole = wholeNumber(value)
  if (whole === undefined) return undefined
  if (INTEGERS.has(id)) return { kind: 'decimal', value: whole, scale: 0 }
  const unit = UNITS[id]
  if (unit !== undefined) return isInfinite(id, whole) ? undefined : { kind: 'time', value: whole * unit }
  if (id !== 'DECIMAL') return undefined
  const info = type['type_info']
  const scale = isRecord(info) ? (info['scale'] ?? 0) : undefined
  return typeof scale === 'number' ? { kind: 'decimal', value: whole, scale } : undefined
}

/** Dates and timestamps beyond every other: the extremes of their integer. */
function isInfinite(id: string, value: bigint): boolean {
  const most = id === 'DATE' ? 2n ** 31n - 1n : 2n ** 63n - 1n
  return value >= most || value <= -most
}

/** A whole number as the plan writes it: plain, or in two 64-bit halves. */
function wholeNumber(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined
  if (!isRecord(value)) return undefined
  const upper = wholeNumber(value['upper'])
  const lower = wholeNumber(value['lower'])
  return upper === undefined || lower === undefined ? undefined : (upper << 64n) + lower
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Like `some`, but true for what is not a list. */
function some(value: unknown, test: (one: unknown) => boolean): boolean {
  return !Array.isArray(value) || value.some(test)
}
