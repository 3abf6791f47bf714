import { diagnoseCase, diagnoseText, LANGUAGES, type DiagnosisReport, type Json, type Language } from '@sluice/core'
import { argument, usage, type Command, type Invocation } from '../invocation.ts'
import { describeDiagnosis } from '../output/diagnosis.ts'
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
  const path = options.text('evidence')
  const evidence = path === undefined ? undefined : parsed(await readText(path, terminal), path)
  const language = languageOf(invocation)
  const body = {
    ...(options.flag('write') ? { write: true } : {}),
    ...(evidence === undefined ? {} : { evidence }),
    ...(language === undefined ? {} : { language }),
  }
  const report = await (await invocation.client()).connections.diagnose(argument(invocation, 0), body, terminal.signal)
  if (invocation.json) invocation.printJson(report)
  else invocation.print(describeDiagnosis(report, invocation.paint, terminal.stdout.columns))
  return report.verdict === 'ok' ? 0 : 1
}

function languageOf({ options }: Invocation): Language | undefined {
  return LANGUAGES.find((one) => one === options.text('language'))
}

async function reportOf(invocation: Invocation): Promise<DiagnosisReport> {
  const { options, terminal } = invocation
  const path = options.text('case')
  const hasText = options.text('text') !== undefined || options.flag('text')
  const language = languageOf(invocation)
  if ((path === undefined) === !hasText) throw usage('Give either --case FILE or --text MESSAGE.')
  if (path !== undefined) return diagnoseCase(parsed(await readText(path, terminal), path), language, Date.now())
  const given = options.text('text')
  const text = given === undefined || given === '-' ? await terminal.stdin.read() : given
  if (text.trim() === '') throw usage('There is no message to explain.')
  return diagnoseText(text, options.text('cloud'), language, Date.now())
}

function parsed(text: string, path: string): Json {
  try {
    // JSON.parse gives JSON.
    const value: Json = JSON.parse(text.replace(/^\uFEFF/, ''))
    return value
  } catch {
    throw usage(`${JSON.stringify(path)} is not JSON.`, 'For an error message alone: sluice diagnose --text.')
  }
}
