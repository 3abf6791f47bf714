import type { Json, JsonObject } from '@sluice/core'

/** A text as a JSON object; undefined where it is none. */
export function parseJsonObject(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const value: Json = JSON.parse(text)
    return jsonObject(value)
  } catch {
    return undefined
  }
}

/** The value where it is an object. */
export function jsonObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !isList(value) ? value : undefined
}

/** The value where it is a list, else an empty one. */
export function jsonList(value: Json | undefined): readonly Json[] {
  return value !== undefined && isList(value) ? value : []
}

/** The value where it is a text with something in it. */
export function jsonText(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
