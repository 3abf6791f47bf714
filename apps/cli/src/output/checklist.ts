import { CHECKS, type Check, type CheckEvent, type CheckName, type Report } from '@sluice/core'
import type { Output } from '../terminal.ts'
import type { Colour, Paint } from './paint.ts'
import { fit, pad, printable } from './text.ts'

type Status = Check['status'] | 'pending' | 'running' | 'advisory'

const MARKS: { readonly [status in Status]: { readonly icon: string; readonly word: string; readonly colour: Colour } } = {
  pending: { icon: '·', word: 'pending', colour: 'dim' },
  running: { icon: '…', word: 'running', colour: 'blue' },
  passed: { icon: '✓', word: 'passed', colour: 'green' },
  failed: { icon: '✗', word: 'failed', colour: 'red' },
  advisory: { icon: '!', word: 'advisory', colour: 'yellow' },
  skipped: { icon: '–', word: 'skipped', colour: 'dim' },
  inconclusive: { icon: '?', word: 'inconclusive', colour: 'yellow' },
}
const WORD_WIDTH = 'inconclusive'.length
const TITLE_WIDTH = Math.max(...CHECKS.map((check) => check.title.length))

/** The list of checks while they run. */
export interface Checklist {
  show(event: Exclude<CheckEvent, { readonly type: 'report' }>): void
  /** Leaves the list as the report has it. */
  finish(report: Report | undefined): void
}

/** Draws the checks in place on a terminal, every row at its fixed line from the start; elsewhere all lines at the end, in the same order. */
export function createChecklist(output: Output, paint: Paint): Checklist {
  // What has scrolled away cannot be drawn over: a low terminal gets plain lines.
  const fits = (output.columns ?? 0) >= 40 && (output.rows ?? 0) > CHECKS.length + 1
  return output.isTty && fits ? liveChecklist(output, paint) : plainChecklist(output, paint)
}

function plainChecklist(output: Output, paint: Paint): Checklist {
  const finished = new Map<CheckName, Check>()
  return {
    show: (event) => {
      if (event.type === 'check-finished') finished.set(event.check.name, event.check)
      else if (event.type === 'waiting-for-propagation') output.write(`${waitingLine(event.secondsLeft)}\n`)
    },
    finish: (report) => {
      // Without a report, what is known of a run that broke off is shown all the same.
      const known = CHECKS.flatMap((check) => finished.get(check.name) ?? [])
      for (const check of report?.checks ?? known) output.write(`${checkLine(check, paint, undefined)}\n`)
    },
  }
}

function liveChecklist(output: Output, paint: Paint): Checklist {
  const running = new Set<CheckName>()
  const finished = new Map<CheckName, Check>()
  let waiting: string | undefined
  let drawn = 0
  const draw = (lines: readonly string[]) => {
    // Back to the first row, then each line anew; what is left below is cleared.
    output.write(`${drawn > 0 ? `\u001b[${drawn}A` : ''}\r${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`)
    drawn = lines.length
  }
  const rows = () =>
    CHECKS.map((check) => {
      const done = finished.get(check.name)
      if (done !== undefined) return checkLine(done, paint, output.columns)
      return row(running.has(check.name) ? 'running' : 'pending', check.title, '', '', paint, output.columns)
    })
  return {
    show: (event) => {
      if (event.type === 'check-started') running.add(event.name)
      else if (event.type === 'check-finished') finished.set(event.check.name, event.check)
      else {
        waiting = waitingLine(event.secondsLeft)
        // What is tried again is open again.
        finished.clear()
        running.clear()
      }
      draw([...rows(), ...(waiting === undefined ? [] : [waiting])])
    },
    finish: (report) => {
      // A cloud leaves out checks that have no meaning for it: their rows go only now, so that nothing moved before.
      if (report !== undefined) draw(report.checks.map((check) => checkLine(check, paint, output.columns)))
    },
  }
}

function waitingLine(secondsLeft: number): string {
  return `  the role may be new and not known everywhere yet; trying again, for up to ${Math.ceil(secondsLeft)} s`
}

function checkLine(check: Check, paint: Paint, columns: number | undefined): string {
  const ms = 'ms' in check ? `${Math.round(check.ms)} ms` : ''
  const note = check.status === 'passed' ? (check.note ?? '') : check.status === 'failed' ? check.reason : check.because
  // An advisory that does not hold fails nothing, and must not look as if it did.
  const status = check.severity === 'advisory' && check.status === 'failed' ? 'advisory' : check.status
  return row(status, check.title, ms, note, paint, columns)
}

function row(status: Status, title: string, ms: string, note: string, paint: Paint, columns: number | undefined): string {
  const { icon, word, colour } = MARKS[status]
  const head = `${icon} ${pad(word, WORD_WIDTH, 'left')}  ${pad(title, TITLE_WIDTH, 'left')}  ${pad(ms, 8, 'right')}`
  const line = note === '' ? head : `${head}  ${printable(note)}`
  // One column stays free: a full line would wrap and push the rows below it.
  const shown = (columns === undefined ? line : fit(line, columns - 1)).trimEnd()
  const marked = `${icon} ${pad(word, WORD_WIDTH, 'left')}`
  return shown.startsWith(marked) ? paint(colour, marked) + shown.slice(marked.length) : paint(colour, shown)
}
