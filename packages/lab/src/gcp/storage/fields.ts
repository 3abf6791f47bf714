import type { Json } from '@sluice/core'
import { GoogleError } from '../error.ts'
import { isObject } from '../../state/json.ts'

/** What a partial response is to hold, by name; `*` stands for every name. An empty selection: all below. */
export type FieldSelection = ReadonlyMap<string, FieldSelection>

/** Reads `fields=items(name,size),prefixes,a/b`. https://cloud.google.com/storage/docs/json_api#partial-response */
export function readFields(source: string | undefined): FieldSelection | undefined {
  if (source === undefined || source === '') return undefined
  let at = 0
  const list = (): Map<string, FieldSelection> => {
    const fields = new Map<string, FieldSelection>()
    for (;;) {
      const [name, below] = field()
      fields.set(name, new Map([...(fields.get(name) ?? []), ...below]))
      if (source[at] !== ',') return fields
      at += 1
    }
  }
  const field = (): readonly [string, FieldSelection] => {
    const name = /[\w*-]+/y
    name.lastIndex = at
    const found = name.exec(source)?.[0]
    if (found === undefined) throw invalid(source)
    at += found.length
    if (source[at] === '/') {
      at += 1
      return [found, new Map([field()])]
    }
    if (source[at] !== '(') return [found, new Map()]
    at += 1
    const below = list()
    if (source[at] !== ')') throw invalid(source)
    at += 1
    return [found, below]
  }
  const fields = list()
  if (at !== source.length) throw invalid(source)
  return fields
}

/** Keeps what is selected. */
export function selectFields(value: Json, selection: FieldSelection | undefined): Json {
  if (!selection || selection.size === 0) return value
  if (Array.isArray(value)) return value.map((item: Json) => selectFields(item, selection))
  if (!isObject(value)) return value
  const kept: { [name: string]: Json } = {}
  for (const [name, item] of Object.entries(value)) {
    const below = selection.get(name) ?? selection.get('*')
    if (below) kept[name] = selectFields(item, below)
  }
  return kept
}

function invalid(source: string): GoogleError {
  return new GoogleError(400, 'invalidParameter', `Invalid field selection ${source}`, { location: ['parameter', 'fields'] })
}
