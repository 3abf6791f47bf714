import type { Failure, Preview } from '../protocol.ts'
import { AGGREGATE_FUNCTIONS, TABLE_FUNCTIONS, VALUE_FUNCTIONS } from './functions.ts'
import { isRecord } from './plan.ts'

/** What the fence learns of a statement it lets pass. */
export interface Statement {
  /**
   * How many times each view is read once every CTE stands where it is used. An upper bound: a recursive CTE counts as without end.
   * A plan with fewer scans than this answers some of them from statistics.
   */
  readonly references: ReadonlyMap<string, number>
  /** The statement only shows the first rows of one relation. */
  readonly preview: Preview | undefined
}

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

const refuse = (message: string, location?: unknown) =>
  new Refusal({ reason: 'engine.refused', message, ...(typeof location === 'number' ? { position: location } : {}) })

const EXPRESSIONS = new Set([
  'BETWEEN',
  'CASE',
  'CAST',
  'COLLATE',
  'COLUMN_REF',
  'COMPARISON',
  'CONJUNCTION',
  'CONSTANT',
  'DEFAULT',
  'FUNCTION',
  'LAMBDA',
  'LAMBDA_REF',
  'OPERATOR',
  'POSITIONAL_REFERENCE',
  'STAR',
  'SUBQUERY',
  'WINDOW',
])
const QUERY_NODES = new Set(['SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE', 'CTE_NODE'])
const TABLES = new Set(['SUBQUERY', 'JOIN', 'EMPTY', 'EXPRESSION_LIST', 'PIVOT'])
const MODIFIERS = new Set([
  'LIMIT_MODIFIER',
  'LIMIT_PERCENT_MODIFIER',
  'ORDER_MODIFIER',
  'DISTINCT_MODIFIER',
  'ORDER_DEFAULT',
  'ASCENDING',
  'DESCENDING',
])

/** CTE names in scope, each with what reading it once reads of the views. */
type Scope = ReadonlyMap<string, Counts>
type Counts = ReadonlyMap<string, number>

/**
 * Checks that a serialized statement is one SELECT made of nothing but what is allowed: the query's views, CTEs, subqueries, VALUES,
 * functions of values. Whatever is not known is refused. Positions are byte offsets.
 */
export function checkStatement(serialized: unknown, views: readonly string[]): Statement {
  if (!isRecord(serialized)) throw refuse('The statement cannot be checked.')
  if (serialized['error'] === true) throw parseFailure(serialized)
  const statements = serialized['statements']
  const [statement, second]: unknown[] = Array.isArray(statements) ? statements : []
  if (!isRecord(statement)) throw new Refusal({ reason: 'engine.sql_invalid', message: 'There is no statement to run.' })
  if (second !== undefined) throw refuse('Only one statement can be run at a time.')
  if (statement['named_param_map'] !== undefined)
    throw new Refusal({ reason: 'engine.sql_invalid', message: 'The query has parameters, for which there are no values.' })
  const walker = new Walker(new Set(views))
  const references = walker.walk(statement['node'], new Map(), 0)
  return { references, preview: walker.onlyPlain ? previewOf(statement['node'], views) : undefined }
}

