import { isMadeOf } from './characters.ts'
import type { Token } from './token.ts'

const SIMPLE_ESCAPES: { readonly [character: string]: string } = {
  0: '\0',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  "'": "'",
  '"': '"',
  '\\': '\\',
}

/**
 * What a string token says, by the Databend family's rules: `''` and backslash escapes; an escape that means nothing keeps its backslash,
 * so that `'\d+'` is a pattern. Dollar strings say what is between their marks.
 */
export function stringValue(token: Token): string {
  const text = token.text
  if (text.startsWith('$')) {
    const mark = text.slice(0, text.indexOf('$', 1) + 1)
    return text.slice(mark.length, text.length - mark.length)
  }
  const from = text.indexOf("'") + 1
  return unescape(text.slice(from, text.length - 1), "'")
}

/** The name a word or quoted identifier stands for. */
export function identifierName(token: Token): string {
  const mark = token.text[0]
  if (token.kind !== 'identifier' || mark === undefined) return token.text
  return token.text.slice(1, -1).replaceAll(mark + mark, mark)
}

function unescape(body: string, quote: string): string {
  let value = ''
  for (let index = 0; index < body.length; index++) {
    const character = body[index] ?? ''
    const next = body[index + 1]
    if (character === quote && next === quote) {
      value += quote
      index++
    } else if (character === '\\' && next !== undefined) {
      const escape = readEscape(body, index + 1)
      value += escape.value
      index = escape.last
    } else value += character
  }
  return value
}

/** The escape whose letter stands at `at`: what it means, and the index of its last character. */
function readEscape(body: string, at: number): { readonly value: string; readonly last: number } {
  const letter = body[at] ?? ''
  const simple = SIMPLE_ESCAPES[letter]
  if (simple !== undefined) return { value: simple, last: at }
  const digits = letter === 'u' ? 4 : letter === 'x' ? 2 : 0
  const hex = body.slice(at + 1, at + 1 + digits)
  if (digits > 0 && hex.length === digits && isHex(hex)) return { value: String.fromCharCode(Number.parseInt(hex, 16)), last: at + digits }
  return { value: `\\${letter}`, last: at }
}

function isHex(text: string): boolean {
  return isMadeOf(text, '0123456789abcdefABCDEF')
}

/** `name` as an identifier of the engine. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** `value` as a string of the engine. */
export function quoteString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
