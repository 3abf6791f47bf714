import type { Dice } from './dice.ts'
import { functionOf, predicate } from './predicates.ts'
import { columnsOf, quote, type Scope, type ScopeColumn, type Table } from './scope.ts'

/** A SELECT, and what is known of the order of its rows. */
export interface Select {
  readonly sql: string
  /** Whether two right engines give the rows in the same order. */
  readonly ordered: boolean
}

/** A random SELECT over the tables of the scope. */
export function selectOf(scope: Scope): Select {
  const { dice } = scope
  const shapes: readonly [number, (scope: Scope) => Select][] = [
    [22, plain],
    [18, grouped],
    [8, aggregated],
    [16, joined],
    [10, windowed],
    [8, combined],
    [6, unnested],
    [5, distinct],
    [4, pivoted],
    [5, lateral],
    [6, scalars],
  ]
  let at = dice.below(shapes.reduce((sum, [weight]) => sum + weight, 0))
  const shape = shapes.find(([weight]) => (at -= weight) < 0)
  return (shape?.[1] ?? plain)(scope)
}

function where(scope: Scope, tables: readonly Table[], percent = 75): string {
  return scope.dice.chance(percent) ? ` WHERE ${predicate(scope, tables)}` : ''
}

/** Whether rows come in the order of the files: a subquery is a join, whose sides an engine may turn around. */
function keepsOrder(filter: string): boolean {
  return !filter.includes('SELECT')
}

/** Numbered names, so that results and outer queries have something to name. */
function named(expressions: readonly string[]): string {
  return expressions.map((expression, index) => `${expression} AS r${index}`).join(', ')
}

function someColumns(dice: Dice, tables: readonly Table[], most = 4): readonly ScopeColumn[] {
  const columns = dice.shuffled(columnsOf(tables))
  return columns.slice(0, dice.between(1, most))
}

/** ORDER BY every column of the result, so that rows in doubt are equal rows. */
function totalOrder(dice: Dice, count: number): string {
  const keys = dice.shuffled(Array.from({ length: count }, (_, index) => index + 1))
  return ` ORDER BY ${keys.map((key) => `${key}${dice.pick(['', ' DESC'])}${dice.pick(['', ' NULLS FIRST', ' NULLS LAST'])}`).join(', ')}`
}

function limit(dice: Dice): string {
  const count = dice.pick([0, 1, 2, 5, 17, 100, 10_000])
  const from = dice.pick([0, 0, 0, 1, 3, 20, 500])
  const offset = from === 0 ? '' : ` OFFSET ${from}`
  return dice.chance(8) ? offset : ` LIMIT ${count}${offset}`
}

/** One table, in its own order or sorted. */
function plain(scope: Scope): Select {
  const { dice } = scope
  const table = scope.table()
  const columns = someColumns(dice, [table])
  const filter = where(scope, [table])
  const inOrder = keepsOrder(filter)
  if (dice.chance(25)) {
    const star = dice.chance(50) ? '*' : `${table.alias}.*`
    return { sql: `SELECT ${star} FROM ${table.sql}${filter}${inOrder && dice.chance(50) ? limit(dice) : ''}`, ordered: inOrder }
  }
  const list = columns.map((column) => (dice.chance(20) ? functionOf(scope, column) : fieldOf(dice, column)))
  const sorted = dice.chance(40)
  const end = sorted ? totalOrder(dice, list.length) : ''
  const some = (sorted || inOrder) && dice.chance(45) ? limit(dice) : ''
  return { sql: `SELECT ${named(list)} FROM ${table.sql}${filter}${end}${some}`, ordered: sorted || inOrder }
}

/** The column, or a part of it. */
function fieldOf(dice: Dice, { sql, type, family }: ScopeColumn): string {
  if (family === 'struct' && type.includes('s STRUCT')) return dice.pick([sql, `${sql}.s.x`, `${sql}.s.y`, `${sql}.l`, `${sql}.s`])
  if (family === 'struct' && /\ba (INTEGER|BIGINT)/.test(type)) return dice.pick([sql, `${sql}.a`, `struct_extract(${sql}, 'a')`])
  if (family === 'list') return dice.pick([sql, `${sql}[1]`, `len(${sql})`, `${sql}[-1]`])
  if (family === 'map') return dice.pick([sql, `${sql}['a']`, `map_keys(${sql})`])
  return sql
}

