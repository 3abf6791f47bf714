import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseStatement } from './parse.ts'
import type { PlannedSource } from './query-plan.ts'
import { splitStatements } from './statements.ts'

interface Golden {
  readonly title: string
  readonly sql: string
  readonly engine: string
  readonly sources: readonly object[]
}

const folder = new URL('../../testdata/sql/', import.meta.url)

function golden(file: string): readonly Golden[] {
  const cases: readonly Golden[] = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
  return cases
}

function planOf(sql: string) {
  const [text] = splitStatements(sql)
  const statement = text && parseStatement(text)
  if (statement?.kind !== 'query') throw new Error('This is no query.')
  return statement.plan
}

/** A source as the golden files write it: only what is true of it. */
function shown(sql: string, source: PlannedSource): object {
  const { reference, arguments: given, positional, metadata, documentUse } = source
  const argumentsShown = {
    ...(given.files ? { files: given.files.value } : {}),
    ...(given.pattern ? { pattern: given.pattern.value } : {}),
    ...(given.format ? { format: Object.fromEntries(given.format.map((option) => [option.name, option.value])) } : {}),
    ...(given.connection ? { connection: given.connection.value } : {}),
  }
  return {
    from: reference.kind === 'stage' ? { stage: reference.stage, path: reference.path } : { url: reference.url },
    ...(Object.keys(argumentsShown).length > 0 ? { arguments: argumentsShown } : {}),
    ...(positional ? { positional } : {}),
    ...(metadata.filename ? { filename: true } : {}),
    ...(metadata.rowNumber ? { rowNumber: true } : {}),
    ...(documentUse ? { document: sql.slice(documentUse.start, documentUse.end) } : {}),
  }
}

describe.each(readdirSync(folder).toSorted())('%s', (file) => {
  it.each(golden(file).map((entry) => [entry.title, entry] as const))('%s', (_title, { sql, engine, sources }) => {
    const plan = planOf(sql)
    expect(plan.sql).toBe(engine)
    expect(plan.sources.map((source) => shown(sql, source))).toEqual(sources)
  })
})

describe('a query is refused, with the place of the fault', () => {
  it.each([
    ['a stage out of place', 'SELECT ^@lake FROM t', 'sql.misplaced_stage'],
    ['a stage within an expression', 'SELECT a FROM t WHERE a IN (^@lake)', 'sql.misplaced_stage'],
    ['a position without a stage', 'SELECT ^$1 FROM t', 'sql.position'],
    ['a position with two stages', 'SELECT ^$1 FROM @a JOIN @b ON true', 'sql.position'],
    ['a position outside the query of its stage', 'SELECT ^$1 FROM (SELECT * FROM @a) s', 'sql.position'],
    ['a position of an unknown alias', 'SELECT x.^$1 FROM @a', 'sql.position'],
    ['a position of nothing', 'VALUES (^$1)', 'sql.position'],
    ['position zero', 'SELECT ^$0 FROM @a', 'sql.position'],
    ['a position beside named columns', 'SELECT ^$1 FROM @a AS t(x)', 'sql.position'],
    ['metadata without a stage', 'SELECT ^METADATA$FILENAME FROM t', 'sql.position'],
    ['unknown metadata', 'SELECT ^METADATA$SIZE FROM @a', 'sql.position'],
    ['a path below another column', 'SELECT ^$2:a FROM @a', 'sql.position'],
    ['a path that ends nowhere', 'SELECT $1:^) FROM @a', 'sql.syntax'],
    ['two tables of one name', 'SELECT 1 FROM @a/x JOIN ^@a/y ON true', 'sql.ambiguous_alias'],
    ['a natural join by metadata', 'SELECT a.METADATA$FILENAME FROM @a ^NATURAL JOIN @b', 'sql.position'],
    ['a natural join by position', 'SELECT a.$1 FROM (@a ^NATURAL JOIN @b)', 'sql.position'],
    ['the user stage', 'SELECT * FROM ^@~/x', 'sql.user_stage'],
    ['a local file', "SELECT * FROM ^'/etc/passwd'", 'sql.not_a_table'],
    ['a local file by comma', "SELECT * FROM t, ^'x.csv'", 'sql.not_a_table'],
    ['a URL without a connection', "SELECT * FROM ^'s3://b/x.csv'", 'sql.inline_credentials'],
    ['a connection and keys', "SELECT * FROM 's3://b/x' (CONNECTION => (CONNECTION_NAME = 'c' ^REGION = 'a'))", 'sql.inline_credentials'],
    [
      'two connections',
      "SELECT * FROM 's3://b/x' (CONNECTION => (A = 'b') ^CONNECTION => (CONNECTION_NAME = 'c'))",
      'sql.duplicate_option',
    ],
    ['a stage with a connection', "SELECT * FROM @a (^CONNECTION => (CONNECTION_NAME = 'c'))", 'sql.unsupported_option'],
    ['CASE_SENSITIVE', 'SELECT * FROM @a (^CASE_SENSITIVE => true)', 'sql.unsupported_option'],
    ['an unknown argument', 'SELECT * FROM @a (^COLOUR => 1)', 'sql.syntax'],
    ['an argument twice', "SELECT * FROM @a (PATTERN => 'a', ^PATTERN => 'b')", 'sql.duplicate_option'],
    ['an argument with =', "SELECT * FROM @a (PATTERN ^= 'a')", 'sql.syntax'],
    ['a pattern in a variable', 'SELECT * FROM @a (PATTERN => ^$p)', 'sql.unsupported_option'],
    ['a variable', 'SELECT ^$name', 'sql.unsupported_option'],
    ['a parenthesis that is not closed', 'SELECT ^(1', 'sql.syntax'],
    ['a parenthesis that closes nothing', 'SELECT 1^)', 'sql.syntax'],
    ['a stage without a name', "SELECT * FROM ^'@/x'", 'sql.syntax'],
  ])('%s', (_title, marked, reason) => {
    const position = marked.indexOf('^')
    const sql = marked.replace('^', '')
    expect(() => planOf(sql)).toThrow(
      expect.objectContaining({
        reason,
        context: expect.objectContaining({ position, line: 1, column: position + 1, length: expect.any(Number) }),
      }),
    )
  })

  it('nested too deeply', () => {
    expect(() => planOf(`SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`)).toThrow(expect.objectContaining({ reason: 'sql.too_deep' }))
  })
})
