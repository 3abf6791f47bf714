import type { Json, JsonObject } from '../json.ts'
import { isList, isObject } from '../policy/shapes.ts'

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
  if (isList(value)) return value.flatMap((one) => objectsIn(one))
  return isObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : []
}
