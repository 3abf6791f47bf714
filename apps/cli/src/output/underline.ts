import stringWidth from 'string-width'
import type { Paint } from './paint.ts'
import { printable } from './text.ts'

/** The line of a text that an error points at, the place underlined. Lines and columns count from 1, columns in UTF-16 units. */
export function underline(
  text: string,
  at: { readonly line: number; readonly column: number; readonly length: number },
  paint: Paint,
): string {
  const line = text.split('\n')[at.line - 1]
  if (line === undefined || at.column < 1 || at.column > line.length + 1) return ''
  const before = printable(line.slice(0, at.column - 1))
  const marked = printable(line.slice(at.column - 1, at.column - 1 + at.length))
  const after = printable(line.slice(at.column - 1 + at.length))
  const number = `${at.line} │ `
  const space = ' '.repeat(stringWidth(number + before))
  return `${paint('dim', number)}${before}${marked}${after}\n${space}${paint('red', '^'.repeat(Math.max(1, stringWidth(marked))))}\n`
}
