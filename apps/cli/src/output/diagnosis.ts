import { CAPABILITIES, type DiagnosisReport, type Finding } from '@sluice/core'
import type { Colour, Paint } from './paint.ts'
import { hang, printable } from './text.ts'
import { WHO } from './who.ts'

const SIDE = 14

const VERDICTS: {
  readonly [verdict in DiagnosisReport['verdict']]: { readonly icon: string; readonly words: string; readonly colour: Colour }
} = {
  ok: { icon: '✓', words: 'nothing is wrong with what was seen', colour: 'green' },
  degraded: { icon: '!', words: 'part of it works', colour: 'yellow' },
  blocked: { icon: '✗', words: 'blocked', colour: 'red' },
  inconclusive: { icon: '?', words: 'could not be told', colour: 'yellow' },
}

const CERTAINTIES: { readonly [certainty in Finding['certainty']]: string } = {
  proved: 'proved',
  strong: 'the cloud says so',
  consistent: 'nothing else fits',
  group: 'cannot be told apart',
}

/** A diagnosis for people: what works, the first blocker with its proof, the change, what may stand behind it, what stays open, the requests. */
export function describeDiagnosis(report: DiagnosisReport, paint: Paint, width: number | undefined): string {
  const { icon, words, colour } = VERDICTS[report.verdict]
  const head = `${paint(colour, `${icon} ${words}`)}  ${paint('dim', CAPABILITIES.map((one) => `${one} ${report.capabilities[one]}`).join(' · '))}\n`
  return [
    head,
    ...report.findings.map((finding, index) => describeFinding(finding, index === 0 ? 'first' : 'further', paint, width)),
    ...report.security.map((finding) => describeFinding(finding, 'security', paint, width)),
    openLines(report, paint, width),
    probeLines(report, paint, width),
    ...report.notes.map((note) => hang(`${paint('dim', '–')} `, 2, printable(note), width)),
  ].join('')
}

/** What stands below the checks that failed: the first blocker, and how to see the rest. */
export function describeFirstFinding({ findings }: DiagnosisReport, connection: string, paint: Paint, width: number | undefined): string {
  const [first] = findings
  if (first === undefined) return ''
  const more = `the requests, and what else may block: sluice connection diagnose ${connection}`
  return `\n${paint('dim', 'what is behind it')}${describeFinding(first, 'first', paint, width)}${hang(`  ${paint('dim', 'more'.padEnd(SIDE - 2))}`, SIDE, more, width)}`
}

function describeFinding(finding: Finding, place: 'first' | 'further' | 'security', paint: Paint, width: number | undefined): string {
  const { remedy, evidence } = finding
  const lines: string[] = []
  const add = (name: string, text: string | undefined, how: 'prose' | 'verbatim' = 'prose') => {
    if (text === undefined || text === '') return
    lines.push(hang(`  ${paint('dim', name.padEnd(SIDE - 2))}`, SIDE, printable(text, true).trimEnd(), how === 'prose' ? width : undefined))
  }
  const mark = place === 'first' ? paint('red', '✗') : paint('yellow', place === 'security' ? '!' : '·')
  lines.push(
    `\n${mark} ${paint('bold', printable(finding.title))}  ${paint('dim', `${finding.cause} · ${CERTAINTIES[finding.certainty]}`)}\n`,
  )
  add('why', finding.meaning)
  for (const one of evidence.for) add('for', one)
  for (const one of evidence.against) add('against', one)
  add('or', finding.alternatives.join(', '))
  add('breaks', finding.affects.join(', '))
  add('change', remedy.summary)
  add('where', remedy.where)
  add('who', WHO[remedy.who])
  if (remedy.document !== undefined) add('document', remedy.document)
  for (const step of remedy.patch ?? [])
    add('patch', `${step.op} ${step.path}${step.value === undefined ? '' : ` ${JSON.stringify(step.value)}`}`, 'verbatim')
  add('write', remedy.snippet, 'verbatim')
  add('run', remedy.command, 'verbatim')
  add('terraform', remedy.terraform, 'verbatim')
  add('risk', remedy.risk)
  add('undo', remedy.undo)
  add('then', remedy.verify)
  add('read', finding.links.join('\n'), 'verbatim')
  return lines.join('')
}

function openLines({ cannotTell }: DiagnosisReport, paint: Paint, width: number | undefined): string {
  return cannotTell
    .map(({ causes, because, settle }) => {
      const what = causes.length === 0 ? because : `${causes.join(', ')}: ${because}`
      const how = settle === undefined ? '' : `\n${settle.read}: ${settle.command}`
      return `\n${hang(`${paint('yellow', '?')} `, 2, printable(what + how, true), width)}`
    })
    .join('')
}

function probeLines({ probes }: DiagnosisReport, paint: Paint, width: number | undefined): string {
  if (probes.length === 0) return ''
  const lines = probes.map(({ operation, target, outcome, status, code, requestId }) => {
    const said = [operation, target, outcome, status, code, requestId === undefined ? undefined : `request ${requestId}`]
    return hang('  ', 2, printable(said.filter((part) => part !== undefined).join(' ')), width)
  })
  return `\n${paint('dim', 'requests')}\n${lines.join('')}`
}
