import { endsStagePath, isBlank, isDigit, isWordPart, isWordStart } from './characters.ts'
import { isOperator, isSignificant, type Token, type TokenKind } from './token.ts'

/** What is found at one place of the text. */
interface Scanned {
  readonly kind: TokenKind
  readonly end: number
  readonly problem?: { readonly message: string; readonly hint: string }
}

/** Words that begin a statement of the engine's own dialect, in which a backslash in a string is just a backslash. */
const QUERY_STARTS = new Set(['SELECT', 'WITH', 'VALUES', 'FROM', 'TABLE', 'EXPLAIN', 'PIVOT', 'UNPIVOT', 'SUMMARIZE'])

/** Operators of more than one character, longest first. */
const OPERATORS = ['->>', '<=>', '!~*', '=>', '->', '::', ':=', '<=', '>=', '<>', '!=', '==', '||', '<@', '@>', '//', '**', '~*', '!~']

/**
 * Cuts a whole script into tokens, in one pass from left to right. Never throws: what is not well formed becomes a token with a `problem`.
 *
 * Strings follow the statement they stand in: a query is the engine's dialect (only `''` escapes, or `E'…'`),
 * every other statement is the Databend family's (backslash escapes too). Block comments nest, as they do in the engine.
 */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = []
  let backslashEscapes: boolean | undefined
  let position = 0
  while (position < source.length) {
    const scanned = scan(source, position, backslashEscapes ?? true)
    const text = source.slice(position, scanned.end)
    const token: Token = {
      kind: scanned.kind,
      start: position,
      end: scanned.end,
      text,
      ...(scanned.problem ? { problem: scanned.problem } : {}),
    }
    tokens.push(token)
    if (isOperator(token, ';')) backslashEscapes = undefined
    else if (backslashEscapes === undefined && isSignificant(token) && !isOperator(token, '('))
      backslashEscapes = !(token.kind === 'word' && QUERY_STARTS.has(text.toUpperCase()))
    position = scanned.end
  }
  return tokens
}

function scan(source: string, start: number, backslashEscapes: boolean): Scanned {
  const character = source[start]
  const next = source[start + 1]
  if (isBlank(character)) return { kind: 'blank', end: endOfRun(source, start, isBlank) }
  if (character === '-' && next === '-') return { kind: 'comment', end: endOfLine(source, start) }
  if (character === '/' && next === '*') return blockComment(source, start)
  if (character === "'") return quoted(source, start, start + 1, "'", 'string', backslashEscapes)
  if ((character === 'E' || character === 'e') && next === "'") return quoted(source, start, start + 2, "'", 'string', true)
  if (character === '"') return quoted(source, start, start + 1, '"', 'identifier', false)
  if (character === '`') return quoted(source, start, start + 1, '`', 'identifier', false)
  if (isWordStart(character)) return { kind: 'word', end: endOfRun(source, start, isWordPart) }
  if (isDigit(character) || (character === '.' && isDigit(next))) return { kind: 'number', end: endOfNumber(source, start) }
  if (character === '$') return dollar(source, start)
  if (character === '@' && startsStage(source, start)) return stage(source, start)
  return operator(source, start)
}

function endOfRun(source: string, start: number, belongs: (character: string | undefined) => boolean): number {
  let end = start + 1
  while (belongs(source[end])) end++
  return end
}

function endOfLine(source: string, start: number): number {
  let end = start
  while (end < source.length && source[end] !== '\n' && source[end] !== '\r') end++
  return end
}

function blockComment(source: string, start: number): Scanned {
  let depth = 1
  let end = start + 2
  while (end < source.length && depth > 0) {
    const pair = source.slice(end, end + 2)
    if (pair === '*/') depth--
    else if (pair === '/*') depth++
    end += pair === '*/' || pair === '/*' ? 2 : 1
  }
  if (depth === 0) return { kind: 'comment', end }
  return {
    kind: 'comment',
    end: source.length,
    problem: { message: 'This comment is not closed.', hint: 'Close it with */; comments nest, so each /* needs its own.' },
  }
}

function quoted(source: string, start: number, from: number, mark: string, kind: 'string' | 'identifier', backslash: boolean): Scanned {
  for (let end = from; end < source.length; end++) {
    const character = source[end]
    if (character === '\\' && backslash) end++
    else if (character === mark && source[end + 1] === mark) end++
    else if (character === mark) return { kind, end: end + 1 }
  }
  const what = kind === 'string' ? 'string' : 'quoted name'
  const hint = backslash
    ? `Close it with ${mark}; write a quote within it as ${mark}${mark}.`
    : `Close it with ${mark}; write a quote within it as ${mark}${mark}: a backslash does not escape it here.`
  return { kind, end: source.length, problem: { message: `The ${what} that starts at offset ${start} is not closed.`, hint } }
}

