import type { Json } from '../../json.ts'
import { pointer } from '../shapes.ts'
import type { LintPosition } from './finding.ts'

/** A piece of a text, by UTF-16 offsets. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** JSON with the place of each of its values, or where it stops being JSON. */
export type JsonText =
  | {
      readonly ok: true
      readonly value: Json
      /** By JSON pointer: of a text, number or word the value itself; of a list or object the name it is a member under, else its bracket. */
      readonly spans: ReadonlyMap<string, Span>
      /** Members named before in the same object. */
      readonly duplicates: readonly { readonly pointer: string; readonly name: string; readonly span: Span }[]
    }
  | { readonly ok: false; readonly message: string; readonly span: Span }

const DEEPEST = 100
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const SPACE = /[ \t\n\r]*/y
const WORD = /true|false|null/y

/**
 * Reads JSON and remembers where each value stands. Our own reader, since JSON.parse tells no places, and of a name used twice in
 * one object, which IAM refuses, tells nothing at all. A byte order mark is passed over.
 */
export function readJsonText(text: string): JsonText {
  const spans = new Map<string, Span>()
  const duplicates: { readonly pointer: string; readonly name: string; readonly span: Span }[] = []
  let at = text.startsWith('\uFEFF') ? 1 : 0
  let problem: { readonly message: string; readonly span: Span } | undefined

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  const fail = (message: string): false => {
    problem ??= { message, span: { from: at, to: Math.min(at + 1, text.length) } }
    return false
  }
  const skip = (character: string): boolean => {
    take(SPACE)
    if (text[at] !== character) return false
    at++
    return true
  }

  const readValue = (here: string, depth: number, name: Span | undefined): boolean => {
    take(SPACE)
    const from = at
    if (depth > DEEPEST) return fail(`This is nested more than ${DEEPEST} levels deep.`)
    if (text[at] === '{' || text[at] === '[') {
      spans.set(here, name ?? { from, to: from + 1 })
      return text[at] === '{' ? readObject(here, depth) : readList(here, depth)
    }
    if ((take(STRING) ?? take(NUMBER) ?? take(WORD)) === undefined) return fail(unexpected(text, at, 'a value'))
    spans.set(here, { from, to: at })
    return true
  }

  const readObject = (here: string, depth: number): boolean => {
    at++
    const names = new Set<string>()
    if (skip('}')) return true
    for (;;) {
      take(SPACE)
      const from = at
      const written = take(STRING)
      if (written === undefined) return fail(unexpected(text, at, 'a name in double quotes'))
      const span = { from, to: at }
      const name = String(JSON.parse(written))
      const member = `${here}${pointer(name)}`
      if (names.has(name)) duplicates.push({ pointer: member, name, span })
      names.add(name)
      if (!skip(':')) return fail(unexpected(text, at, 'a colon'))
      if (!readValue(member, depth + 1, span)) return false
      if (skip('}')) return true
      if (!skip(',')) return fail(unexpected(text, at, 'a comma or }'))
    }
  }

  const readList = (here: string, depth: number): boolean => {
    at++
    if (skip(']')) return true
    for (let index = 0; ; index++) {
      if (!readValue(`${here}/${index}`, depth + 1, undefined)) return false
      if (skip(']')) return true
      if (!skip(',')) return fail(unexpected(text, at, 'a comma or ]'))
    }
  }

  if (readValue('', 0, undefined)) {
    take(SPACE)
    if (at < text.length) fail('The document ends before this.')
  }
  if (problem) return { ok: false, ...problem }
  // The reader above has accepted it, so this is JSON.
  const value: Json = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text)
  return { ok: true, value, spans, duplicates }
}

function unexpected(text: string, at: number, wanted: string): string {
  const found = text[at]
  if (found === undefined) return `The text ends where ${wanted} should follow.`
  if (found === '}' || found === ']') return `${found} stands where ${wanted} should: a comma before it is one too many.`
  if (found === "'") return `JSON has no single quotes; ${wanted} should follow.`
  if (text.startsWith('//', at) || text.startsWith('/*', at) || found === '#') return `JSON has no comments; ${wanted} should follow.`
  return `${JSON.stringify(found)} stands where ${wanted} should.`
}

/** Makes line and column of offsets, in ascending or any other order. */
export function positions(text: string): (span: Span) => LintPosition {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  const place = (offset: number): readonly [line: number, column: number] => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return [low + 1, offset - (starts[low] ?? 0) + 1]
  }
  return ({ from, to }) => {
    const [line, column] = place(from)
    const [endLine, endColumn] = place(to)
    return { line, column, endLine, endColumn }
  }
}
