import type { Json, JsonObject, PolicyDocument } from '@sluice/core'
import { isObject } from '../state/json.ts'
import { templateError, unsupported } from './error.ts'
import { textOf } from './intrinsics.ts'

/** The resolved properties of a resource. A property nobody asks for is refused, not ignored. */
export interface Properties {
  text(name: string): string | undefined
  required(name: string): string
  number(name: string): number | undefined
  list(name: string): readonly Json[]
  texts(name: string): readonly string[]
  object(name: string): JsonObject | undefined
  document(name: string): PolicyDocument
  /** `[{Key, Value}]` */
  tags(): { readonly [key: string]: string }
  /** `[{PolicyName, PolicyDocument}]` */
  policies(): { readonly [name: string]: PolicyDocument }
  /** Throws about the first property that was never asked for. */
  finish(): void
}

export function propertiesOf(type: string, values: JsonObject): Properties {
  const asked = new Set<string>()
  const take = (name: string): Json | undefined => {
    asked.add(name)
    return values[name]
  }
  const properties: Properties = {
    text(name) {
      const value = take(name)
      return value === undefined ? undefined : textOf(value, `${type} ${name}`)
    },
    required(name) {
      const value = properties.text(name)
      if (value === undefined) throw templateError(`${type} needs ${name}`)
      return value
    },
    number(name) {
      const value = properties.text(name)
      return value === undefined ? undefined : Number(value)
    },
    list(name) {
      const value = take(name)
      if (value === undefined) return []
      if (!Array.isArray(value)) throw templateError(`${type} ${name} is a list`)
      // Array.isArray does not narrow a readonly union; the value is a list of Json.
      return [...value]
    },
    texts: (name) => properties.list(name).map((item) => textOf(item, `${type} ${name}`)),
    object(name) {
      const value = take(name)
      if (value !== undefined && !isObject(value)) throw templateError(`${type} ${name} is an object`)
      return value
    },
    document(name) {
      const value = properties.object(name)
      if (!value) throw templateError(`${type} needs ${name}`)
      return value
    },
    tags: () => Object.fromEntries(properties.list('Tags').map((tag) => [member(tag, 'Key', type), member(tag, 'Value', type)])),
    policies: () =>
      Object.fromEntries(
        properties.list('Policies').map((policy) => {
          const inner = propertiesOf(`${type} Policies`, isObject(policy) ? policy : {})
          const entry = [inner.required('PolicyName'), inner.document('PolicyDocument')] as const
          inner.finish()
          return entry
        }),
      ),
    finish() {
      const left = Object.keys(values).find((name) => !asked.has(name))
      if (left !== undefined) throw unsupported(`the property ${left} of ${type}`)
    },
  }
  return properties
}

function member(value: Json, name: string, type: string): string {
  return textOf((isObject(value) ? value[name] : undefined) ?? null, `${type} ${name}`)
}
