import { describe, expect, it } from 'vitest'
import { shellComment, shellFile, shellWord } from './shell.ts'

describe('words of a shell', () => {
  it.each([
    ['plain-word_1.2/3:4', 'plain-word_1.2/3:4'],
    ['', "''"],
    ["it's", `'it'\\''s'`],
    ['$(id) `id` "x"', `'$(id) \`id\` "x"'`],
    ['-n', '-n'],
    ['a\nb', "'a\nb'"],
  ])('writes %j as %j', (value, expected) => {
    expect(shellWord(value)).toBe(expected)
  })

  it('keeps a comment on its line', () => {
    expect(shellComment('a\nb\r\nc\u2028d\u0000e')).toBe('a b c d e')
  })

  it('ends a here-document with a word that the content does not hold', () => {
    expect(shellFile('f', 'a\nJSON\nb\n')).toBe("cat > f <<'JSON_0'\na\nJSON\nb\nJSON_0")
  })
})
