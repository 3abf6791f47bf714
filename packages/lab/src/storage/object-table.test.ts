import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareKeys, lowerBound } from './object-table.ts'

// Characters from both sides of the surrogates, where UTF-16 and UTF-8 disagree.
const text = fc.string({
  unit: fc.constantFrom('a', 'b', '/', '\u{7f}', 'é', '\u{d7ff}', '\u{e000}', '\u{fb01}', '\u{fffd}', '\u{1f600}', '\u{10ffff}'),
})

it('orders keys by their UTF-8 bytes', () => {
  fc.assert(
    fc.property(text, text, (left, right) => {
      expect(Math.sign(compareKeys(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)))
    }),
  )
})

it('finds the first key that is not below a bound', () => {
  fc.assert(
    fc.property(fc.uniqueArray(text), text, (keys, bound) => {
      const sorted = [...keys].sort(compareKeys)
      const expected = sorted.findIndex((key) => compareKeys(key, bound) >= 0)
      expect(lowerBound(sorted, bound)).toBe(expected < 0 ? sorted.length : expected)
    }),
  )
})
