import type { Command } from '../invocation.ts'
import { drawTable } from '../output/table.ts'

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
  const columns = ['at', 'actor', 'action', 'target', 'result', 'reason'].map((title) => ({ title }))
  const rows = events.map((event) => [event.at, event.actor, event.action, event.target, event.result, event.reason ?? ''])
  invocation.print(drawTable(columns, rows, { width: invocation.terminal.stdout.columns, paint: invocation.paint }))
  return 0
}
