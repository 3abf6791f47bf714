import { columnsOf, literal, type Scope, type ScopeColumn, type Table } from './scope.ts'
import { selectOf } from './selects.ts'

const COMPARISONS = ['=', '=', '<', '<=', '>', '>=', '<>', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM']

/** A condition over the columns of these tables: a tree of AND, OR and NOT with comparisons of all kinds at its leaves. */
export function predicate(scope: Scope, tables: readonly Table[], depth = 2): string {
  const { dice } = scope
  if (depth > 0 && dice.chance(35)) {
    const parts = Array.from({ length: dice.between(2, 3) }, () => predicate(scope, tables, depth - 1))
    return `(${parts.join(dice.chance(50) ? ' AND ' : ' OR ')})`
  }
  if (depth > 0 && dice.chance(8)) return `NOT (${predicate(scope, tables, depth - 1)})`
  if (scope.depth > 0 && dice.chance(8)) return subqueryTest(scope, tables)
  return comparison(scope, tables, dice.pick(columnsOf(tables)))
}

function comparison(scope: Scope, tables: readonly Table[], column: ScopeColumn): string {
  const { dice } = scope
  const { sql, family } = column
  if (dice.chance(12)) return `${sql} IS ${dice.chance(50) ? 'NOT ' : ''}NULL`
  if (family === 'boolean' && dice.chance(50)) return dice.chance(50) ? sql : `NOT ${sql}`
  if (family === 'struct' && dice.chance(80)) return fieldTest(scope, column)
  if (family === 'list' && dice.chance(70))
    return dice.pick([`len(${sql}) > ${dice.below(3)}`, `${sql}[1] IS NOT NULL`, `list_contains(${sql}::VARCHAR[], '1')`, `${sql} = []`])
  if (family === 'map' && dice.chance(80)) return dice.pick([`${sql}['a'] = 1`, `cardinality(${sql}) > 0`, `${sql}['z'] IS NULL`])
  if (family === 'text' && dice.chance(35)) return textTest(scope, column)
  const constant = () => constantFor(scope, column)
  if (dice.chance(15)) return `${sql} ${dice.chance(25) ? 'NOT ' : ''}IN (${list(scope, constant)})`
  if (dice.chance(15)) return `${sql} ${dice.chance(15) ? 'NOT ' : ''}BETWEEN ${constant()} AND ${constant()}`
  const operator = dice.pick(COMPARISONS)
  const twin = columnsOf(tables, family).filter((other) => other.sql !== sql)
  if (twin.length > 0 && dice.chance(15)) return `${sql} ${operator} ${dice.pick(twin).sql}`
  if (dice.chance(20)) {
    const call = functionOf(scope, { ...column, sql: HOLE })
    return `${call.replaceAll(HOLE, sql)} ${operator} ${call.replaceAll(HOLE, constant())}`
  }
  if (dice.chance(6)) return `${sql}::VARCHAR ${operator} ${constant()}::VARCHAR`
  if (dice.chance(4))
    return `CASE WHEN ${sql} ${operator} ${constant()} THEN true WHEN ${sql} IS NULL THEN ${dice.chance(50)} ELSE false END`
  return dice.chance(10) ? `${constant()} ${operator} ${sql}` : `${sql} ${operator} ${constant()}`
}

/** Where a call takes its argument. */
const HOLE = '\u0001'

function list({ dice }: Scope, constant: () => string): string {
  const constants = Array.from({ length: dice.between(1, 5) }, constant)
  return [...constants, ...(dice.chance(8) ? ['NULL'] : [])].join(', ')
}

function fieldTest({ dice }: Scope, { sql, type }: ScopeColumn): string {
  const tests = [
    ...(type.includes('a INTEGER') || type.includes('a BIGINT')
      ? [`${sql}.a = ${dice.pick([1, 2, 100, 3])}`, `${sql}.a IS NULL`, `${sql}.a > 1`, `${sql}.a BETWEEN -10 AND 1`]
      : []),
    ...(type.includes('b VARCHAR') ? [`${sql}.b = 'x'`, `${sql}.b < 'y'`, `${sql}.b IS NOT NULL`] : []),
    ...(type.includes('s STRUCT')
      ? [`${sql}.s.x > 0`, `${sql}.s.x < 0`, `${sql}.s.y >= DATE '2020-01-02'`, `${sql}.s IS NULL`, `len(${sql}.l) = 1`]
      : []),
    `${sql} IS NOT NULL`,
  ]
  return dice.pick(tests)
}

function textTest({ dice }: Scope, column: ScopeColumn): string {
  const sample = dice.pick([...column.samples, "'a'"])
  const { sql } = column
  return dice.pick([
    `${sql} LIKE ${sample} || '%'`,
    `${sql} LIKE '%' || ${sample}`,
    `${sql} NOT LIKE '${dice.pick(['a', '_', '%a%', 'prefix%', 'r_d%'])}'`,
    `${sql} ILIKE ${sample}`,
    `starts_with(${sql}, ${sample})`,
    `prefix(${sql}, ${sample})`,
    `contains(${sql}, 'e')`,
    `${sql} SIMILAR TO '[a-m].*'`,
    `${sql} COLLATE NOCASE = ${sample}`,
    `lower(${sql}) = lower(${sample})`,
    `length(${sql}) > ${dice.below(5)}`,
  ])
}

/** A value of the column's type, near those that it has, or one of another type that compares with it. */
function constantFor({ dice }: Scope, { samples, type, family }: ScopeColumn): string {
  const sample = samples.length === 0 ? `NULL::${type}` : dice.pick(samples)
  if (family === 'integer') {
    if (dice.chance(15)) return String(dice.between(-5, 300))
    if (dice.chance(10)) return dice.pick(['0.5', '1.5', '1e2', "'1'", '-1.0', '99999999999'])
    if (dice.chance(10)) return `(${sample}::HUGEINT ${dice.pick(['+', '-'])} 1)`
  }
  if (family === 'real' && dice.chance(25))
    return dice.pick(['0', '1', '0.1', '-0.0', "'nan'::DOUBLE", "'inf'::DOUBLE", '2.5::FLOAT', '1e10'])
  if (family === 'decimal' && dice.chance(25)) return dice.pick(['0', '1', '0.001', '1.50', '2e0', '-7'])
  if (family === 'date' && dice.chance(20)) return dice.pick(["DATE '2020-01-01'", "TIMESTAMP '2020-02-29 00:00:01'", "'2024-01-01'"])
  if (family === 'timestamp' && dice.chance(20))
    return dice.pick(["DATE '2020-02-29'", "TIMESTAMP '2020-02-29 12:00:00'", "TIMESTAMPTZ '2020-02-29 12:00:00+05'", "'1970-01-01'"])
  if (family === 'text' && dice.chance(20)) return dice.pick(["''", "'a'", "'m'", "'\u{ffff}'", "'prefix '"])
  return sample
}

/** A function of a column that has the type it had, or nearly. */
export function functionOf({ dice }: Scope, { sql, family }: ScopeColumn): string {
  switch (family) {
    case 'integer':
      return dice.pick([
        `${sql}::HUGEINT + 1`,
        `-(${sql}::DOUBLE)`,
        `${sql} % 7`,
        `abs(${sql}::DOUBLE)`,
        `coalesce(${sql}, 0)`,
        `${sql} // 2`,
      ])
    case 'real':
      return dice.pick([`${sql} * 2`, `round(${sql}, 1)`, `abs(${sql})`, `coalesce(${sql}, 0)`, `${sql}::FLOAT`])
    case 'decimal':
      return dice.pick([`${sql}::DOUBLE`, `abs(${sql})`, `coalesce(${sql}, 0)`])
    case 'date':
      return dice.pick([`year(${sql})`, `${sql}::VARCHAR`, `date_trunc('month', ${sql})`, `dayofweek(${sql})`])
    case 'timestamp':
      return dice.pick([`${sql}::DATE`, `date_trunc('hour', ${sql}::TIMESTAMP)`, `year(${sql})`, `${sql}::TIMESTAMP_S`])
    case 'text':
      return dice.pick([
        `upper(${sql})`,
        `length(${sql})`,
        `${sql} || 'x'`,
        `substr(${sql}, 1, 1)`,
        `coalesce(${sql}, '')`,
        `TRY_CAST(${sql} AS INTEGER)`,
      ])
    default:
      return dice.pick([`${sql}::VARCHAR`, `coalesce(${sql}, ${sql})`, `(${sql} IS NULL)`])
  }
}

/** EXISTS, IN and comparisons with a subquery, correlated or not. */
function subqueryTest(scope: Scope, tables: readonly Table[]): string {
  const { dice } = scope
  const inner: Scope = { ...scope, depth: scope.depth - 1 }
  const outer = dice.pick(columnsOf(tables))
  const table = inner.table()
  const alike = columnsOf([table], outer.family)
  const link = alike.length > 0 ? `${dice.pick(alike).sql} ${dice.pick(['=', '=', '<', '>', 'IS NOT DISTINCT FROM'])} ${outer.sql}` : 'true'
  const condition = dice.chance(60) ? ` AND ${predicate(inner, [table], 1)}` : ''
  if (dice.chance(40) || alike.length === 0)
    return `${dice.chance(40) ? 'NOT ' : ''}EXISTS (SELECT 1 FROM ${table.sql} WHERE ${link}${condition})`
  const column = dice.pick(alike)
  if (dice.chance(50))
    return `${outer.sql} ${dice.chance(25) ? 'NOT ' : ''}IN (SELECT ${column.sql} FROM ${table.sql} WHERE true${condition})`
  if (dice.chance(20)) return `(SELECT count(*) FROM (${selectOf(inner).sql})) >= ${dice.below(4)}`
  const where = dice.chance(50) ? `WHERE ${link}${condition}` : dice.chance(50) ? `WHERE true${condition}` : ''
  return `${outer.sql} ${dice.pick(['=', '<', '>='])} (SELECT ${dice.pick(['min', 'max'])}(${column.sql}) FROM ${table.sql} ${where})`
}

/** A literal of this text in that type. */
export function typedLiteral(text: string, type: string): string {
  return `${literal(text)}::${type}`
}
