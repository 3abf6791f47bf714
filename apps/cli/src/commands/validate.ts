import { accessError, type Report } from '@sluice/core'
import { argument, type Command } from '../invocation.ts'
import { createChecklist } from '../output/checklist.ts'
import { describeReport } from '../output/report.ts'

/** Exit codes of a validation: a required claim fails, or none failed but some could not be told. */
const FAILED = 1
const UNKNOWN = 7

/** `sluice connection validate NAME` */
export const validateConnection: Command = async (invocation) => {
  const { terminal, paint } = invocation
  const waitSeconds = invocation.options.number('wait')
  const client = await invocation.client()
  const checklist = invocation.json ? undefined : createChecklist(terminal.stdout, paint)
  let report: Report | undefined
  try {
    const body = waitSeconds === undefined ? {} : { waitSeconds }
    for await (const event of client.connections.validate(argument(invocation, 0), body, terminal.signal)) {
      if (event.type === 'report') report = event.report
      else checklist?.show(event)
    }
  } finally {
    checklist?.finish(report)
  }
  if (report === undefined) throw accessError('server.unexpected_answer', { message: 'The validation ended without a report.' })
  if (invocation.json) invocation.printJson(report)
  else invocation.print(describeReport(report, paint, terminal.stdout.columns))
  return exitCodeOf(report)
}

/** What a command exits with that validated something. */
export function exitCodeOf({ verdict }: Report): number {
  return verdict === 'passed' ? 0 : verdict === 'failed' ? FAILED : UNKNOWN
}
