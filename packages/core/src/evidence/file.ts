import type { Json } from '../json.ts'
import type { Said } from '../diagnosis/cause.ts'
import { parsedJson } from '../diagnosis/json-text.ts'
import { said } from '../diagnosis/said.ts'
import { questionOf, type Answer, type Answers } from './answer.ts'
import { checksum } from './checksum.ts'

/** How a line of the file begins that is the script's own; what a command answered stands behind `| `. */
export const MARK = '#sluice'
/** What the first line of a file says. */
export const VERSION = '1'

/** What one run of the script read. */
export interface EvidenceRun {
  /** What it was about, as its beginning says. */
  readonly about?: Json
  /** When it began; '' where nothing says. */
  readonly time: string
  readonly answers: Answers
}

/** The runs in one or more files of the script, and what of them could not be used. */
export interface EvidenceFile {
  readonly runs: readonly EvidenceRun[]
  readonly notes: readonly Said[]
}

/** A run on its way out of the file. */
interface OpenRun {
  about?: Json
  time: string
  readonly answers: Map<string, Answer | undefined>
  /** Reads since it began, and whether its beginning was seen and its end not. */
  count: number
  isRunning: boolean
}

interface Reading {
  readonly runs: OpenRun[]
  readonly notes: Said[]
  run: OpenRun
  open: { readonly id: string; readonly words: string[]; readonly lines: string[] } | undefined
}

/** Whether a text is what the script wrote, or something of it, rather than a case document. */
export function isEvidenceFile(text: string): boolean {
  return new RegExp(String.raw`^\uFEFF?${MARK} (evidence|read|about|word|exit|end)\b`, 'm').test(text)
}

/**
 * Reads what the script wrote: one file, several after each other, also when lines end as Windows ends them. An answer that is not as the
 * script wrote it (cut off, edited) is left aside and noted: nothing is concluded from what may have been more.
 */
export function readEvidenceFile(text: string): EvidenceFile {
  const run = emptyRun(false)
  const reading: Reading = { runs: [run], notes: [], run, open: undefined }
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n?|\n/)) readLine(line, reading)
  drop(reading)
  if (reading.run.isRunning) reading.notes.push(CUT)
  const runs = reading.runs.filter(({ answers, about }) => answers.size > 0 || about !== undefined)
  return { runs: runs.map(closed).toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)), notes: unique(reading.notes) }
}

const CUT = said('The evidence ends before its end: what is missing of it is not known.', '证据文件不完整:缺失部分未知。')
const STRANGE = said('The evidence has lines that the script did not write; they are left aside.', '证据文件含有并非脚本写入的行,已忽略。')
const TAKEN = said(
  'Reads were taken out of the evidence, or added to it: what is missing is not known.',
  '证据文件中的读取被删除或增加:缺失部分未知。',
)
const TWO_WAYS = said('The evidence answers the same question in two ways; neither is taken.', '证据文件对同一问题有两种回答,均不采用。')

function emptyRun(isRunning: boolean): OpenRun {
  return { time: '', answers: new Map(), count: 0, isRunning }
}

function closed({ about, time, answers }: OpenRun): EvidenceRun {
  const known = [...answers].flatMap(([question, answer]) => (answer === undefined ? [] : [[question, answer] as const]))
  return { ...(about === undefined ? {} : { about }), time, answers: new Map(known) }
}

function readLine(line: string, reading: Reading): void {
  if (line.startsWith('| ')) {
    reading.open?.lines.push(line.slice(2))
    return
  }
  const [mark, kind = '', ...rest] = line.split(' ')
  if (mark !== MARK) {
    // A blank behind the bar is what editors take away.
    if (line.trim() === '|') reading.open?.lines.push('')
    else if (line.trim() !== '' && !line.startsWith('# ')) reading.notes.push(STRANGE)
    return
  }
  const value = rest.join(' ')
  if (kind === 'word') reading.open?.words.push(value)
  else if (kind === 'exit') close(value, reading)
  else {
    drop(reading)
    if (kind === 'read') begin(value, reading)
    else readRun(kind, value, reading)
  }
}

function begin(id: string, reading: Reading): void {
  reading.open = { id, words: [], lines: [] }
  reading.run.count += 1
}

/** Where a run begins, what it is about, and where it ends. */
function readRun(kind: string, value: string, reading: Reading): void {
  const { notes, run } = reading
  if (kind === 'evidence') {
    if (run.isRunning) notes.push(CUT)
    if (value !== VERSION) notes.push(said('The evidence was written by a script of another version.', '证据文件由其他版本的脚本写入。'))
    reading.run = emptyRun(true)
    reading.runs.push(reading.run)
  } else if (kind === 'time') run.time = /^\d{4}-\d{2}-\d{2}T[\d:]{8}Z$/.test(value) ? value : ''
  else if (kind === 'about') {
    const json = aboutIn(value)
    if (json === undefined) notes.push(said('What the evidence is about cannot be read.', '无法读取证据所涉对象。'))
    else run.about = json
  } else if (kind === 'end') {
    if (run.isRunning && value !== String(run.count)) notes.push(TAKEN)
    // What follows without a beginning of its own belongs to no run.
    reading.run = emptyRun(false)
    reading.runs.push(reading.run)
  }
}

/** The checksum of an answer, with what was asked: so that none stands behind another question than its own. */
export function sumOf(words: readonly string[], { status, text }: Answer): number {
  return checksum(new TextEncoder().encode(`${[String(status), ...words, text].join('\n')}\n`))
}

/** What a run is about, as one line: with its checksum, like all else. */
export function aboutLine(about: Json): string {
  const json = JSON.stringify(about)
  return `${MARK} about ${checksum(new TextEncoder().encode(json))} ${json}`
}

function aboutIn(value: string): Json | undefined {
  const json = parsedJson(value.slice(value.indexOf(' ') + 1))
  return json !== undefined && aboutLine(json) === `${MARK} about ${value}` ? json : undefined
}

/** The end of an answer: its exit code, and its checksum. */
function close(value: string, reading: Reading): void {
  const { open, run, notes } = reading
  if (open === undefined) return
  reading.open = undefined
  const [status = '', sum = ''] = value.split(' ')
  const text = open.lines.join('\n')
  const answer: Answer = { status: Number(status), text }
  if (/^\d{1,3}$/.test(status) && sum === String(sumOf(open.words, answer))) keep(questionOf(open.words), answer, run, notes)
  else notes.push(changed(open.id))
}

/** The same is read twice where two ways lead to it: an answer counts before a refusal, and of two answers that differ neither. */
function keep(question: string, answer: Answer, { answers }: OpenRun, notes: Said[]): void {
  const before = answers.get(question)
  if (!answers.has(question)) answers.set(question, answer)
  else if (before === undefined || (before.status === answer.status && before.text === answer.text)) return
  else if ((before.status === 0) !== (answer.status === 0)) answers.set(question, before.status === 0 ? before : answer)
  else {
    answers.set(question, undefined)
    notes.push(TWO_WAYS)
  }
}

function changed(id: string): Said {
  const shown = /^[\w-]+$/.test(id) ? id : '?'
  return said(
    `The answer to the read ${shown} was changed after it was written; it is left aside. To keep something to yourself, take the whole read out.`,
    `读取 ${shown} 的响应在写入后被改动,已忽略。如需保密,请删除整个读取。`,
  )
}

/** An answer without its end. */
function drop(reading: Reading): void {
  if (reading.open === undefined) return
  reading.open = undefined
  reading.notes.push(CUT)
}

function unique(notes: readonly Said[]): readonly Said[] {
  return [...new Map(notes.map((note) => [note.en, note])).values()]
}
