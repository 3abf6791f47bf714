import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readStagePath } from './glob.ts'
import { compilePattern } from './pattern.ts'

function matches(glob: string, key: string): boolean {
  const path = readStagePath(glob)
  return path.kind === 'literal' ? path.key === key : key.startsWith(path.prefix) && compilePattern(path.pattern)(key)
}

describe('a path with wildcards', () => {
  it.each([
    ['a/*.csv', 'a/x.csv', true],
    ['a/*.csv', 'a/b/x.csv', false],
    ['a/**/x.csv', 'a/x.csv', true],
    ['a/**/x.csv', 'a/b/c/x.csv', true],
    ['a/**', 'a/b/c', true],
    ['f?.csv', 'f1.csv', true],
    ['f?.csv', 'f/.csv', false],
    ['f[0-9].csv', 'f7.csv', true],
    ['f[!0-9].csv', 'f7.csv', false],
    ['f[!0-9].csv', 'f/.csv', false],
    ['f[ -~].csv', 'f/.csv', false],
    ['f[ -~].csv', 'f-.csv', true],
    ['f[ -~].csv', 'f7.csv', true],
    ['f[/].csv', 'f/.csv', false],
    ['f[.-/].csv', 'f..csv', true],
    ['f[a-].csv', 'f-.csv', true],
    ['f[!-1].csv', 'f-.csv', false],
    ['f[!-1].csv', 'f0.csv', true],
    ['f[]].csv', 'f].csv', true],
    ['{a,b}.csv', 'b.csv', true],
    ['{a,b}.csv', 'c.csv', false],
    ['a.csv', 'abcsv', false],
    ['a+(b)*', 'a+(b)c', true],
    ['\\*.csv', '*.csv', true],
    ['\\*.csv', 'x.csv', false],
    ['*\n', 'a\n', true],
  ])('%s and %s: %s', (glob, key, expected) => {
    expect(matches(glob, key)).toBe(expected)
  })

  it('knows from where to list', () => {
    expect(readStagePath('year=2024/part-*.csv')).toMatchObject({ kind: 'glob', prefix: 'year=2024/part-' })
    expect(readStagePath('a\\*b/')).toEqual({ kind: 'literal', key: 'a*b/' })
  })

  it.each(['a[b', 'a{b'])('is refused where a bracket is not closed: %s', (glob) => {
    expect(() => readStagePath(glob)).toThrow(expect.objectContaining({ reason: 'stage.path' }))
  })

  it('matches any key literally once its wildcards are escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (key) => {
        const escaped = key.replaceAll(/[\\*?[{]/g, (character) => `\\${character}`)
        expect(readStagePath(escaped)).toEqual({ kind: 'literal', key })
        expect(matches(`${escaped}*`, key)).toBe(true)
      }),
    )
  })
})

describe('a pattern', () => {
  it('matches a whole path', () => {
    expect(compilePattern('.*[.]csv')('a/b.csv')).toBe(true)
    expect(compilePattern('.*[.]csv')('a/b.csv.gz')).toBe(false)
    expect(compilePattern('a|b')('ab')).toBe(false)
  })

  it.each(['(a)\\1', '(?=a)b', '((a{1000}){1000})', '[', 'a'.repeat(3000)])(
    'is refused when it is not one of linear time: %s',
    (pattern) => {
      expect(() => compilePattern(pattern)).toThrow(expect.objectContaining({ reason: 'stage.pattern' }))
    },
  )

  it('takes no time where a backtracking matcher would never end', () => {
    expect(compilePattern('(a+)+b')('a'.repeat(1000))).toBe(false)
    expect(compilePattern('(.*a){20}')('a'.repeat(19))).toBe(false)
  })
})
