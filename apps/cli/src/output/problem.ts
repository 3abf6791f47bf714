import type { AccessError } from '@sluice/core'
import type { Paint } from './paint.ts'
import { hang, printable, wrap } from './text.ts'

const SIDE = 18

/** An error for people: what, why, what to do, and the ids to quote. Prose is broken to the terminal's width. */
export function describeError(error: AccessError, paint: Paint, width: number | undefined): string {
  const { requestId, line, column, ...context } = error.context
  const message = wrap(printable(error.message, true), width === undefined ? undefined : width - 2)
  const lines = [`${paint('red', '✗')} ${message.map((one) => paint('bold', one)).join('\n  ')}\n`]
  const add = (name: string, text: string | undefined) => {
    if (text !== undefined && text !== '') lines.push(hang(`  ${paint('dim', name.padEnd(SIDE - 2))}`, SIDE, printable(text, true), width))
  }
  if (line !== undefined) add('where', `line ${line}${column === undefined ? '' : `, column ${column}`}`)
  if (error.provider !== undefined) {
    const { operation, status, code, message: said, requestId: theirs } = error.provider
    add('the cloud said', [operation, [status, code].filter((part) => part !== undefined).join(' '), said].filter(Boolean).join(': '))
    add('its request id', theirs)
  }
  if (error.code === 'invalid' && error.reason.startsWith('request.'))
    for (const [name, value] of Object.entries(context)) add(name, String(value))
  add('what to do', error.remedy)
  // A slip on the command line is explained by its own words; everything else has its page in docs/errors.md.
  if (error.reason !== 'cli.usage') add('reason', `${error.reason}${error.retry === 'later' ? ' (try again)' : ''}`)
  add('request id', requestId === undefined ? undefined : String(requestId))
  return lines.join('')
}

/** The same for programs: `{"error": …}`, one line. */
export function errorJson(error: AccessError): string {
  const { code, reason, message, remedy, retry, context, provider } = error
  return `${printable(JSON.stringify({ error: { code, reason, message, remedy, retry, context, ...(provider === undefined ? {} : { provider }) } }))}\n`
}
