import type { AccessError } from '@sluice/core'
import { isMadeOf } from './characters.ts'
import { identifierName, stringValue } from './literals.ts'
import { type Span, sqlError } from './position.ts'
import type { StatementText } from './statements.ts'
import { isOperator, isWord, type Token } from './token.ts'

/** A value of the statement and where it stands, for errors that are found later. */
export interface Spanned<Value> {
  readonly value: Value
  readonly span: Span
}

/**
 * Reads a statement from left to right. Its errors say what was expected and never quote what was found:
 * a slip of the pen turns part of a secret into any kind of token.
 */
export interface Cursor {
  readonly text: StatementText
  peek(ahead?: number): Token | undefined
  next(): Token | undefined
  /** How many of the statement's tokens were read. */
  index(): number
  /** Where the next token stands, or the end of the statement. */
  here(): Span
  takeWord(...words: readonly string[]): boolean
  takeOperator(text: string): boolean
  expectWord(word: string, hint?: string): void
  expectOperator(text: string, hint?: string): void
  expectName(what: string): Spanned<string>
  expectString(what: string): Spanned<string>
  expectInteger(what: string): Spanned<number>
  expectBoolean(what: string): Spanned<boolean>
  expectEnd(hint: string): void
  fail(message: string, options?: { readonly hint?: string; readonly span?: Span }): AccessError
}

export function cursorOver(text: StatementText, from = 0): Cursor {
  let index = from
  const peek = (ahead = 0) => text.tokens[index + ahead]
  const here = (): Span => peek() ?? { start: text.end, end: text.end }
  const fail: Cursor['fail'] = (message, options = {}) =>
    sqlError('sql.syntax', text.source, options.span ?? here(), message, options.hint ? { hint: options.hint } : {})
  const next = () => text.tokens[index++]
  const expect = (accepts: (token: Token) => boolean, what: string, hint?: string): Token => {
    const token = peek()
    if (!token || !accepts(token)) {
      const place = token ? 'here' : 'before the statement ends'
      throw fail(`Expected ${what} ${place}.`, hint ? { hint } : {})
    }
    index++
    return token
  }
  return {
    text,
    peek,
    next,
    index: () => index,
    here,
    fail,
    takeWord(...words) {
      if (!isWord(peek(), ...words)) return false
      index++
      return true
    },
    takeOperator(operator) {
      if (!isOperator(peek(), operator)) return false
      index++
      return true
    },
    expectWord: (word, hint) => void expect((token) => isWord(token, word), word, hint),
    expectOperator: (operator, hint) => void expect((token) => isOperator(token, operator), `'${operator}'`, hint),
    expectName(what) {
      const token = expect((candidate) => candidate.kind === 'word' || candidate.kind === 'identifier', what)
      return { value: identifierName(token), span: token }
    },
    expectString(what) {
      const token = expect((candidate) => candidate.kind === 'string', `${what}: a string in single quotes`)
      return { value: stringValue(token), span: token }
    },
    expectInteger(what) {
      const token = expect((candidate) => candidate.kind === 'number' && isPlainInteger(candidate.text), `${what}: a whole number`)
      return { value: Number(token.text), span: token }
    },
    expectBoolean(what) {
      const token = expect((candidate) => booleanOf(candidate) !== undefined, `${what}: true or false`)
      return { value: booleanOf(token) === true, span: token }
    },
    expectEnd(hint) {
      if (peek()) throw fail('The statement should have ended here.', { hint })
    },
  }
}

function isPlainInteger(text: string): boolean {
  return text.length <= 9 && isMadeOf(text, '0123456789')
}

function booleanOf(token: Token): boolean | undefined {
  const text = token.kind === 'string' ? stringValue(token) : token.kind === 'word' ? token.text : ''
  if (text.toLowerCase() === 'true') return true
  return text.toLowerCase() === 'false' ? false : undefined
}
