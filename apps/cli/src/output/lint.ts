import type { LintFinding, LintReport, LintSeverity } from '@sluice/core'
import type { Colour, Paint } from './paint.ts'
import { printable } from './text.ts'
import { underline } from './underline.ts'

/** A file and what was found in it. */
export interface CheckedFile extends LintReport {
  /** As given; `-` is standard input. */
  readonly path: string
  readonly text: string
}

const COLOURS: { readonly [severity in LintSeverity]: Colour } = { error: 'red', warning: 'yellow', note: 'blue' }

/** Findings as a compiler prints them: place, what is wrong, the line, and what to write instead. */
export function describeFindings({ path, text, findings }: CheckedFile, columns: number | undefined, paint: Paint): string {
  return findings
    .map((finding) => {
      const { position, severity, message, rule, instead } = finding
      const place = `${path === '-' ? 'standard input' : path}${position ? `:${position.line}:${position.column}` : ''}`
      const head = `${printable(place)}: ${paint(COLOURS[severity], severity)}: ${paint('bold', printable(message))} ${paint('dim', `[${rule}]`)}\n`
      return `${head}${excerpt(text, finding, columns, paint)}  ${paint('dim', 'instead')}  ${printable(instead)}\n\n`
    })
    .join('')
}

/** The line a finding is on, the place underlined. Of a long line, as in a document without line breaks, what is around it. */
function excerpt(text: string, { position }: LintFinding, columns: number | undefined, paint: Paint): string {
  if (!position) return ''
  const whole = text.split('\n')[position.line - 1]?.replace(/\r$/, '') ?? ''
  const room = Math.max(40, Math.min(columns ?? 160, 160) - 12)
  const end = position.endLine === position.line ? position.endColumn : whole.length + 1
  const length = Math.min(Math.max(1, end - position.column), room)
  const from = whole.length <= room ? 0 : Math.max(0, Math.min(position.column - 1 - Math.floor((room - length) / 2), whole.length - room))
  const shown = `${from > 0 ? '…' : ''}${whole.slice(from, from + room)}${from + room < whole.length ? '…' : ''}`
  // Only this line is shown; the empty ones before it stand for those it comes after.
  const lines = '\n'.repeat(position.line - 1) + shown
  return underline(lines, { line: position.line, column: position.column - from + (from > 0 ? 1 : 0), length }, paint)
}

/** `2 errors, 1 warning and no notes in 3 files` */
export function countLine(
  { errors, warnings, notes }: { readonly errors: number; readonly warnings: number; readonly notes: number },
  files: readonly CheckedFile[],
): string {
  const policies = files.reduce((sum, file) => sum + file.policies.length, 0)
  const of = `${counted(policies, 'policy', 'policies')} in ${counted(files.length, 'file', 'files')}`
  const found = [
    errors > 0 ? counted(errors, 'error', 'errors') : '',
    warnings > 0 ? counted(warnings, 'warning', 'warnings') : '',
    notes > 0 ? counted(notes, 'note', 'notes') : '',
  ].filter((part) => part !== '')
  return `${found.length === 0 ? 'nothing to change' : found.join(', ')}; ${of}\n`
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

/** A file for programs. */
export function findingJson({ path, policies, findings }: CheckedFile) {
  return { file: path, policies, findings }
}
