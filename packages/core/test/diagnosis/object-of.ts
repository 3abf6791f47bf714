import { isObject } from '../../src/policy/shapes.ts'
import type { Json, JsonObject } from '../../src/json.ts'

/** An object, or an empty one in the place of what is none. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}