function endOfNumber(source: string, start: number): number {
  let end = start
  if (source[start] === '0' && (source[start + 1] === 'x' || source[start + 1] === 'X')) return endOfRun(source, start + 1, isWordPart)
  while (isDigit(source[end]) || (source[end] === '_' && isDigit(source[end + 1]))) end++
  if (source[end] === '.') {
    end++
    while (isDigit(source[end])) end++
  }
  if (source[end] === 'e' || source[end] === 'E') {
    const digits = source[end + 1] === '+' || source[end + 1] === '-' ? end + 2 : end + 1
    if (isDigit(source[digits])) end = endOfRun(source, digits, isDigit)
  }
  return end
}

/** `$1`, `$$…$$`, `$tag$…$tag$` or `$name`. */
function dollar(source: string, start: number): Scanned {
  if (isDigit(source[start + 1])) return { kind: 'position', end: endOfRun(source, start, isDigit) }
  let tagEnd = start + 1
  while (isWordStart(source[tagEnd]) || (tagEnd > start + 1 && isDigit(source[tagEnd]))) tagEnd++
  if (source[tagEnd] === '$') {
    const mark = source.slice(start, tagEnd + 1)
    const close = source.indexOf(mark, tagEnd + 1)
    if (close >= 0) return { kind: 'string', end: close + mark.length }
    const message = `The string that starts at offset ${start} is not closed.`
    return {
      kind: 'string',
      end: source.length,
      problem: { message, hint: 'Repeat its opening mark, dollar signs included, to close it.' },
    }
  }
  if (tagEnd > start + 1) return { kind: 'variable', end: endOfRun(source, start, isWordPart) }
  const problem = { message: 'A lone $ means nothing.', hint: 'Columns by position are $1, $2 and so on.' }
  return { kind: 'unknown', end: start + 1, problem }
}

/** `@` begins a stage reference before a name, unless it is the second half of `<@`. */
function startsStage(source: string, start: number): boolean {
  const next = source[start + 1]
  return next === '~' || next === '"' || next === '`' || isWordStart(next) || isDigit(next)
}

/** `@name/path`, up to the first blank or punctuation that is neither escaped, nor within the quoted name, nor within `{…}`. */
function stage(source: string, start: number): Scanned {
  let end = start + 1
  const mark = source[end]
  if (mark === '"' || mark === '`') {
    const name = quoted(source, end, end + 1, mark, 'identifier', false)
    if (name.problem) return { ...name, kind: 'stage' }
    end = name.end
  }
  // Up to here no brace is closed: looking again for each would take quadratic time.
  let unclosedUntil = end
  while (end < source.length) {
    const character = source[end]
    if (character === '\\' && end + 1 < source.length && source[end + 1] !== '\n') end += 2
    else if (character === '{' && end >= unclosedUntil) {
      const braces = endOfBraces(source, end)
      if (braces.closed) end = braces.end
      else {
        unclosedUntil = braces.end
        end++
      }
    } else if (endsStagePath(character)) break
    else end++
  }
  return { kind: 'stage', end: Math.min(end, source.length) }
}

/** Past `{a,b}`, whose commas belong to the path; or where the path ends with the brace still open. */
function endOfBraces(source: string, open: number): { readonly closed: boolean; readonly end: number } {
  for (let end = open + 1; end < source.length; end++) {
    if (source[end] === '}') return { closed: true, end: end + 1 }
    if (source[end] !== ',' && endsStagePath(source[end])) return { closed: false, end }
  }
  return { closed: false, end: source.length }
}

function operator(source: string, start: number): Scanned {
  const long = OPERATORS.find((candidate) => source.startsWith(candidate, start))
  if (long) return { kind: 'operator', end: start + long.length }
  const character = source[start] ?? ''
  if ('+-*/%^<>=~!@#&|?:,.;()[]{}'.includes(character)) return { kind: 'operator', end: start + 1 }
  const problem = { message: 'This character means nothing in SQL.', hint: 'Remove it, or put it into a string.' }
  return { kind: 'unknown', end: start + 1, problem }
}
