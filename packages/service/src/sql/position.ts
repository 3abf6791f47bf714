import { type AccessError, accessError, type ReasonName } from '@sluice/core'

/** A stretch of the text that an error points at. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Line and column of an offset, both from 1. CR LF counts as one line end. */
export function lineAndColumn(source: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1
  let lineStart = 0
  for (let index = 0; index < offset && index < source.length; index++) {
    const character = source[index]
    if (character === '\n' || (character === '\r' && source[index + 1] !== '\n')) {
      line++
      lineStart = index + 1
    }
  }
  return { line, column: offset - lineStart + 1 }
}

/** The context that points into `source`: `position` from 0, `length`, `line` and `column` from 1. */
export function pointAt(source: string, span: Span): { readonly [key: string]: number } {
  const position = Math.max(0, Math.min(span.start, source.length))
  const length = Math.max(0, Math.min(span.end, source.length) - position)
  return { position, length, ...lineAndColumn(source, position) }
}

/** An error about one stretch of the user's SQL. `hint`, when given, is the remedy. */
export function sqlError(
  reason: ReasonName,
  source: string,
  span: Span,
  message: string,
  options: {
    readonly hint?: string
    readonly cause?: unknown
    readonly context?: { readonly [key: string]: string | number | boolean }
  } = {},
): AccessError {
  return accessError(reason, {
    message,
    ...(options.hint ? { remedy: options.hint } : {}),
    ...(options.cause === undefined ? {} : { cause: options.cause }),
    context: { ...options.context, ...pointAt(source, span) },
  })
}
