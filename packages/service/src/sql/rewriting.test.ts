import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineAndColumn } from './position.ts'
import { rewrite, type Edit } from './rewriting.ts'

/** A text and edits in it that do not overlap. */
const edited = fc.string({ minLength: 1, maxLength: 60 }).chain((source) =>
  fc.array(fc.tuple(fc.nat(source.length), fc.nat(4), fc.string({ maxLength: 8 })), { maxLength: 6 }).map((wanted) => {
    const edits: Edit[] = []
    let from = 0
    for (const [at, length, text] of wanted.toSorted((a, b) => a[0] - b[0])) {
      const start = Math.max(at, from)
      const end = Math.min(source.length, start + length)
      if (start > source.length) continue
      edits.push({ start, end, text, anchor: { start, end: Math.max(end, start + 1) } })
      from = end
    }
    return { source, edits }
  }),
)

describe('a rewriting', () => {
  it('maps every copied character back to where it came from', () => {
    fc.assert(
      fc.property(edited, ({ source, edits }) => {
        const { sql, toSource } = rewrite(source, 0, source.length, edits)
        let at = 0
        let from = 0
        for (const edit of [...edits, { start: source.length, end: source.length, text: '', anchor: { start: 0, end: 0 } }]) {
          for (let offset = from; offset < edit.start; offset++, at++) {
            expect(sql[at]).toBe(source[offset])
            expect(toSource(at)).toEqual({ start: offset, end: offset + 1 })
          }
          for (let index = 0; index < edit.text.length; index++, at++) expect(toSource(at)).toEqual(edit.anchor)
          from = edit.end
        }
        expect(at).toBe(sql.length)
        expect(toSource(sql.length)).toEqual({ start: source.length, end: source.length })
      }),
    )
  })

  it('rewrites a part of a text, with offsets of the whole', () => {
    const source = 'first; SELECT x'
    const { sql, toSource } = rewrite(source, 7, 15, [{ start: 14, end: 15, text: '"long"', anchor: { start: 14, end: 15 } }])
    expect(sql).toBe('SELECT "long"')
    expect(toSource(9)).toEqual({ start: 14, end: 15 })
    expect(toSource(0)).toEqual({ start: 7, end: 8 })
  })
})

describe('line and column', () => {
  it('count from one, with any line end', () => {
    const source = 'a\r\nbc\rd\n\ne'
    expect([0, 3, 4, 6, 8, 9].map((offset) => Object.values(lineAndColumn(source, offset)))).toEqual([
      [1, 1],
      [2, 1],
      [2, 2],
      [3, 1],
      [4, 1],
      [5, 1],
    ])
  })
})
