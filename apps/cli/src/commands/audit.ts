import type { Command } from '../invocation.ts'
import { drawTable } from '../output/table.ts'
import { toSeconds } from '../output/text.ts'

/** `sluice audit list` */
export const listAudit: Command = async (invocation) => {
  const limit = invocation.options.number('limit')
  const action = invocation.options.text('action')
  const query = { ...(limit === undefined ? {} : { limit }), ...(action === undefined ? {} : { action }) }
  const { events } = await (await invocation.client()).audit.list(query, invocation.terminal.signal)
  if (invocation.json) {
    for (const event of events) invocation.printJson(event)
    return 0
  }
  const columns = [
    { title: 'at', whole: true },
    { title: 'action', whole: true },
    { title: 'target' },
    { title: 'result', whole: true },
    { title: 'actor' },
  ]
  // A reason says more than that it was refused.
  const rows = events.map((event) => [toSeconds(event.at), event.action, event.target, event.reason ?? event.result, event.actor])
  invocation.print(drawTable(columns, rows, { width: invocation.terminal.stdout.columns, paint: invocation.paint }))
  return 0
}
