import type { Json, JsonObject } from '../json.ts'

/** The JSON value in a text; undefined where it is none. */
export function parsedJson(text: string | undefined): Json | undefined {
  try {
    // JSON.parse gives JSON.
    const value: Json = JSON.parse(text ?? '')
    return value
  } catch {
    return undefined
  }
}

/** Every object in a value, however deep, the outer before the inner. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  if (isJsonList(value)) return value.flatMap((one) => objectsIn(one))
  return isJsonObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : []
}

/** Whether a value is a list; Array.isArray forgets what is in it. */
export function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** Whether a value is an object, and no list. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
