import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWorld } from '../../test/support/sql-world.ts'
import { isAccessError } from '@sluice/core'
import { maskStatement } from './mask.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const TOKEN = 'FwoGZXIvYXdzEBYaDExampleSessionTokenValue=='

const CREATE = `CREATE CONNECTION lake STORAGE_TYPE = 's3' ACCESS_KEY_ID = 'AKIAIOSFODNN7EXAMPLE' SECRET_ACCESS_KEY = '${SECRET}' SESSION_TOKEN = '${TOKEN}' REGION = 'us-west-2'`

const STATEMENTS = [
  CREATE,
  `CREATE OR REPLACE CONNECTION IF NOT EXISTS c STORAGE_TYPE = 's3', SECRET_ACCESS_KEY = '${SECRET}', AWS_TOKEN = '${TOKEN}'`,
  `CREATE STAGE s URL = 's3://b/x/' CONNECTION = (ACCESS_KEY_ID = 'AKIA' SECRET_ACCESS_KEY = '${SECRET}')`,
  `CREATE STAGE s URL = 's3://AKIA:${SECRET}@b/x/' CONNECTION = (CONNECTION_NAME = 'c')`,
  `SELECT * FROM 's3://b/x' (CONNECTION => (SECRET_ACCESS_KEY => '${SECRET}', SESSION_TOKEN = '${TOKEN}'))`,
  `SELECT * FROM 's3://b/x' (FILE_FORMAT => 'csv', CONNECTION => (REGION = 'us-west-2' PIN = '${SECRET}')) JOIN @s USING (a)`,
  `SELECT * FROM 'azure://acct/c/x?sv=2024&sig=${SECRET}' (FILE_FORMAT => 'parquet')`,
  `COPY INTO t FROM 's3://b/x?secret-access-key=${SECRET}' CONNECTION = (SECRET_ACCESS_KEY = '${SECRET}')`,
]

/** Does to a statement what slips of the pen do: takes out, doubles or swaps stretches of it, and adds marks, always outside the secrets. */
function mangle(statement: string, slips: readonly { readonly at: number; readonly kind: number; readonly length: number }[]): string {
  let text = statement
  for (const { at, kind, length } of slips) {
    const place = Math.floor(at * text.length)
    const stretch = text.slice(place, place + length)
    const touches = [SECRET, TOKEN].some((secret) => {
      const found = text.indexOf(secret)
      return found >= 0 && place < found + secret.length && place + Math.max(1, length) > found
    })
    if (touches && kind !== 3) continue
    const marks = ["'", '"', '`', ' ', '=', ';', '--', '/*', '$$', '(', ')', '\\', '@']
    if (kind === 0) text = text.slice(0, place) + text.slice(place + length)
    else if (kind === 1) text = text.slice(0, place) + stretch + text.slice(place)
    else if (kind === 2) text = text.slice(0, place) + (marks[length % marks.length] ?? '') + text.slice(place)
    else if (!touches) text = text.slice(place) + text.slice(0, place)
  }
  return text
}

const slips = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), kind: fc.nat(3), length: fc.integer({ min: 1, max: 25 }) }),
  { maxLength: 5 },
)

describe('a statement as it is shown and kept', () => {
  it('keeps what is harmless in a CREATE CONNECTION', () => {
    expect(maskStatement(CREATE, 'parsed')).toBe(
      "CREATE CONNECTION lake STORAGE_TYPE = 's3' ACCESS_KEY_ID = *** SECRET_ACCESS_KEY = *** SESSION_TOKEN = *** REGION = 'us-west-2'",
    )
    const role = "CREATE CONNECTION r STORAGE_TYPE='s3' ROLE_ARN='arn:aws:iam::1:role/x' EXTERNAL_ID='e' -- note"
    expect(maskStatement(role, 'parsed')).toBe("CREATE CONNECTION r STORAGE_TYPE='s3' ROLE_ARN='arn:aws:iam::1:role/x' EXTERNAL_ID=*** ***")
  })

  it('keeps queries as they are, apart from what looks like a credential', () => {
    const query = "SELECT 'a', x /* why */ FROM @lake/f.csv WHERE name = 'b'"
    expect(maskStatement(query, 'parsed')).toBe(query)
    expect(maskStatement("SELECT 1 WHERE api_token = 'x' AND u = 'https://h/p?X-Amz-Signature=1' -- my password is p", 'parsed')).toBe(
      'SELECT 1 WHERE api_token = *** AND u = *** ***',
    )
  })

  it('keeps of a connection that stands in a query only what is harmless', () => {
    const query = "SELECT * FROM 's3://b/x' (CONNECTION => (REGION = 'us-west-2', PIN = 'x'), FILE_FORMAT => 'csv') WHERE a = 'PIN'"
    expect(maskStatement(query, 'parsed')).toBe(query.replace("'x'", '***'))
    const named = "SELECT * FROM 's3://b/x' (CONNECTION => (CONNECTION_NAME = 'lake'))"
    expect(maskStatement(named, 'parsed')).toBe(named)
  })

  it.each([
    `SELECT * FROM "https://a.blob.core.windows.net/c/f.parquet?sv=2024&sig=${SECRET}"`,
    `SELECT * FROM \`s3://AKIA:${SECRET}@b/x\``,
    `SELECT * FROM 's3://b/x#${SECRET}' (CONNECTION => (METHOD = 'none'))`,
    `SELECT * FROM 's3://AKIA%3A${SECRET}%40b/x' (CONNECTION => (METHOD = 'none'))`,
    `SELECT * FROM 's3://b/x%253Fkey=${SECRET}' (CONNECTION => (METHOD = 'none'))`,
    `SELECT * FROM E's3:\\x2f\\x2fb/x?key=${SECRET}' (CONNECTION => (METHOD = 'none'))`,
    `SELECT * FROM 's3://b/x' (CONNECTION => (METHOD = 'none' /* ${SECRET} */))`,
    `SELECT 'AccountName=a;AccountKey=${SECRET}', 'sv=2024&sp=r&sig=${SECRET}'`,
  ])('takes a credential out wherever a URL can have one: %s', (query) => {
    expect(maskStatement(query, 'parsed')).not.toContain(SECRET)
  })

  it('keeps only keywords and punctuation of what was not understood', () => {
    expect(maskStatement(`CREATE CONECTION lake (SECRET = '${SECRET}', x 12 @s) "q`, 'not-understood')).toBe(
      'CREATE *** *** (*** = ***, *** *** ***) ***',
    )
  })

  it('never holds a planted secret, however the statement was mangled', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...STATEMENTS), slips, async (statement, slipsMade) => {
        const sql = mangle(statement, slipsMade)
        const world = createWorld()
        const shown: string[] = []
        try {
          shown.push(...(await world.run(sql)).flatMap((result) => [result.statement, result.message ?? '']))
        } catch (error) {
          if (!isAccessError(error)) throw error
          shown.push(error.message, error.remedy, JSON.stringify(error.context))
        }
        const kept = [...shown, ...world.history.map((entry) => entry.sql), JSON.stringify(world.audit)].join('\n')
        for (const secret of [SECRET, TOKEN]) {
          expect(kept).not.toContain(secret)
          // Nor half of one.
          expect(kept).not.toContain(secret.slice(0, 20))
          expect(kept).not.toContain(secret.slice(-20))
        }
      }),
      { numRuns: 400 },
    )
  })
})
