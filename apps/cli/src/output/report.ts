import type { Check, Report } from '@sluice/core'
import type { Paint } from './paint.ts'
import { noteFits } from './checklist.ts'
import { describeFirstFinding } from './diagnosis.ts'
import { hang, printable } from './text.ts'
import { WHO } from './who.ts'

const SIDE = 14

/** What stands below the checks: how many hold, and for each that does not, what to change. */
export function describeReport(report: Report, paint: Paint, width: number | undefined): string {
  const { passed, skipped, inconclusive } = report.counts
  const advisories = report.checks.filter((check) => check.status === 'failed' && check.severity === 'advisory').length
  const failed = report.counts.failed - advisories
  const rest = [
    ...(failed > 0 ? [paint('red', `${failed} failed`)] : []),
    ...(advisories > 0 ? [paint('yellow', `${advisories} advisory`)] : []),
    ...(inconclusive > 0 ? [paint('yellow', `${inconclusive} could not be told`)] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ]
  const parts = [`\n${[`${passed} of ${report.checks.length} hold`, ...rest].join(' · ')} · ${Math.round(report.ms)} ms\n`]
  const notes = hiddenNotes(report, width)
  if (notes.length > 0) parts.push(`\n${notes.map((note) => hang(`${paint('dim', '–')} `, 2, printable(note), width)).join('')}`)
  for (const check of report.checks)
    if (check.status === 'failed' || check.status === 'inconclusive') parts.push(describeCheck(check, paint, width))
  if (report.diagnosis !== undefined) parts.push(describeFirstFinding(report.diagnosis, report.connection, paint, width))
  for (const { bucket, key, versionId } of report.leftovers)
    parts.push(
      `\n${paint('yellow', '!')} a probe object of ours stays: ${printable(bucket)}/${printable(key)}${versionId === undefined ? '' : ` version ${printable(versionId)}`}\n`,
    )
  return parts.join('')
}

/** What the rows had no room for, each said once. */
function hiddenNotes(report: Report, width: number | undefined): readonly string[] {
  const titles = new Map<string, string[]>()
  for (const check of report.checks) {
    const note = check.status === 'skipped' ? check.because : check.status === 'passed' ? check.note : undefined
    if (note !== undefined && !noteFits(note, width)) titles.set(note, [...(titles.get(note) ?? []), check.title])
  }
  return [...titles].map(([note, [first, ...more]]) => (more.length === 0 ? `${first}: ${note}` : `${more.length + 1} checks: ${note}`))
}

function describeCheck(
  check: Extract<Check, { readonly status: 'failed' | 'inconclusive' }>,
  paint: Paint,
  width: number | undefined,
): string {
  const lines: string[] = []
  const add = (name: string, text: string | undefined, how: 'prose' | 'verbatim' = 'prose') => {
    if (text === undefined || text === '') return
    // What is to be pasted or run keeps its own lines.
    lines.push(hang(`  ${paint('dim', name.padEnd(SIDE - 2))}`, SIDE, printable(text, true).trimEnd(), how === 'prose' ? width : undefined))
  }
  if (check.status === 'failed') {
    const { remedy } = check
    const mark = check.severity === 'advisory' ? paint('yellow', '!') : paint('red', '✗')
    lines.push(`\n${mark} ${paint('bold', check.title)}${check.severity === 'advisory' ? ' (advisory)' : ''}\n`)
    add('why', check.message)
    add('cloud said', provider(check.provider))
    add('change', remedy.summary)
    add('where', remedy.where)
    add('who', WHO[remedy.who])
    // A command that reads a file means the document above it.
    const file = /file:\/\/([\w.-]+)/.exec(remedy.command ?? '')?.[1]
    add('write', remedy.snippet === undefined || file === undefined ? remedy.snippet : `${file}:\n${remedy.snippet}`, 'verbatim')
    for (const step of remedy.patch ?? [])
      add('patch', `${step.op} ${step.path}${step.value === undefined ? '' : ` ${JSON.stringify(step.value)}`}`, 'verbatim')
    add('run', remedy.command, 'verbatim')
    add('risk', remedy.risk)
    add('undo', remedy.undo)
    add('then', remedy.verify)
    add('reason', check.reason)
  } else {
    lines.push(`\n${paint('yellow', '?')} ${paint('bold', check.title)}: could not be told\n`)
    add('why', check.because)
    add('cloud said', provider(check.provider))
  }
  return lines.join('')
}

function provider(error: Extract<Check, { readonly status: 'failed' }>['provider']): string | undefined {
  if (error === undefined) return undefined
  const said = [error.operation, error.status, error.code, error.message].filter((part) => part !== undefined && part !== '')
  return `${said.join(' ')}${error.requestId === undefined ? '' : `\nrequest id ${error.requestId}`}`
}
