import { isObject } from '../../policy/shapes.ts'
import { parsedJson } from '../json-text.ts'
import { fromBody } from './body.ts'
import { fromWrapping } from './wrappings.ts'

/** What a client printed of an error, with the wrapping of its SDK or tool taken off. Absent: it does not say. */
export interface PrintedError {
  readonly status?: number
  /** The cloud's own code. */
  readonly code?: string
  /** The cloud's own words. */
  readonly message?: string
  /** As the wrapping names it: `GetBucketLocation`. */
  readonly operation?: string
  readonly requestId?: string
  /** What else a body held, by the names it has there. */
  readonly fields: { readonly [name: string]: string }
}

/** Errors are short; what is longer is a log that one stands at the beginning of. */
const LONGEST = 20_000

/**
 * Reads an error as any client printed it: the bare text, an XML or JSON body, or either of them wrapped by an SDK or a command line tool,
 * also cut off at its end. A body inside counts before what was printed around it.
 */
export function readPrintedError(text: string): PrintedError {
  const whole = withoutColours(text.slice(0, LONGEST))
  const plain = logged(whole) ?? whole
  const body = fromBody(plain)
  const wrapping = fromWrapping(plain)
  const inner = body.code === undefined && body.message !== undefined && body.message.length < plain.length ? nested(body.message) : {}
  const merged = { ...wrapping, ...body, ...inner, fields: { ...wrapping.fields, ...body.fields, ...inner.fields } }
  return merged.message === undefined && merged.code === undefined ? { ...merged, ...bare(plain) } : merged
}

/** What stands in the message of a body that has no code of its own: a platform's answer about what it was answered. */
function nested(message: string): Partial<PrintedError> {
  const inner = readPrintedError(message)
  return inner.code === undefined && inner.operation === undefined ? {} : inner
}

/** Text that nothing wraps: all of it is the message, and a lone word the code. */
function bare(text: string): Pick<PrintedError, 'message' | 'code'> {
  const trimmed = text.trim()
  if (trimmed === '') return {}
  return /^[A-Z]\w*(?:\.\w+)*$/.test(trimmed) ? { code: trimmed } : { message: trimmed }
}

/** The text of an error in a line that a program logged as JSON: the longest it has, since others say only what the program was about. */
function logged(text: string): string | undefined {
  const line = text.trimStart().startsWith('{') ? parsedJson(text) : undefined
  if (!isObject(line) || !LOG_MARKS.some((name) => line[name] !== undefined)) return undefined
  const texts = LOG_TEXTS.flatMap((name) => {
    const value = line[name]
    return typeof value === 'string' ? [value] : isObject(value) ? [JSON.stringify(value)] : []
  })
  return texts.toSorted((a, b) => b.length - a.length)[0]
}

const LOG_MARKS = ['level', 'levelname', 'severity', 'lvl', 'logger', '@timestamp', 'log.level']
const LOG_TEXTS = ['error', 'err', 'exception', 'exc_info', 'stack', 'stack_trace', 'msg', 'message', 'textPayload', 'log']

/** Terminals colour what they print, and people paste it with the colours. */
function withoutColours(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/\u001B\[[0-9;]*m/g, '').replaceAll('\r\n', '\n')
}
