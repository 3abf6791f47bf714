import type { PrintedError } from './printed-error.ts'
import { unescaped } from './xml-text.ts'
import { statusOf } from '../status-of.ts'

type Found = Omit<PrintedError, 'fields'> & { readonly fields: { readonly [name: string]: string } }

const NOTHING: Found = { fields: {} }

/** The error body in a text, XML or JSON, whatever stands around it. */
export function fromBody(text: string): Found {
  return fromXml(text) ?? fromJson(text) ?? NOTHING
}

/** An XML error: its leaf elements. A document that was cut off gives what it had until then. */
function fromXml(text: string): Found | undefined {
  const start = text.search(/<(?:\w+:)?(?:Error|ErrorResponse|Code)[\s>]/)
  if (start === -1) return undefined
  const fields: { [name: string]: string } = {}
  for (const [, name = '', content = ''] of text.slice(start).matchAll(/<([A-Za-z][\w-]*)(?:\s[^>]*)?>([^<]*)(?:<\/\1>|$)/g))
    fields[name] ??= unescaped(content.trim())
  return Object.keys(fields).length === 0 ? undefined : named(fields)
}

/** A JSON error: the first object in the text that reads as one of the clouds' forms. Python prints the same with other quotes. */
function fromJson(text: string): Found | undefined {
  for (let start = text.indexOf('{'), tries = 0; start !== -1 && tries < 20; start = text.indexOf('{', start + 1), tries++) {
    const piece = balanced(text, start)
    const value = piece === undefined ? undefined : parsed(piece)
    const found = value === undefined ? undefined : fromObject(value)
    if (found !== undefined) return found
  }
  return undefined
}

/** The object that begins at `start`, to its closing brace; undefined where it has none. */
function balanced(text: string, start: number): string | undefined {
  let depth = 0
  let quote = ''
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? ''
    if (quote !== '') {
      if (character === '\\') at++
      else if (character === quote) quote = ''
    } else if (character === '"') quote = character
    else if (character === '{') depth++
    else if (character === '}' && --depth === 0) return text.slice(start, at + 1)
  }
  return undefined
}

function parsed(text: string): object | undefined {
  for (const candidate of [text, text.replaceAll("'", '"').replaceAll(/\bNone\b/g, 'null')])
    try {
      const value: unknown = JSON.parse(candidate)
      if (typeof value === 'object' && value !== null) return value
    } catch {
      // Not this form; the next one is tried.
    }
  return undefined
}

function fromObject(value: object): Found | undefined {
  const top = new Map(Object.entries(value))
  const inner: unknown = top.get('error') ?? top.get('Error') ?? top.get('details')
  if (typeof inner === 'string' && /^[\w.]+$/.test(inner)) return oauth(inner, top)
  if (typeof inner === 'object' && inner !== null) {
    const found = fromObject(inner)
    if (found === undefined) return undefined
    const status = statusOf(top.get('status'))
    return { ...(status === undefined ? {} : { status }), ...found }
  }
  const fields: { [name: string]: string } = {}
  for (const [name, one] of top) if (typeof one === 'string' || typeof one === 'number') fields[name] = String(one)
  const reason = reasonOf(top)
  if (reason !== undefined) fields['reason'] = reason
  const found = named(fields)
  return found.code === undefined && found.message === undefined ? undefined : found
}

/** Google puts its reason into a list beside the message: the old `errors[].reason`, the new `details[].reason`. */
function reasonOf(top: ReadonlyMap<string, unknown>): string | undefined {
  for (const list of [top.get('errors'), top.get('details')]) {
    const [first]: readonly unknown[] = Array.isArray(list) ? list : []
    if (typeof first === 'object' && first !== null && 'reason' in first && typeof first.reason === 'string') return first.reason
  }
  return undefined
}

function oauth(code: string, top: ReadonlyMap<string, unknown>): Found {
  const description = top.get('error_description')
  const uri = top.get('error_uri')
  return {
    code,
    ...(typeof description === 'string' ? { message: description } : {}),
    fields: typeof uri === 'string' ? { error_uri: uri } : {},
  }
}

/** The parts that every body has, under the names that one or another cloud gives them. */
function named(fields: { readonly [name: string]: string }): Found {
  const one = (...names: readonly string[]): string | undefined =>
    names.map((name) => fields[name]).find((value) => value !== undefined && value !== '')
  const type = one('__type')?.replace(/^.*#/, '')
  const first = one('Code', 'code', 'ErrorCode') ?? type
  // Google's `code` is the status; its reason says more.
  const numeric = first !== undefined && /^\d{3}$/.test(first)
  // A number of another length is what some platform counts its own errors by.
  const code = numeric ? (one('reason', 'status') ?? undefined) : /^-?\d+$/.test(first ?? '') ? undefined : first
  const status = statusOf(numeric ? first : (one('StatusCode', 'statusCode', 'status_code') ?? undefined))
  const message = one('Message', 'message', 'errorMessage')
  const requestId = one('RequestId', 'RequestID', 'requestId', 'request_id')
  return {
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    ...(requestId === undefined ? {} : { requestId }),
    fields,
  }
}
