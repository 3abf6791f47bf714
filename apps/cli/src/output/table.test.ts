import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { drawTable } from './table.ts'
import { bytes, fit, printable, wrap } from './text.ts'

const plain = (_colour: string, text: string) => text
const cell = fc.oneof(fc.constant(null), fc.string({ unit: 'grapheme', maxLength: 60 }))

describe('a table', () => {
  it('is never wider than the terminal, whatever is in it', () => {
    const shape = fc.integer({ min: 1, max: 8 }).chain((count) =>
      fc.record({
        titles: fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { minLength: count, maxLength: count }),
        rows: fc.array(fc.array(cell, { minLength: count, maxLength: count }), { maxLength: 5 }),
        width: fc.integer({ min: 20, max: 120 }),
      }),
    )
    fc.assert(
      fc.property(shape, ({ titles, rows, width }) => {
        const columns = titles.map((title, index) => ({ title, align: index % 2 === 0 ? ('left' as const) : ('right' as const) }))
        const text = drawTable(columns, rows, { width, paint: plain })
        for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width)
      }),
    )
  })

  it('cuts nothing when there is no terminal', () => {
    const long = 'x'.repeat(500)
    expect(drawTable([{ title: 'a' }], [[long]], { width: undefined, paint: plain })).toContain(long)
  })

  it('takes width from the widest columns first', () => {
    const text = drawTable([{ title: 'id' }, { title: 'text' }], [['1234567', 'y'.repeat(100)]], { width: 30, paint: plain })
    expect(text.split('\n')[2]).toBe(`1234567  ${'y'.repeat(20)}…`)
  })

  it('cuts a column that is to stay whole last', () => {
    const columns = [{ title: 'at', whole: true }, { title: 'actor' }]
    const at = '2026-11-22T09:03:18Z'
    const draw = (width: number) => drawTable(columns, [[at, 'a'.repeat(40)]], { width, paint: plain }).split('\n')[2]
    expect(draw(30)).toBe(`${at}  ${'a'.repeat(7)}…`)
    expect(draw(20)).toMatch(/^2026-11-\S*…  a+…$/)
  })

  it('turns rows into blocks where not even narrow columns fit', () => {
    const columns = Array.from({ length: 12 }, (_, index) => ({ title: `column${index}` }))
    const text = drawTable(columns, [columns.map(() => 'some value')], { width: 40, paint: plain })
    expect(text.split('\n').slice(0, 2)).toEqual(['─ row 1', ' column0  some value'])
  })

  it('draws an empty result with its columns', () => {
    expect(drawTable([{ title: 'a' }], [], { width: 40, paint: plain })).toBe('a\n─\n')
  })
})

describe('text of others', () => {
  it('cannot move the cursor, recolour the terminal or reverse its direction', () => {
    expect(printable('a\u001b[2Jb\rc\u0007\u202e\nd\te')).toBe('a\\u001b[2Jb\\rc\\u0007\\u202e\\nd\\te')
    expect(printable('a\nb\u001b', true)).toBe('a\nb\\u001b')
  })

  it('is cut between graphemes, and says so', () => {
    expect(fit('東京都', 4)).toBe('東…')
    expect(fit('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…')
    expect(fit('abc', 3)).toBe('abc')
  })
})

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [2048, '2.0 kB'],
    [999_499, '999 kB'],
    [999_999, '1.0 MB'],
    [509_000_000, '509 MB'],
  ])('%i are %s', (count, text) => {
    expect(bytes(count)).toBe(text)
  })
})

describe('prose', () => {
  it('keeps every word whole and in order, and every line within the width where its words allow', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,40}$/)), fc.integer({ min: 24, max: 90 }), (words, width) => {
        const lines = wrap(words.join(' '), width)
        expect(lines.join(' ')).toBe(words.join(' '))
        for (const line of lines) expect(line.length <= width || !line.includes(' ')).toBe(true)
      }),
    )
  })

  it('is left alone without a terminal', () => {
    expect(wrap(`${'word '.repeat(50)}\nend`, undefined)).toEqual(['word '.repeat(50), 'end'])
  })
})
