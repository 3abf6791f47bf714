import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSignificant } from './token.ts'
import { splitStatements } from './statements.ts'
import { tokenize } from './tokenizer.ts'

const kinds = (source: string) =>
  tokenize(source)
    .filter(isSignificant)
    .map((token) => `${token.kind} ${token.text}`)

const statements = (source: string) => splitStatements(source).map((statement) => source.slice(statement.start, statement.end))

describe('tokens', () => {
  it('keep words, names, strings, numbers and operators apart', () => {
    expect(kinds(`a."b""c" 'it''s' 1.5e-3 x'ff' a->>'b' \`q\``)).toEqual([
      'word a',
      'operator .',
      'identifier "b""c"',
      "string 'it''s'",
      'number 1.5e-3',
      'word x',
      "string 'ff'",
      'word a',
      'operator ->>',
      "string 'b'",
      'identifier `q`',
    ])
  })

  it('take a bare stage reference up to a blank or punctuation', () => {
    expect(kinds('FROM @a/b=c/*.csv, @d(x) JOIN @e;')).toEqual([
      'word FROM',
      'stage @a/b=c/*.csv',
      'operator ,',
      'stage @d',
      'operator (',
      'word x',
      'operator )',
      'word JOIN',
      'stage @e',
      'operator ;',
    ])
  })

  it('let a backslash take a blank and braces take a comma into a stage reference', () => {
    expect(kinds('@a/b\\ c @a/{x,y}.csv @a/{x y @"q r"/z @~/f')).toEqual([
      'stage @a/b\\ c',
      'stage @a/{x,y}.csv',
      'stage @a/{x',
      'word y',
      'stage @"q r"/z',
      'stage @~/f',
    ])
  })

  it('tell the containment operators from stages', () => {
    expect(kinds('a <@ b @> c')).toEqual(['word a', 'operator <@', 'word b', 'operator @>', 'word c'])
  })

  it('take METADATA$FILENAME as one word and $1 as a position', () => {
    expect(kinds('METADATA$FILENAME $12 $name')).toEqual(['word METADATA$FILENAME', 'position $12', 'variable $name'])
  })

  it('see nothing within comments, dollar strings and nested comments', () => {
    expect(kinds("-- @a\n/* @b /* ; */ ' */ $$ @c ' ; $$ $t$ $$ $t$")).toEqual(["string $$ @c ' ; $$", 'string $t$ $$ $t$'])
  })

  it('put together are the text, for any text', () => {
    const pieces = fc.constantFrom(
      "'",
      '"',
      '`',
      '$',
      '$$',
      '@',
      '/*',
      '*/',
      '--',
      '\n',
      '\\',
      ';',
      'SELECT ',
      "E'",
      '{',
      '}',
      'é',
      '😀',
      '\u0000',
    )
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(pieces, fc.string())).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(texts, (source) => {
        const tokens = tokenize(source)
        expect(tokens.map((token) => token.text).join('')).toBe(source)
        expect(tokens.every((token, index) => token.start === (tokens[index - 1]?.end ?? 0) && token.end > token.start)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it('take time in proportion to the text, however hostile', () => {
    for (const unit of ["'", '/*', '$a', '@a{', '(', '"', '$$', '@"', 'a{', "\\'"])
      expect(tokenize(unit.repeat(30_000)).length).toBeGreaterThan(0)
  })
})

describe('statements', () => {
  it('end at semicolons that are no part of a string, name or comment', () => {
    expect(statements('SELECT \';\', ";" /* ; */ -- ;\n; ;; SELECT $$;$$;')).toEqual(['SELECT \';\', ";"', 'SELECT $$;$$'])
  })

  it('read a backslash as an escape in statements of Sluice', () => {
    expect(statements("CREATE STAGE s URL='a\\';b'; LIST @s")).toHaveLength(2)
  })

  it('read a backslash as itself in a query, as the engine does', () => {
    expect(statements("SELECT 'a\\'; SELECT 'b'")).toEqual(["SELECT 'a\\'", "SELECT 'b'"])
    expect(statements("SELECT E'a\\'; SELECT b'")).toHaveLength(1)
  })

  it.each([
    ["SELECT 'abc", 7, 'string'],
    ['SELECT /* abc', 7, 'comment'],
    ['SELECT "abc', 7, 'quoted name'],
    ['SELECT $$ abc', 7, 'string'],
    ['SELECT @"abc', 7, 'quoted name'],
    ['SELECT \u0001', 7, 'character'],
  ])('point at what is not closed: %s', (source, position, what) => {
    expect(() => splitStatements(source)).toThrow(
      expect.objectContaining({
        reason: 'sql.syntax',
        message: expect.stringContaining(what),
        context: expect.objectContaining({ position, line: 1, column: position + 1 }),
      }),
    )
  })
})