function parseFailure(serialized: Record<string, unknown>): Refusal {
  const message = stringOf(serialized['error_message'])
  if (serialized['error_type'] !== 'parser') return refuse('Only a SELECT can be run over files.')
  const position = Number(serialized['position'])
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}`
  return new Refusal({
    reason: 'engine.sql_invalid',
    message: /[.!?]$/.test(sentence) ? sentence : `${sentence}.`,
    ...(Number.isSafeInteger(position) ? { position } : {}),
  })
}

/** One walk over one statement. A class for what it counts on the way. */
class Walker {
  /** No aggregate, window, subquery or function that changes the number of rows was met. */
  onlyPlain = true
  readonly #views: ReadonlySet<string>

  constructor(views: ReadonlySet<string>) {
    this.#views = views
  }

  walk(value: unknown, scope: Scope, depth: number): Counts {
    if (depth > 1500) throw refuse('The query is nested too deeply.')
    if (Array.isArray(value)) return sum(value.map((one) => this.walk(one, scope, depth + 1)))
    if (!isRecord(value)) return new Map()
    const { type } = value
    if (isValue(value)) return new Map()
    if (typeof value['class'] === 'string') this.#expression(value)
    else if (type === 'BASE_TABLE') return this.#relation(value, scope, depth)
    else if (type === 'TABLE_FUNCTION') return this.#tableFunction(value, scope, depth)
    else if (type === 'SHOW_REF') checkShow(value)
    else if (typeof type === 'string' && !TABLES.has(type) && !QUERY_NODES.has(type) && !MODIFIERS.has(type))
      throw refuse(`The query has a part that is not allowed: ${type}.`, value['query_location'])
    if (isRecord(value['cte_map'])) return this.#withCtes(value, scope, depth)
    return this.#children(value, scope, depth)
  }

  #children(value: Record<string, unknown>, scope: Scope, depth: number, without?: string): Counts {
    const parts: Counts[] = []
    for (const [key, child] of Object.entries(value)) {
      if (key === without || (key === 'cast_type' && isData(child))) continue
      parts.push(this.walk(child, scope, depth + 1))
    }
    return sum(parts)
  }

  #expression(value: Record<string, unknown>): void {
    const kind = String(value['class'])
    if (!EXPRESSIONS.has(kind)) throw refuse(`The query has an expression that is not allowed: ${kind}.`, value['query_location'])
    if (kind === 'SUBQUERY' || kind === 'WINDOW') this.onlyPlain = false
    if (kind !== 'FUNCTION' && kind !== 'WINDOW') return
    const name = stringOf(value['function_name']).toLowerCase()
    if (!plainSchema(value['schema'], value['catalog']) || (name !== '' && !VALUE_FUNCTIONS.has(name)))
      throw refuse(`The function ${name} is not allowed in queries over files.`, value['query_location'])
    if (AGGREGATE_FUNCTIONS.has(name) || name === 'unnest' || name === 'unpivot_list' || name === 'regexp_split_to_table')
      this.onlyPlain = false
  }

  #tableFunction(value: Record<string, unknown>, scope: Scope, depth: number): Counts {
    const call = value['function']
    const name = isRecord(call) ? String(call['function_name']).toLowerCase() : ''
    if (!isRecord(call) || !TABLE_FUNCTIONS.has(name) || !plainSchema(call['schema'], call['catalog']))
      throw refuse(`The table function ${name} is not allowed in queries over files.`, value['query_location'])
    return sum([this.#children(value, scope, depth, 'function'), this.#children(call, scope, depth)])
  }

  #relation(value: Record<string, unknown>, scope: Scope, depth: number): Counts {
    const name = String(value['table_name'])
    const location = value['query_location']
    if (value['at_clause'] !== undefined) throw refuse('AT is not allowed in queries over files.', location)
    const qualified = value['schema_name'] !== undefined || value['catalog_name'] !== undefined
    const cte = qualified ? undefined : scope.get(name.toLowerCase())
    const known = !qualified && this.#views.has(name)
    if (!cte && !known) throw refuse(`There is no relation ${JSON.stringify(name)} that this query may read.`, location)
    this.#children(value, scope, depth)
    return cte ?? new Map([[name, 1]])
  }

  /** CTEs see those before them, and themselves only where they are recursive. */
  #withCtes(value: Record<string, unknown>, outer: Scope, depth: number): Counts {
    const scope = new Map(outer)
    const map = isRecord(value['cte_map']) ? value['cte_map']['map'] : undefined
    const unused: Counts[] = []
    for (const entry of Array.isArray(map) ? map : []) {
      if (!isRecord(entry) || !isRecord(entry['value'])) throw refuse('The query has a WITH that cannot be checked.')
      const name = String(entry['key']).toLowerCase()
      const node = isRecord(entry['value']['query']) ? entry['value']['query']['node'] : undefined
      const recursive = isRecord(node) && node['type'] === 'RECURSIVE_CTE_NODE'
      const inner = recursive ? new Map([...scope, [name, new Map<string, number>()]]) : scope
      const counts = this.walk(entry['value'], inner, depth + 1)
      // Even what is read once in a recursive CTE may be read any number of times.
      scope.set(name, recursive ? new Map([...counts.keys()].map((view) => [view, Infinity])) : counts)
      unused.push(new Map([...counts.keys()].map((view) => [view, 0])))
    }
    return sum([...unused, this.#children(value, scope, depth, 'cte_map')])
  }
}

/** DESCRIBE and SUMMARIZE of a query may pass; every other SHOW shows the catalog. */
function checkShow(value: Record<string, unknown>): void {
  const described = value['show_type'] === 'DESCRIBE' || value['show_type'] === 'SUMMARY'
  if (!described || !isRecord(value['query'])) throw refuse('SHOW is not allowed in queries over files.', value['query_location'])
}

/** A constant: a type, and a value of it. */
function isValue(value: Record<string, unknown>): boolean {
  return isRecord(value['type']) && typeof value['type']['id'] === 'string' && 'is_null' in value && isData(value)
}

/** Whether there is no expression anywhere in it. */
function isData(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isData)
  return !isRecord(value) || (!('class' in value) && Object.values(value).every(isData))
}

function plainSchema(schema: unknown, catalog: unknown): boolean {
  return (schema === undefined || schema === '' || schema === 'main') && (catalog === undefined || catalog === '')
}

function sum(parts: readonly Counts[]): Counts {
  const total = new Map<string, number>()
  for (const part of parts) for (const [view, count] of part) total.set(view, (total.get(view) ?? 0) + count)
  return total
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Keys of a SELECT that neither drop nor reorder rows, given that its expressions are plain. */
const PREVIEW_KEYS = new Set(['type', 'select_list', 'from_table', 'modifiers', 'aggregate_handling'])

function previewOf(node: unknown, views: readonly string[]): Preview | undefined {
  if (!isRecord(node) || node['type'] !== 'SELECT_NODE' || !Object.keys(node).every((key) => PREVIEW_KEYS.has(key))) return undefined
  const table = node['from_table']
  if (!isRecord(table) || table['type'] !== 'BASE_TABLE' || table['sample'] !== undefined) return undefined
  if (!views.includes(String(table['table_name']))) return undefined
  if (node['aggregate_handling'] !== 'STANDARD_HANDLING') return undefined
  const modifiers = node['modifiers'] ?? []
  if (!Array.isArray(modifiers)) return undefined
  if (modifiers.length === 0) return { limit: Infinity, offset: 0 }
  const [only]: unknown[] = modifiers
  if (modifiers.length !== 1 || !isRecord(only) || only['type'] !== 'LIMIT_MODIFIER') return undefined
  const limit = constantOf(only['limit'], Infinity)
  const offset = constantOf(only['offset'], 0)
  return limit === undefined || offset === undefined ? undefined : { limit, offset }
}

function constantOf(expression: unknown, absent: number): number | undefined {
  if (expression === undefined) return absent
  if (!isRecord(expression) || expression['class'] !== 'CONSTANT' || !isRecord(expression['value'])) return undefined
  const { value } = expression['value']
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
}
