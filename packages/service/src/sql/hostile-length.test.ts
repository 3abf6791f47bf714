import { isAccessError } from '@sluice/core'
import { expect, it } from 'vitest'
import { parseStatement } from './parse.ts'
import { splitStatements } from './statements.ts'

const LENGTH = 300_000
/** Every tenant of a server waits while one statement is parsed. What is linear takes a tenth of this on a slow machine; what is not, minutes. */
const PATIENCE_MS = 5_000

const repeated = (unit: (index: number) => string): string => {
  let text = ''
  for (let index = 0; text.length < LENGTH; index++) text += unit(index)
  return text
}
const nested = (inner: string) => `${'SELECT (SELECT 1 FROM @o JOIN ('.repeat(60)}${inner}${') ON true)'.repeat(60)} FROM @a`

it.each([
  ['parameters', `CREATE CONNECTION c STORAGE_TYPE = 's3' ${repeated((index) => `p${index}='' `)}`],
  [
    'format options',
    `CREATE STAGE s URL = 's3://b/' CONNECTION = (CONNECTION_NAME = 'c') FILE_FORMAT = (${repeated((index) => `o${index}=1 `)})`,
  ],
  ['paths into documents', `SELECT ${repeated(() => '$1:a, ')} 1 FROM @a`],
  ['names like our own', `SELECT sluice_files_${repeated(() => '_')} FROM @a`],
  ['numbered names like our own', `SELECT ${repeated((index) => `sluice_files_${index}_, `)} 1 FROM @a`],
  ['operands of a union', `SELECT 1 ${repeated(() => ' UNION ALL SELECT 1')}`],
  ['uses of a stage far outside', nested(`SELECT ${repeated(() => 'a.$1, ')} 1`)],
])('parses a statement of very many %s in time', { timeout: 60_000 }, (_, sql) => {
  const began = performance.now()
  try {
    for (const text of splitStatements(sql)) parseStatement(text)
  } catch (error) {
    if (!isAccessError(error)) throw error
  }
  expect(performance.now() - began).toBeLessThan(PATIENCE_MS)
})
