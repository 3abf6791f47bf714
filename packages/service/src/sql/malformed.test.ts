import { isAccessError } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { parseStatement } from './parse.ts'
import { splitStatements } from './statements.ts'

/** Valid statements of every kind, to be damaged. */
const VALID = [
  "CREATE CONNECTION lake_test STORAGE_TYPE = 's3' ROLE_ARN = 'arn:aws:iam::987654321987:role/lake-test' EXTERNAL_ID = 'my-external-id-123'",
  "CREATE OR REPLACE CONNECTION k STORAGE_TYPE='s3', ACCESS_KEY_ID='a', SECRET_ACCESS_KEY='b', ENABLE_VIRTUAL_HOST_STYLE=true",
  "CREATE STAGE IF NOT EXISTS s URL = 's3://b/f/' CONNECTION = (CONNECTION_NAME = 'c') FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1) COMMENT = 'x'",
  "ALTER STAGE IF EXISTS s SET URL = 's3://b/g/' CONNECTION = (CONNECTION_NAME = 'c'), COMMENT = 'y'",
  'ALTER STAGE s UNSET FILE_FORMAT, COMMENT',
  'DROP STAGE IF EXISTS s',
  'DROP CONNECTION c',
  'DESCRIBE CONNECTION c',
  'DESC STAGE s',
  "SHOW STAGES LIKE 'a%' LIMIT 3",
  'SHOW CONNECTIONS',
  "LIST @s/path/ PATTERN = '.*[.]csv'",
  "SELECT $1, METADATA$FILENAME FROM @s/x.csv (PATTERN => '.*', FILE_FORMAT => 'csv') AS t WHERE t.$2 = 'a' ORDER BY $1 LIMIT 3",
  "WITH a AS (SELECT * FROM @s/x.parquet) SELECT count(*), $$x$$ FROM a JOIN '@s/y z.parquet' b ON a.id = b.id /* end */",
]

/** A small generator with a seed, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const MARKS = [
  "'",
  '"',
  '`',
  '(',
  ')',
  '=',
  '=>',
  ',',
  ';',
  '@',
  '$',
  '$$',
  '/*',
  '--',
  '\\',
  '\u0000',
  'FROM',
  'CONNECTION',
  ' ',
  '.',
  ':',
  '[',
  '{',
]

function damage(statement: string, pick: (below: number) => number): string {
  let text = statement
  for (let slip = 0; slip <= pick(3); slip++) {
    const at = pick(text.length + 1)
    const kind = pick(4)
    if (kind === 0) text = text.slice(0, at) + text.slice(at + 1 + pick(8))
    else if (kind === 1) text = text.slice(0, at) + (MARKS[pick(MARKS.length)] ?? '') + text.slice(at)
    else if (kind === 2) text = text.slice(0, at)
    else text = text.slice(at) + text.slice(0, at)
  }
  return text
}

describe('malformed statements', () => {
  it('500 of them give a clear error that points into the text, or are statements after all', () => {
    const pick = random(42)
    let refused = 0
    for (let count = 0; refused < 500; count++) {
      expect(count).toBeLessThan(5000)
      const sql = damage(VALID[count % VALID.length] ?? '', pick)
      try {
        for (const text of splitStatements(sql)) parseStatement(text)
      } catch (error) {
        refused++
        if (!isAccessError(error)) throw error
        const { position, length, line, column } = error.context
        expect(['invalid', 'unsupported', 'limited']).toContain(error.code)
        expect(error.message).not.toBe('')
        expect(error.remedy).not.toBe('')
        expect(position).toBeGreaterThanOrEqual(0)
        expect(Number(position) + Number(length)).toBeLessThanOrEqual(sql.length)
        expect(line).toBe(sql.slice(0, Number(position)).split(/\r\n|\r|\n/).length)
        expect(column).toBeGreaterThanOrEqual(1)
      }
    }
  })

  it('every valid one is one', () => {
    for (const sql of VALID) expect(splitStatements(sql).map((text) => parseStatement(text).kind)).toHaveLength(1)
  })
})
