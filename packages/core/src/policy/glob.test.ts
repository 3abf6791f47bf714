import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { glob, globMatches, globOf, literalCodes, wildcardCodes } from './glob.ts'

/** The definition, as slow as it is plain. */
function reference(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return text.length === 0
  if (first === '*') return Array.from({ length: text.length + 1 }, (_, cut) => text.slice(cut)).some((tail) => reference(rest, tail))
  return text.length > 0 && (first === '?' || first === text[0]) && reference(rest, text.slice(1))
}

const letters = fc.constantFrom('a', 'b', '/', ':', '.', '😀')
const texts = fc.array(letters, { maxLength: 8 })
const patterns = fc.array(fc.oneof(letters, fc.constantFrom('*', '?')), { maxLength: 7 })

it('matches as the definition does', () => {
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      expect(globMatches(glob(pattern.join('')), text.join(''))).toBe(reference(pattern, text))
    }),
    { numRuns: 2000 },
  )
})

it('matches from an offset as it matches the rest', () => {
  fc.assert(
    fc.property(patterns, texts, texts, (pattern, before, text) => {
      const head = before.join('')
      expect(globMatches(glob(pattern.join('')), head + text.join(''), head.length)).toBe(reference(pattern, text))
    }),
  )
})

it('takes every character of a literal for itself', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (pattern, text) => {
      expect(globMatches(globOf(literalCodes(pattern)), text)).toBe(pattern === text)
    }),
  )
})

it('matches what a pattern was made from, wildcards filled in', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (parts) => {
      const codes = parts.flatMap(([literal]) => [...literalCodes(literal), ...wildcardCodes('*')])
      expect(globMatches(globOf(codes), parts.map(([literal, filling]) => literal + filling).join(''))).toBe(true)
    }),
  )
})

it('does not explode on patterns made to', () => {
  const text = 'a'.repeat(20_000)
  const begin = performance.now()
  expect(globMatches(glob(`${'*a'.repeat(200)}*b`), text)).toBe(false)
  expect(globMatches(glob(`${'*?'.repeat(200)}b`), text)).toBe(false)
  expect(globMatches(glob('*'.repeat(2000)), text)).toBe(true)
  // Linear in pattern times text is a few million steps; backtracking would not end.
  expect(performance.now() - begin).toBeLessThan(2000)
})
