import type { Report } from '@sluice/core'
import { argument, type Command } from '../invocation.ts'
import { drawTable, type TableCell } from '../output/table.ts'
import { printable, toSeconds } from '../output/text.ts'

/** `sluice connection history NAME` */
export const showHistory: Command = async (invocation) => {
  const { options, terminal, paint } = invocation
  const limit = options.number('limit')
  const name = argument(invocation, 0)
  const query = limit === undefined ? {} : { limit }
  const { reports } = await (await invocation.client()).connections.validations(name, query, terminal.signal)
  if (invocation.json) {
    for (const report of reports) invocation.printJson(report)
    return 0
  }
  if (reports.length === 0) {
    invocation.note(`It was never validated. Do so now: sluice connection validate ${printable(name)}\n`)
    return 0
  }
  const columns = [
    { title: 'at', whole: true },
    { title: 'verdict', whole: true },
    { title: 'what does not hold' },
    { title: 'ms', align: 'right' as const },
  ]
  invocation.print(drawTable(columns, reports.map(rowOf), { width: terminal.stdout.columns, paint }))
  return 0
}

const COLOURS = { passed: 'green', failed: 'red', inconclusive: 'yellow' } as const

function rowOf({ startedAt, verdict, checks, ms }: Report): readonly TableCell[] {
  const trouble = checks.filter(({ severity, status }) => severity === 'required' && (status === 'failed' || status === 'inconclusive'))
  return [
    toSeconds(startedAt),
    { text: verdict, colour: COLOURS[verdict] },
    trouble.map(({ name }) => name).join(', ') || '–',
    String(Math.round(ms)),
  ]
}