/** Aggregates that give the same whatever the order of their input. */
function aggregate(scope: Scope, tables: readonly Table[]): string {
  const { dice } = scope
  const column = dice.pick(columnsOf(tables))
  const { sql, family } = column
  const plainOnes = [`count(${sql})`, 'count(*)', `count(DISTINCT ${sql})`, `min(${sql})`, `max(${sql})`, `count_if(${sql} IS NULL)`]
  const whole = family === 'integer' ? [`sum(${sql} % 1000)`, `avg(${sql} % 10)`, `bit_xor(hash(${sql}))`] : [`bit_xor(hash(${sql}))`]
  const made = dice.pick([...plainOnes, ...plainOnes, ...whole, `list(${sql} ORDER BY ${sql})`, `bool_or(${sql} IS NULL)`])
  return dice.chance(12) ? `${made} FILTER (WHERE ${predicate(scope, tables, 0)})` : made
}

function aggregates(scope: Scope, tables: readonly Table[]): readonly string[] {
  return Array.from({ length: scope.dice.between(1, 3) }, () => aggregate(scope, tables))
}

function aggregated(scope: Scope): Select {
  const table = scope.table()
  return { sql: `SELECT ${named(aggregates(scope, [table]))} FROM ${table.sql}${where(scope, [table], 50)}`, ordered: true }
}

function grouped(scope: Scope): Select {
  const { dice } = scope
  const table = scope.table()
  const keys = someColumns(dice, [table], 3).map((column) => (dice.chance(25) ? functionOf(scope, column) : column.sql))
  const made = aggregates(scope, [table])
  const groups = dice.chance(80)
    ? keys.join(', ')
    : dice.pick([`ROLLUP (${keys.join(', ')})`, `CUBE (${keys.join(', ')})`, `GROUPING SETS ((${keys.join(', ')}), ())`])
  const having = dice.chance(20)
    ? ` HAVING ${dice.pick(['count(*) > 1', `${made[0]} IS NOT NULL`, `min(${dice.pick(columnsOf([table])).sql}) IS NOT NULL`])}`
    : ''
  const sorted = dice.chance(40)
  const end = sorted ? `${totalOrder(dice, keys.length + made.length)}${dice.chance(40) ? limit(dice) : ''}` : ''
  return {
    sql: `SELECT ${named([...keys, ...made])} FROM ${table.sql}${where(scope, [table], 60)} GROUP BY ${groups}${having}${end}`,
    ordered: sorted,
  }
}

const JOINS = ['JOIN', 'JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN', 'SEMI JOIN', 'ANTI JOIN']

function joined(scope: Scope): Select {
  const { dice } = scope
  const first = scope.table()
  const tables = [first]
  let from = first.sql
  for (let more = dice.chance(25) ? 2 : 1; more > 0; more--) {
    const next = scope.table()
    const pair = matching(dice, tables, next)
    if (!pair && dice.chance(50)) continue
    if (!pair || dice.chance(4)) {
      from += ` CROSS JOIN (SELECT * FROM ${next.sql} LIMIT 7) ${next.alias}`
      tables.push(next)
      continue
    }
    const [left, right] = pair
    if (dice.chance(6) && ['integer', 'real', 'decimal', 'date', 'timestamp'].includes(left.family)) {
      from += ` ASOF ${dice.pick(['', 'LEFT '])}JOIN (SELECT DISTINCT ON (${right.sql}) * FROM ${next.sql} ORDER BY ALL) ${next.alias} ON ${left.sql} ${dice.pick(['>=', '>', '<='])} ${right.sql}`
      tables.push(next)
      continue
    }
    const kind = dice.pick(JOINS)
    const extra = dice.chance(30) ? ` AND ${predicate({ ...scope, depth: 0 }, [...tables, next], 1)}` : ''
    from += ` ${kind} ${next.sql} ON ${left.sql} ${dice.chance(85) ? '=' : dice.pick(['<', '>=', 'IS NOT DISTINCT FROM'])} ${right.sql}${extra}`
    if (kind !== 'SEMI JOIN' && kind !== 'ANTI JOIN') tables.push(next)
  }
  if (dice.chance(50)) return { sql: `SELECT ${named(aggregates(scope, tables))} FROM ${from}${where(scope, tables, 50)}`, ordered: true }
  const list = someColumns(dice, tables).map((column) => fieldOf(dice, column))
  const sorted = dice.chance(60)
  const end = sorted ? `${totalOrder(dice, list.length)}${dice.chance(50) ? limit(dice) : ''}` : ''
  return { sql: `SELECT ${named(list)} FROM ${from}${where(scope, tables, 60)}${end}`, ordered: sorted }
}

/** Columns of both sides that compare. */
function matching(dice: Dice, tables: readonly Table[], next: Table): readonly [ScopeColumn, ScopeColumn] | undefined {
  const pairs = columnsOf(tables).flatMap((left) =>
    columnsOf([next], left.family).flatMap((right): (readonly [ScopeColumn, ScopeColumn])[] =>
      left.family !== 'other' || left.type === right.type ? [[left, right]] : [],
    ),
  )
  return pairs.length === 0 ? undefined : dice.pick(pairs)
}

