import { describe, expect, it } from 'vitest'
import { failureOf } from './failures.ts'

const relations = [
  {
    view: 's0',
    format: { type: 'parquet', compression: 'auto' },
    positional: false,
    metadata: { filename: false, rowNumber: false },
    files: [
      { local: '0-0.parquet', size: 1, name: 'a/first.parquet' },
      { local: '0-1.parquet', size: 1, name: 'second.parquet' },
    ],
  },
] as const
const failure = (message: string, sql = 'SELECT 1', sliced = false) =>
  failureOf(new Error(message), { sql, folder: '/cache/engine-1/query-2', relations, sliced })

describe('what is said of an error', () => {
  it('names files as users know them and never shows the cache', () => {
    const damaged = failure("Invalid Input Error: No magic bytes found at end of file '/cache/engine-1/query-2/0-1.parquet'")
    expect(damaged).toEqual({
      reason: 'engine.file_corrupt',
      message: "The file second.parquet cannot be read: No magic bytes found at end of file 'second.parquet'",
      file: 'second.parquet',
    })
    expect(failure('IO Error: Could not read /cache/engine-1/query-2/spill/x: denied').message).not.toContain('/cache')
  })

  it('offers another try where bytes may be missing only because they were not fetched', () => {
    expect(failure('Invalid Error: TProtocolException: Invalid data', '', true)).toMatchObject({
      reason: 'engine.file_corrupt',
      sliced: true,
    })
    expect(failure('Invalid Error: TProtocolException: Invalid data', '', false)).not.toHaveProperty('sliced')
    expect(failure("Conversion Error: Could not convert string 'parquet' to INT32", '', true)).not.toHaveProperty('sliced')
  })

  it.each([
    'Potential Fixes \n* Consider setting union_by_name=true.',
    "Try increasing 'sample_size'",
    'If you are trying to read files with',
  ])('leaves out advice on options that users do not have: %s', (advice) => {
    expect(failure(`Invalid Input Error: Schema mismatch between files.\n${advice}`)).toMatchObject({
      message: 'Schema mismatch between files.',
    })
  })

  it('finds the position under the caret, on any line', () => {
    const sql = 'SELECT a,\n  nonsense\nFROM s0'
    const message = 'Binder Error: Referenced column "nonsense" not found in FROM clause!\n\nLINE 2:   nonsense\n          ^'
    expect(failure(message, sql)).toEqual({
      reason: 'engine.sql_invalid',
      message: 'Referenced column "nonsense" not found in FROM clause!',
      position: 12,
    })
  })

  it('finds the position in a line that is shown in part', () => {
    const sql = `SELECT ${'x, '.repeat(60)}bad FROM s0`
    const shown = sql.slice(150, sql.length)
    const message = `Binder Error: no bad\n\nLINE 1: ...${shown}\n${' '.repeat(11 + 187 - 150)}^`
    expect(failure(message, sql)).toMatchObject({ position: 187 })
  })

  it.each([
    ['Out of Memory Error: could not allocate block of size 256.0 KiB (60.0 MiB/61.0 MiB used)', 'engine.limit_memory'],
    [
      "Out of Memory Error: failed to offload data block of size 256.0 KiB (1.0 MiB/1.0 MiB used). This limit was set by the 'max_temp_directory_size' setting.",
      'engine.limit_disk',
    ],
    ['INTERRUPT Error: Interrupted!', 'engine.interrupted'],
    ['Permission Error: Cannot access file "/etc/passwd" - file system operations are disabled by configuration', 'engine.refused'],
    ['Conversion Error: Could not convert string', 'engine.query_failed'],
    ['Invalid Input Error: Malformed JSON at byte 0 of input: unexpected character.  Input: "/*{}"', 'engine.query_failed'],
    ['Out of Range Error: Overflow in multiplication of INT64', 'engine.query_failed'],
    ['Invalid Input Error: Malformed JSON in file "/cache/engine-1/query-2/0-0.parquet", at byte 3', 'engine.file_corrupt'],
  ])('takes %j as %s', (message, reason) => {
    expect(failure(message).reason).toBe(reason)
  })
})
