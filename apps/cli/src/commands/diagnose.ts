import {
  accessError,
  caseOfAnswers,
  diagnoseCase,
  diagnoseText,
  LANGUAGES,
  type DiagnosisEvent,
  type DiagnosisReport,
  type Json,
  type Language,
} from '@sluice/core'
import { runClient } from '../evidence/client-run.ts'
import { readCaseText } from '../evidence/read-case.ts'
import { readWithClient } from '../evidence/read-with-client.ts'
import { requireReadable, subjectNamed } from '../evidence/subject.ts'
import { argument, usage, type Command, type Invocation } from '../invocation.ts'
import { describeDiagnosis } from '../output/diagnosis.ts'
import { printable } from '../output/text.ts'
import { readText } from '../policy-file.ts'

/** `sluice diagnose` */
export const diagnoseOffline: Command = async (invocation) => {
  const report = await reportOf(invocation)
  if (invocation.json) invocation.printJson(report)
  else invocation.print(describeDiagnosis(report, invocation.paint, invocation.terminal.stdout.columns))
  return report.verdict === 'ok' ? 0 : 1
}

/** `sluice connection diagnose NAME` */
export const diagnoseConnection: Command = async (invocation) => {
  const { options, terminal } = invocation
  const name = argument(invocation, 0)
  const evidence = await evidenceOf(invocation, name)
  const language = languageOf(invocation)
  const body = {
    ...(options.flag('write') ? { write: true } : {}),
    ...(evidence === undefined ? {} : { evidence }),
    ...(language === undefined ? {} : { language }),
  }
  const report = await followed((await invocation.client()).connections.followDiagnosis(name, body, terminal.signal), invocation)
  if (invocation.json) invocation.printJson(report)
  else invocation.print(describeDiagnosis(report, invocation.paint, terminal.stdout.columns))
  return report.verdict === 'ok' ? 0 : 1
}

/** The report at the end of a diagnosis; until then, what is asked is said. */
async function followed(events: AsyncIterable<DiagnosisEvent>, invocation: Invocation): Promise<DiagnosisReport> {
  for await (const event of events) {
    if (event.type === 'report') return event.report
    if (!invocation.json) invocation.note(invocation.paint('dim', `… ${printable(event.asks.join('; '))}\n`))
  }
  throw accessError('server.unexpected_answer', { message: 'The diagnosis ended without a report.' })
}

/** What the customer showed, in a file or through the client on this machine. Only what was read goes on to the server, never what it was read with. */
async function evidenceOf(invocation: Invocation, name: string): Promise<Json | undefined> {
  const { options, terminal } = invocation
  const path = options.text('evidence')
  const role = options.text('withRole')
  const profile = options.text('withProfile')
  const hasEyes = profile !== undefined || options.flag('withProfile') || role !== undefined
  if (path !== undefined && hasEyes) throw usage('--evidence goes without --with-profile and --with-role.')
  const subject = () => subjectNamed(name, invocation)
  if (path !== undefined) return await readCaseText(await readText(path, terminal), path, languageOf(invocation), subject)
  if (!hasEyes) return undefined
  const about = requireReadable(await subject())
  const eyes = { ...(profile === undefined ? {} : { profile }), ...(role === undefined ? {} : { role }) }
  const deps = { environment: terminal.environment, run: runClient, tell: invocation.note }
  return caseOfAnswers(about, await readWithClient(about, eyes, deps, terminal.signal), languageOf(invocation))
}

/** The language that was asked for. */
export function languageOf({ options }: Invocation): Language | undefined {
  return LANGUAGES.find((one) => one === options.text('language'))
}

async function reportOf(invocation: Invocation): Promise<DiagnosisReport> {
  const { options, terminal } = invocation
  const path = options.text('case')
  const hasText = options.text('text') !== undefined || options.flag('text')
  const language = languageOf(invocation)
  if ((path === undefined) === !hasText) throw usage('Give either --case FILE or --text MESSAGE.')
  if (path !== undefined) {
    const document = await readCaseText(await readText(path, terminal), path, language, () => Promise.resolve(undefined))
    return diagnoseCase(document, language, Date.now())
  }
  const given = options.text('text')
  const text = given === undefined || given === '-' ? await terminal.stdin.read() : given
  if (text.trim() === '') throw usage('There is no message to explain.')
  return diagnoseText(text, options.text('cloud'), language, Date.now())
}
