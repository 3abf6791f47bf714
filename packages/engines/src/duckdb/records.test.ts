import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countLines, countRecords, dialectOf } from './records.ts'

const CSV = dialectOf({ type: 'csv', compression: 'auto' })

/** Counts in pieces of this width. */
function counted(text: string, dialect = CSV, skip = 0, width = Infinity) {
  const counter = countRecords(dialect, skip)
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += width) counter.push(bytes.subarray(at, at + width))
  return { records: counter.records, complete: counter.complete, firstFields: counter.firstFields, pending: counter.pending }
}

describe('countRecords', () => {
  it.each([
    ['a,b\nc,d\n', { records: 2, complete: 8, firstFields: 2, pending: false }],
    ['a,b\nc', { records: 1, complete: 4, firstFields: 2, pending: true }],
    ['"a\nb",c\n', { records: 1, complete: 8, firstFields: 2, pending: false }],
    ['"a""\n",c\nd', { records: 1, complete: 9, firstFields: 2, pending: true }],
    ['a"\nb\n', { records: 2, complete: 5, firstFields: 1, pending: false }],
    ['"open\nand never closed\n', { records: 0, complete: 0, firstFields: 1, pending: true }],
    ['a,"b,c",\r\n', { records: 1, complete: 10, firstFields: 3, pending: false }],
    ['', { records: 0, complete: 0, firstFields: 1, pending: false }],
    ['\n\r\n\na,b\n\n', { records: 1, complete: 9, firstFields: 2, pending: false }],
    ['a,b\rc,d\re', { records: 2, complete: 8, firstFields: 2, pending: true }],
    ['a,b\r', { records: 0, complete: 0, firstFields: 2, pending: true }],
    ['\ufeff"a,b",c\n', { records: 1, complete: 11, firstFields: 2, pending: false }],
    ['\ufeff', { records: 0, complete: 0, firstFields: 1, pending: false }],
    ['1, "a\nb"\n', { records: 1, complete: 9, firstFields: 2, pending: false }],
  ])('counts %j', (text, expected) => {
    expect(counted(text)).toEqual(expected)
  })

  it('skips lines, quoted line breaks and blank lines as the engine does', () => {
    expect(counted('say "\nx,y\n1,2\n', CSV, 1)).toMatchObject({ records: 2, complete: 14, firstFields: 2 })
    expect(counted('"say\na,b",c\nx,y\n', CSV, 1)).toMatchObject({ records: 1, complete: 16, firstFields: 2 })
    expect(counted('\n\na,b\n1,2,3\n', CSV, 2)).toMatchObject({ records: 2, firstFields: 2 })
    expect(counted('only\n', CSV, 1)).toMatchObject({ records: 0, pending: false })
  })

  it('knows other quotes, escapes, delimiters and newlines', () => {
    const escaped = dialectOf({ type: 'csv', compression: 'auto', escape: '\\' })
    expect(counted('"a\\"\n",b\n', escaped)).toMatchObject({ records: 1, firstFields: 2 })
    const single = dialectOf({ type: 'csv', compression: 'auto', quote: "'", fieldDelimiter: '||' })
    expect(counted("'a\n'||b|c\n", single)).toMatchObject({ records: 1, firstFields: 2 })
    expect(counted('a\rb\r', dialectOf({ type: 'csv', compression: 'auto', recordDelimiter: '\r' }))).toMatchObject({ records: 2 })
    expect(counted('"a\t"\nb\n', dialectOf({ type: 'tsv', compression: 'auto' }))).toMatchObject({ records: 2, firstFields: 2 })
  })

  it('counts the same however the bytes are cut', () => {
    const text = fc.array(fc.constantFrom('a', ',', '"', '\n', '\r', 'é', '\\'), { maxLength: 60 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 7 }), (csv, width) => {
        expect(counted(csv, CSV, 1, width)).toEqual(counted(csv, CSV, 1))
      }),
    )
  })

  it('agrees with what wrote the records', () => {
    const fields = fc.array(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(fields, (records) => {
        const csv = records.map((record) => `${record.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\n`).join('')
        expect(counted(csv)).toEqual({
          records: records.length,
          complete: Buffer.byteLength(csv),
          firstFields: records[0]?.length,
          pending: false,
        })
      }),
    )
  })
})

describe('countLines', () => {
  it('counts lines, whatever is in them', () => {
    const counter = countLines()
    counter.push(Buffer.from('{"a":"\\""}\n{"b":1}\n{'))
    expect([counter.records, counter.complete, counter.pending]).toEqual([2, 19, true])
  })
})
