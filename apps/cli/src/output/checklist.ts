import { CHECKS, type Check, type CheckEvent, type CheckName, type Report } from '@sluice/core'
import stringWidth from 'string-width'
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
const TITLES = new Map<CheckName, string>(CHECKS.map((check) => [check.name, check.title]))
const WORD_WIDTH = 'inconclusive'.length
const TITLE_WIDTH = Math.max(...CHECKS.map((check) => check.title.length))
const MS_WIDTH = 8
const HEAD_WIDTH = 2 + WORD_WIDTH + 2 + TITLE_WIDTH + 2 + MS_WIDTH
const LEAST_NOTE = 20

/** The list of checks while they run. */
export interface Checklist {
  show(event: Exclude<CheckEvent, { readonly type: 'report' }>): void
  /** Leaves the list as the report has it. */
  finish(report: Report | undefined): void
}

/** Draws the checks in place on a terminal, every row at its fixed line from the start; elsewhere a line for each, in the same order. */
export function createChecklist(output: Output, paint: Paint): Checklist {
  let list: Checklist | undefined
  return {
    show: (event) => {
      list ??= checklistOf(event.type === 'checks-planned' ? event.names : ALL, output, paint)
      list.show(event)
    },
    finish: (report) => (list ?? plainChecklist(ALL, output, paint)).finish(report),
  }
}

const ALL: readonly CheckName[] = CHECKS.map((check) => check.name)

function checklistOf(names: readonly CheckName[], output: Output, paint: Paint): Checklist {
  // What has scrolled away cannot be drawn over: a low terminal gets plain lines.
  const fits = (output.columns ?? 0) >= 40 && (output.rows ?? 0) > names.length + 1
  return output.isTty && fits ? liveChecklist(names, output, paint) : plainChecklist(names, output, paint)
}

/** Writes each row as soon as all before it are known. When the checks are tried again, only rows that come out otherwise are written again. */
function plainChecklist(names: readonly CheckName[], output: Output, paint: Paint): Checklist {
  const finished = new Map<CheckName, Check>()
  const written = new Map<CheckName, string>()
  let next = 0
  const write = (check: Check) => {
    const outcome = `${check.status} ${noteOf(check)}`
    if (written.get(check.name) !== outcome) output.write(`${checkLine(check, paint, output.columns)}\n`)
    written.set(check.name, outcome)
  }
  return {
    show: (event) => {
      if (event.type === 'waiting-for-propagation') {
        output.write(`${waitingLine(event.secondsLeft)}\n`)
        finished.clear()
        next = 0
      } else if (event.type === 'check-finished') finished.set(event.check.name, event.check)
      for (let check = finishedAt(next); check !== undefined; check = finishedAt(next)) {
        write(check)
        next += 1
      }
    },
    finish: (report) => {
      // Without a report, what is known of a run that broke off is shown all the same.
      const known = names.flatMap((name) => finished.get(name) ?? [])
      for (const check of report?.checks ?? known) write(check)
    },
  }

  function finishedAt(index: number): Check | undefined {
    const name = names[index]
    return name === undefined ? undefined : finished.get(name)
  }
}

function liveChecklist(names: readonly CheckName[], output: Output, paint: Paint): Checklist {
  const running = new Set<CheckName>()
  const finished = new Map<CheckName, Check>()
  let waiting: string | undefined
  let isOver = false
  let drawn = 0
  const draw = (lines: readonly string[]) => {
    // Back to the first row, then each line anew; what is left below is cleared.
    output.write(`${drawn > 0 ? `\u001b[${drawn}A` : ''}\r${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`)
    drawn = lines.length
  }
  const rows = () =>
    names.map((name) => {
      const done = finished.get(name)
      if (done !== undefined) return checkLine(done, paint, output.columns)
      return row(running.has(name) ? 'running' : 'pending', TITLES.get(name) ?? name, '', '', paint, output.columns)
    })
  return {
    show: (event) => {
      if (event.type === 'waiting-for-propagation') {
        waiting = waitingLine(event.secondsLeft)
        isOver = true
      } else {
        // What is tried again is open again, but until then it says what is waited for.
        if (isOver) {
          finished.clear()
          running.clear()
          isOver = false
        }
        if (event.type === 'check-started') running.add(event.name)
        if (event.type === 'check-finished') finished.set(event.check.name, event.check)
      }
      draw([...rows(), ...(waiting === undefined ? [] : [fit(waiting, (output.columns ?? Infinity) - 1)])])
    },
    finish: (report) => {
      if (report !== undefined) draw(report.checks.map((check) => checkLine(check, paint, output.columns)))
    },
  }
}

function waitingLine(secondsLeft: number): string {
  return `  trying again, for up to ${Math.ceil(secondsLeft)} s: what is new is not known everywhere at once`
}

function checkLine(check: Check, paint: Paint, columns: number | undefined): string {
  const ms = 'ms' in check ? `${Math.round(check.ms)} ms` : ''
  // An advisory that does not hold fails nothing, and must not look as if it did.
  const status = check.severity === 'advisory' && check.status === 'failed' ? 'advisory' : check.status
  return row(status, printable(check.title), ms, noteOf(check), paint, columns)
}

function noteOf(check: Check): string {
  return check.status === 'passed' ? (check.note ?? '') : check.status === 'failed' ? check.reason : check.because
}

function row(status: Status, title: string, ms: string, note: string, paint: Paint, columns: number | undefined): string {
  const { icon, word, colour } = MARKS[status]
  const head = `${icon} ${pad(word, WORD_WIDTH, 'left')}  ${pad(title, TITLE_WIDTH, 'left')}  ${pad(ms, MS_WIDTH, 'right')}`
  const line = note === '' || roomForNote(columns) === 0 ? head : `${head}  ${printable(note)}`
  // One column stays free: a full line would wrap and push the rows below it.
  const shown = (columns === undefined ? line : fit(line, columns - 1)).trimEnd()
  const marked = `${icon} ${pad(word, WORD_WIDTH, 'left')}`
  return shown.startsWith(marked) ? paint(colour, marked) + shown.slice(marked.length) : paint(colour, shown)
}

/** Whether a row of this terminal shows a note whole; where not, the report says it below. */
export function noteFits(note: string, columns: number | undefined): boolean {
  return stringWidth(printable(note)) <= roomForNote(columns)
}

/** Few letters of a note say nothing: it is then left out. */
function roomForNote(columns: number | undefined): number {
  if (columns === undefined) return Infinity
  const room = columns - 1 - HEAD_WIDTH - 2
  return room < LEAST_NOTE ? 0 : room
}
