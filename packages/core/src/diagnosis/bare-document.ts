import type { Json, JsonObject } from '../json.ts'
import { isObject } from '../policy/shapes.ts'
import { objectsIn, parsedJson } from './json-text.ts'
import { percentDecoded } from './percent-decoded.ts'

/**
 * The policy in what a command printed of it: `aws iam get-role-policy` puts it under PolicyDocument, `aws s3api get-bucket-policy` as text
 * under Policy, and IAM's API percent-encodes it. What is a policy already, or has none in it, stays as it is.
 */
export function barePolicy(given: JsonObject): JsonObject {
  return policiesIn(given)[0] ?? given
}

function policiesIn(value: Json): readonly JsonObject[] {
  return objectsIn(value).flatMap((one): readonly JsonObject[] => {
    if (one['Statement'] !== undefined) return [one]
    const texts = Object.values(one).map((text) => (typeof text === 'string' ? parsedPolicy(text) : undefined))
    return texts.filter((policy) => policy !== undefined)
  })
}

/** The policy that a text is, as it stands or percent-encoded; undefined where it is none. */
export function parsedPolicy(text: string): JsonObject | undefined {
  const value = /^\s*(\{|%7B)/i.test(text) ? parsedJson(text.trimStart().startsWith('{') ? text : percentDecoded(text)) : undefined
  return isObject(value) && value['Statement'] !== undefined ? value : undefined
}

/** The settings in what a command printed of them: those that stand under this name. */
export function bareSettings(given: JsonObject, name: string): JsonObject {
  const inner = given[name]
  return isObject(inner) ? inner : given
}
