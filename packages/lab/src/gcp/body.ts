import type { Json, JsonObject } from '@sluice/core'
import { receiveWhole } from '../http/body.ts'
import { parseQuery } from '../http/request.ts'
import { isObject } from '../state/json.ts'
import type { Call } from './call.ts'
import { GoogleError } from './error.ts'

const LARGEST_JSON = 1024 * 1024

/** The body of a request, whole. */
export async function readBody({ request, pace }: Call, largest: number): Promise<Buffer> {
  const body = await receiveWhole(request, largest, pace)
  if (!body) throw new GoogleError(413, 'uploadTooLarge', 'The request is too large.')
  return body
}

/** The body as a JSON object; an empty body as an empty one. */
export async function readJson(call: Call, code: string): Promise<JsonObject> {
  return parseJson((await readBody(call, LARGEST_JSON)).toString(), code)
}

export function parseJson(text: string, code: string): JsonObject {
  let value: Json
  try {
    value = text.trim() === '' ? {} : JSON.parse(text)
  } catch {
    throw new GoogleError(400, code, 'Invalid JSON payload received.')
  }
  if (!isObject(value)) throw new GoogleError(400, code, 'Invalid JSON payload received.')
  return value
}

/** The parameters of a form, or of a JSON object: Google's token endpoints take both. */
export async function readForm(call: Call): Promise<ReadonlyMap<string, string>> {
  const text = (await readBody(call, LARGEST_JSON)).toString()
  if (/^application\/json\b/.test(call.request.headers.get('content-type') ?? '')) {
    const fields = Object.entries(parseJson(text, 'invalid_request'))
    return new Map(fields.flatMap(([name, value]) => (typeof value === 'string' ? [[snakeCase(name), value] as const] : [])))
  }
  const pairs = parseQuery(text, true)
  if (!pairs) throw new GoogleError(400, 'invalid_request', 'Bad Request')
  return new Map(pairs)
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

export function textField(body: JsonObject, name: string): string | undefined {
  const value = body[name]
  return typeof value === 'string' ? value : undefined
}

export function textList(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
