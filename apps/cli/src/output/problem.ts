import type { AccessError } from '@sluice/core'
import type { Paint } from './paint.ts'
import { printable } from './text.ts'

/** An error for people: what, why, what to do, and the ids to quote. */
export function describeError(error: AccessError, paint: Paint): string {
  const { requestId, line, column, ...context } = error.context
  const lines = [`${paint('red', '✗')} ${paint('bold', printable(error.message, true))}`]
  if (line !== undefined) lines.push(`  at line ${line}${column === undefined ? '' : `, column ${column}`}`)
  if (error.provider !== undefined) {
    const { operation, status, code, message, requestId: theirs } = error.provider
    const said = [status, code].filter((part) => part !== undefined).join(' ')
    lines.push(`  ${paint('dim', 'the cloud said')}  ${printable([operation, said, message].filter(Boolean).join(': '))}`)
    if (theirs !== undefined) lines.push(`  ${paint('dim', 'its request id')}  ${printable(theirs)}`)
  }
  if (error.remedy !== '')
    lines.push(`  ${paint('dim', 'what to do')}      ${printable(error.remedy, true).replaceAll('\n', '\n                  ')}`)
  if (error.code === 'invalid' && error.reason.startsWith('request.'))
    for (const [name, value] of Object.entries(context)) lines.push(`  ${paint('dim', printable(name))}  ${printable(String(value))}`)
  lines.push(`  ${paint('dim', 'reason')}          ${error.reason}${error.retry === 'later' ? ' (try again)' : ''}`)
  if (requestId !== undefined) lines.push(`  ${paint('dim', 'request id')}      ${printable(String(requestId))}`)
  return `${lines.join('\n')}\n`
}

/** The same for programs: `{"error": …}`, one line. */
export function errorJson(error: AccessError): string {
  const { code, reason, message, remedy, retry, context, provider } = error
  return `${JSON.stringify({ error: { code, reason, message, remedy, retry, context, ...(provider === undefined ? {} : { provider }) } })}\n`
}