function windowed(scope: Scope): Select {
  const { dice } = scope
  const table = scope.table()
  const shown = someColumns(dice, [table], 3)
  const partition = dice.chance(50) ? `PARTITION BY ${dice.pick(columnsOf([table])).sql} ` : ''
  // Ordered by everything that is shown: peers are equal rows.
  const order = `ORDER BY ${shown.map(({ sql }) => `${sql}${dice.pick(['', ' DESC', ' NULLS FIRST'])}`).join(', ')}`
  const [first] = shown
  const call = dice.pick([
    'row_number()',
    'rank()',
    'dense_rank()',
    'count(*)',
    `lag(${first?.sql})`,
    `lead(${first?.sql}, 2)`,
    `first_value(${first?.sql})`,
    `max(${first?.sql})`,
    'ntile(3)',
  ])
  const list = [...shown.map(({ sql }) => sql), `${call} OVER (${partition}${order})`]
  const isRanking = partition === '' || !/^(row_number|ntile|lag|lead)/.test(call)
  const filter = where(scope, [table], 50)
  if (dice.chance(20) && keepsOrder(filter))
    return { sql: `SELECT row_number() OVER () AS n, ${named(list.slice(0, -1))} FROM ${table.sql}${filter}`, ordered: true }
  const qualify = dice.chance(30) && isRanking ? ` QUALIFY rank() OVER (${partition}${order}) <= ${dice.between(1, 3)}` : ''
  return { sql: `SELECT ${named(list)} FROM ${table.sql}${filter}${qualify}`, ordered: false }
}

function combined(scope: Scope): Select {
  const { dice } = scope
  const tables = Array.from({ length: dice.between(2, 3) }, () => scope.table())
  const family = dice.pick(columnsOf(tables.slice(0, 1))).family
  const operands = tables.map((table) => {
    const [alike] = columnsOf([table], family)
    const value = alike?.sql ?? 'NULL'
    return `(SELECT ${value} AS r0 FROM ${table.sql}${where(scope, [table], 60)})`
  })
  const operator = () =>
    dice.pick(['UNION ALL', 'UNION ALL', 'UNION', 'INTERSECT', 'EXCEPT', 'INTERSECT ALL', 'EXCEPT ALL', 'UNION ALL BY NAME'])
  const sorted = dice.chance(50)
  const sql = operands.reduce((left, right) => `${left} ${operator()} ${right}`)
  return {
    sql: `SELECT * FROM (${sql})${sorted ? ` ORDER BY r0 ${dice.pick(['', 'DESC NULLS LAST'])}${dice.chance(50) ? limit(dice) : ''}` : ''}`,
    ordered: sorted,
  }
}

function unnested(scope: Scope): Select {
  const { dice } = scope
  const table = scope.table()
  const lists = columnsOf([table], 'list')
  const structs = columnsOf([table], 'struct')
  const source =
    lists.length > 0 ? dice.pick(lists).sql : structs.length > 0 ? `[${dice.pick(structs).sql}]` : `[${dice.pick(columnsOf([table])).sql}]`
  const other = dice.pick(columnsOf([table])).sql
  const filter = where(scope, [table], 50)
  if (dice.chance(50))
    return { sql: `SELECT unnest(${source}) AS r0, ${other} AS r1 FROM ${table.sql}${filter}`, ordered: keepsOrder(filter) }
  return { sql: `SELECT count(*) AS r0, count(u.x) AS r1 FROM ${table.sql}, unnest(${source}) AS u(x)${filter}`, ordered: true }
}

function distinct(scope: Scope): Select {
  const { dice } = scope
  const table = scope.table()
  const list = someColumns(dice, [table], 3).map(({ sql }) => sql)
  const sorted = dice.chance(50)
  const end = sorted ? `${totalOrder(dice, list.length)}${dice.chance(50) ? limit(dice) : ''}` : ''
  return { sql: `SELECT DISTINCT ${named(list)} FROM ${table.sql}${where(scope, [table])}${end}`, ordered: sorted }
}

