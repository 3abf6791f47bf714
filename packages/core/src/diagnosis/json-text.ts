import type { Json, JsonObject } from '../json.ts'
import { isList, isObject } from '../policy/shapes.ts'

/** Deeper than any policy, settings or answer is: what is made to exhaust whoever looks into it. */
const DEEPEST = 200

/** The JSON value in a text; undefined where it is none, or nests deeper than anything is meant to be read. */
export function parsedJson(text: string | undefined): Json | undefined {
  try {
    // JSON.parse gives JSON.
    const value: Json = JSON.parse(text ?? '')
    return (text ?? '').length > DEEPEST && isTooDeep(value) ? undefined : value
  } catch {
    return undefined
  }
}

/** Whether a value nests deeper than whoever looks into it can go; found level by level, since it cannot be walked. */
export function isTooDeep(value: Json): boolean {
  let level: readonly Json[] = [value]
  for (let depth = 0; depth <= DEEPEST; depth++) {
    level = level.flatMap((one) => (isList(one) ? one : isObject(one) ? Object.values(one) : []))
    if (level.length === 0) return false
  }
  return true
}

/** Every object in a value, however deep, the outer before the inner. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  if (isList(value)) return value.flatMap((one) => objectsIn(one))
  return isObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : []
}
