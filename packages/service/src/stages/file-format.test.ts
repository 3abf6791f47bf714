import { accessError, type FileFormat } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { completeFormat, formatFromSettings, formatOfFile, type FormatSetting } from './file-format.ts'

const fromSql = (settings: { readonly [name: string]: string | number | boolean }) =>
  formatFromSettings(
    Object.entries(settings).map(([name, value]): FormatSetting => ({ name, value })),
    (setting, reason, message) => accessError(reason, { message: `${setting.name}: ${message}` }),
  )

describe('options of a file format', () => {
  it('are read as the platforms write them', () => {
    expect(fromSql({ TYPE: 'csv', SKIP_HEADER: 1, FIELD_DELIMITER: '|', COMPRESSION: 'GZIP', TRIM_SPACE: true, ESCAPE: 'NONE' })).toEqual({
      type: 'csv',
      compression: 'gzip',
      skipHeader: 1,
      fieldDelimiter: '|',
      trimSpace: true,
      escape: '',
    })
    expect(fromSql({ TYPE: 'TEXT' })).toEqual({ type: 'tsv', compression: 'auto' })
    expect(fromSql({ TYPE: 'CSV', SKIP_HEADER: 'NONE' })).toMatchObject({ skipHeader: 0 })
  })

  it.each([
    [{ SKIP_HEADER: 1 }, 'stage.file_format', 'SKIP_HEADER'],
    [{ TYPE: 'EXCEL' }, 'stage.file_format', 'TYPE'],
    [{ TYPE: 'ORC' }, 'stage.file_format_unsupported', 'TYPE'],
    [{ TYPE: 'JSON' }, 'stage.file_format_unsupported', 'NDJSON'],
    [{ FORMAT_NAME: 'f' }, 'stage.file_format_unsupported', 'FORMAT_NAME'],
    [{ TYPE: 'PARQUET', SKIP_HEADER: 1 }, 'stage.file_format', 'SKIP_HEADER'],
    [{ TYPE: 'PARQUET', COMPRESSION: 'GZIP' }, 'stage.file_format', 'COMPRESSION'],
    [{ TYPE: 'TSV', QUOTE: "'" }, 'stage.file_format', 'QUOTE'],
    [{ TYPE: 'CSV', QUOTE: 'x' }, 'stage.file_format', 'QUOTE'],
    [{ TYPE: 'CSV', SKIP_HEADER: -1 }, 'stage.file_format', 'SKIP_HEADER'],
    [{ TYPE: 'CSV', SKIP_HEADER: 'two' }, 'stage.file_format', 'SKIP_HEADER'],
    [{ TYPE: 'CSV', FIELD_DELIMITER: '||' }, 'stage.file_format', 'FIELD_DELIMITER'],
    [{ TYPE: 'CSV', COMPRESSION: 'BROTLI' }, 'stage.file_format_unsupported', 'COMPRESSION'],
    [{ TYPE: 'CSV', ENCODING: 'latin1' }, 'stage.file_format_unsupported', 'ENCODING'],
    [{ TYPE: 'CSV', COLOUR: 'red' }, 'stage.file_format', 'COLOUR'],
  ])('%j are refused at the option concerned', (settings, reason, about) => {
    // The table's rows differ in their keys.
    const given: { readonly [name: string]: string | number } = settings
    expect(() => fromSql(given)).toThrow(expect.objectContaining({ reason, message: expect.stringContaining(about) }))
  })
})

describe('a format given through the API', () => {
  it('is refused like one given in SQL', () => {
    expect(() => completeFormat({ type: 'parquet', skipHeader: 1 })).toThrow(expect.objectContaining({ reason: 'stage.file_format' }))
    expect(() => completeFormat({ skipHeader: 1 })).toThrow(expect.objectContaining({ reason: 'stage.file_format' }))
    expect(() => completeFormat({ type: 'csv', quote: 'xx' })).toThrow(expect.objectContaining({ reason: 'stage.file_format' }))
    const odd: object = { type: 'csv', colour: 'red' }
    expect(() => completeFormat(odd)).toThrow(expect.objectContaining({ reason: 'stage.file_format' }))
  })

  it('survives being completed again', () => {
    for (const format of [completeFormat(undefined), completeFormat({ type: 'csv', skipHeader: 1 })])
      expect(completeFormat(format)).toEqual(format)
  })
})

describe('the format of a file', () => {
  it.each([
    ['a.csv', 'csv'],
    ['a.CSV.gz', 'csv'],
    ['a.tsv.zst', 'tsv'],
    ['a/b.jsonl', 'ndjson'],
    ['a.json', 'ndjson'],
    ['a.parquet', 'parquet'],
    ['a', 'parquet'],
  ])('where nobody chose one, of %s is %s', (name, type) => {
    expect(formatOfFile(completeFormat(undefined), name)).toEqual({ type, compression: 'auto' })
  })

  it('is the chosen one, whatever the file is called', () => {
    const parquet: FileFormat = { type: 'parquet', compression: 'auto' }
    expect(formatOfFile(parquet, 'a.csv')).toEqual(parquet)
  })
})
