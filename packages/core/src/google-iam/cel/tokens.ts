import type { CelProblem } from './expression.ts'

export type CelToken = { readonly at: number } & (
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'symbol'; readonly text: string }
  | { readonly kind: 'end' }
)

export type CelTokens = { readonly ok: true; readonly tokens: readonly CelToken[] } | { readonly ok: false; readonly problem: CelProblem }

const SPACE = /(?:[ \t\n\r\f]|\/\/[^\n]*)+/y
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
// A letter or a point behind it would make it a floating-point, hexadecimal or unsigned number: no attribute is one.
const NUMBER = /-?\d+(?![\w.])/y
const SYMBOL = /&&|\|\||==|!=|<=|>=|[<>!?:+.,()[\]]/y
const STRING = /([rR]?)("""|'''|"|')/y

/** Splits a text into the words of CEL. https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax */
export function tokenize(source: string): CelTokens {
  const tokens: CelToken[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(source)
  }
  while (at < source.length) {
    const space = take(SPACE)
    if (space) {
      at += space[0].length
      continue
    }
    const opening = take(STRING)
    if (opening) {
      const string = readString(source, at + opening[0].length, opening[2] ?? '', opening[1] !== '')
      if (!string.ok) return string
      tokens.push({ kind: 'string', value: string.value, at })
      at = string.end
      continue
    }
    const [kind, found] = ((): readonly [CelToken['kind'], RegExpExecArray | null] => {
      const name = take(NAME)
      if (name) return ['name', name]
      const number = take(NUMBER)
      return number ? ['number', number] : ['symbol', take(SYMBOL)]
    })()
    const text = found?.[0]
    if (text === undefined) return failure(at, `${JSON.stringify(source[at])} means nothing here.`)
    tokens.push(kind === 'number' ? { kind, value: Number(text), at } : { kind: kind === 'name' ? 'name' : 'symbol', text, at })
    at += text.length
  }
  return { ok: true, tokens: [...tokens, { kind: 'end', at: source.length }] }
}

type StringReading =
  | { readonly ok: true; readonly value: string; readonly end: number }
  | { readonly ok: false; readonly problem: CelProblem }

function readString(source: string, from: number, quote: string, raw: boolean): StringReading {
  let value = ''
  let at = from
  while (at < source.length) {
    if (source.startsWith(quote, at)) return { ok: true, value, end: at + quote.length }
    const character = source[at] ?? ''
    if (character === '\n' && quote.length === 1) break
    if (character !== '\\' || raw) {
      value += character
      at += 1
      continue
    }
    const escape = readEscape(source, at)
    if (escape === undefined) return failure(at, `${JSON.stringify(source.slice(at, at + 2))} is no escape of a text.`)
    value += escape.value
    at += escape.length
  }
  return failure(from - quote.length, 'The text is not closed.')
}

const SIMPLE: { readonly [letter: string]: string } = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
}

const CODED = /\\(?:[xX]([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-3][0-7]{2}))/y

function readEscape(source: string, at: number): { readonly value: string; readonly length: number } | undefined {
  const simple = SIMPLE[source[at + 1] ?? '']
  if (simple !== undefined) return { value: simple, length: 2 }
  CODED.lastIndex = at
  const coded = CODED.exec(source)
  if (!coded) return undefined
  const [whole, short, four, eight, octal] = coded
  const code = octal === undefined ? Number.parseInt(short ?? four ?? eight ?? '', 16) : Number.parseInt(octal, 8)
  if (code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined
  return { value: String.fromCodePoint(code), length: whole.length }
}

function failure(at: number, message: string): { readonly ok: false; readonly problem: CelProblem } {
  return { ok: false, problem: { message, at } }
}
