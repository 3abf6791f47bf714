import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalize, requestsFor, without, type Span } from './ranges.ts'

const spans = fc
  .array(fc.tuple(fc.nat(1000), fc.nat(60)), { maxLength: 40 })
  .map((all) => all.map(([start, width]): Span => [start, start + width]).toSorted((a, b) => a[0] - b[0]))

const bytesOf = (all: readonly Span[]) =>
  new Set(all.flatMap(([start, end]) => Array.from({ length: end - start }, (_, index) => start + index)))

describe('normalize', () => {
  it('keeps the same bytes in spans that are apart', () => {
    fc.assert(
      fc.property(spans, (all) => {
        const joined = normalize(all)
        expect(bytesOf(joined)).toEqual(bytesOf(all))
        for (const [index, [start, end]] of joined.entries()) {
          expect(end).toBeGreaterThan(start)
          expect(start).toBeGreaterThan(joined[index - 1]?.[1] ?? -1)
        }
      }),
    )
  })
})

describe('without', () => {
  it('leaves exactly the bytes that are not held', () => {
    fc.assert(
      fc.property(spans, spans, (wanted, held) => {
        const rest = bytesOf(without(normalize(wanted), normalize(held)))
        const kept = bytesOf(held)
        expect(rest).toEqual(new Set([...bytesOf(wanted)].filter((byte) => !kept.has(byte))))
      }),
    )
  })
})

describe('requestsFor', () => {
  it('covers all that is needed, once, in requests of bounded size', () => {
    fc.assert(
      fc.property(spans, fc.nat(50), fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 20 }), (all, gap, most, free) => {
        const needed = normalize(all)
        const requests = requestsFor(needed, { gap, most, free })
        const covered = bytesOf(requests)
        expect([...bytesOf(needed)].filter((byte) => !covered.has(byte))).toEqual([])
        for (const [index, [start, end]] of requests.entries()) {
          expect(end - start).toBeLessThanOrEqual(most)
          expect(end).toBeGreaterThan(start)
          expect(start).toBeGreaterThanOrEqual(requests[index - 1]?.[1] ?? 0)
        }
      }),
    )
  })

  it('bridges gaps for less than 1% of the bytes, whatever the number of requests', () => {
    expect(
      requestsFor(
        [
          [0, 1000],
          [1005, 2000],
        ],
        { gap: 10, most: 5000, free: 16 },
      ),
    ).toEqual([[0, 2000]])
    expect(
      requestsFor(
        [
          [0, 100],
          [105, 200],
        ],
        { gap: 10, most: 5000, free: 16 },
      ),
    ).toEqual([
      [0, 100],
      [105, 200],
    ])
  })

  it('bridges the narrowest gaps first while there are more requests than run at a time', () => {
    const needed: Span[] = [
      [0, 10],
      [19, 30],
      [33, 40],
      [90, 100],
    ]
    expect(requestsFor(needed, { gap: 20, most: 1000, free: 3 })).toEqual([
      [0, 10],
      [19, 40],
      [90, 100],
    ])
    expect(requestsFor(needed, { gap: 20, most: 1000, free: 1 })).toEqual([
      [0, 40],
      [90, 100],
    ])
  })

  it('cuts a long span into equal pieces', () => {
    expect(requestsFor([[0, 25]], { gap: 0, most: 10, free: 1 })).toEqual([
      [0, 9],
      [9, 18],
      [18, 25],
    ])
  })
})