function pivoted(scope: Scope): Select {
  const { dice } = scope
  const table = scope.table()
  const [key, by] = [dice.pick(columnsOf([table])), dice.pick(columnsOf([table]))]
  const values = [...new Set(by.samples.slice(0, 3).map((sample) => sample))]
  if (values.length === 0 || ['list', 'struct', 'map', 'other'].includes(by.family)) return plain(scope)
  const inner = `SELECT ${key.sql} AS k, ${by.sql} AS b FROM ${table.sql}${where(scope, [table], 50)}`
  if (dice.chance(30))
    return { sql: `SELECT * FROM (UNPIVOT (SELECT k::VARCHAR AS k, b::VARCHAR AS b FROM (${inner})) ON k, b)`, ordered: false }
  return {
    sql: `SELECT * FROM (PIVOT (${inner}) ON b IN (${values.join(', ')}) USING ${dice.pick(['count(*)', 'max(k)'])}) ORDER BY ALL`,
    ordered: true,
  }
}

function lateral(scope: Scope): Select {
  const { dice } = scope
  const [left, right] = [scope.table(), scope.table()]
  const pair = matching(dice, [left], right)
  if (!pair) return plain(scope)
  const [a, b] = pair
  const value = dice.pick(columnsOf([right])).sql
  const inner = dice.pick([
    `SELECT max(${value}) AS m, count(*) AS n FROM ${right.sql} WHERE ${b.sql} ${dice.pick(['=', '<', '>='])} ${a.sql}`,
    `SELECT ${value} AS m, 1 AS n FROM ${right.sql} WHERE ${b.sql} = ${a.sql} ORDER BY 1 LIMIT 2`,
    `SELECT ${a.sql} AS m, count(*) AS n FROM ${right.sql}`,
  ])
  return {
    sql: `SELECT ${a.sql} AS r0, l.m AS r1, l.n AS r2 FROM ${left.sql}, LATERAL (${inner}) l${where(scope, [left], 50)}`,
    ordered: false,
  }
}

/** Scalar subqueries beside columns. */
function scalars(scope: Scope): Select {
  const { dice } = scope
  const [table, other] = [scope.table(), scope.table()]
  const value = dice.pick(columnsOf([other])).sql
  const subquery = `(SELECT ${dice.pick([`max(${value})`, 'count(*)', `min(${value})`, `count(${value})`])} FROM ${other.sql}${where({ ...scope, depth: 0 }, [other], 40)})`
  const own = dice.pick(columnsOf([table])).sql
  const sorted = dice.chance(40)
  const end = sorted ? `${totalOrder(dice, 2)}${limit(dice)}` : ''
  return { sql: `SELECT ${own} AS r0, ${subquery} AS r1 FROM ${table.sql}${where(scope, [table], 60)}${end}`, ordered: sorted }
}

/** A whole statement: a SELECT, below common table expressions or not. */
export function statementOf(base: Scope): Select {
  const { dice } = base
  if (dice.chance(4)) return recursive(base)
  if (!dice.chance(22)) return dice.chance(8) ? nested(base) : selectOf(base)
  const inner = base.table()
  const columns = someColumns(dice, [inner], 3)
  const body = `SELECT ${columns.map(({ sql }, index) => `${sql} AS ${quote(`k${index}`)}`).join(', ')} FROM ${inner.sql}${where(base, [inner])}`
  const materialized = dice.pick(['', '', 'MATERIALIZED ', 'NOT MATERIALIZED '])
  let uses = 0
  const scope: Scope = {
    ...base,
    table() {
      if (dice.chance(30)) return base.table()
      const alias = `w${uses++}`
      return {
        sql: `cte ${alias}`,
        alias,
        columns: columns.map((column, index) => ({ ...column, sql: `${alias}.${quote(`k${index}`)}` })),
      }
    },
  }
  const { sql, ordered } = selectOf(scope)
  return { sql: `WITH cte AS ${materialized}(${body}) ${sql}`, ordered }
}

/** A SELECT over a SELECT. */
function nested(scope: Scope): Select {
  const { dice } = scope
  const { sql } = selectOf(scope)
  return { sql: `SELECT count(*) AS r0 FROM (${sql})${dice.chance(30) ? ' WHERE 1 = 1' : ''}`, ordered: true }
}

function recursive(scope: Scope): Select {
  const { dice } = scope
  const table = scope.table()
  const columns = columnsOf([table], 'integer', 'real')
  const link = columns.length > 0 ? `${dice.pick(columns).sql} = r.n` : 'r.n = 2'
  const filter = dice.chance(50) ? ` AND ${predicate({ ...scope, depth: 0 }, [table], 1)}` : ''
  return {
    sql: `WITH RECURSIVE r(n) AS (SELECT 0 UNION SELECT n + 1 FROM r WHERE n < 5 AND EXISTS (SELECT 1 FROM ${table.sql} WHERE ${link}${filter})) SELECT n, (SELECT count(*) FROM ${table.sql} WHERE ${link}) FROM r ORDER BY n`,
    ordered: true,
  }
}
