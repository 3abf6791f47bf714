import type { Json, JsonObject, PolicyDocument } from '@sluice/core'

/** A place in a case: `documents.rolePolicies[0]`. */
interface Place {
  readonly name: string
  readonly member: string | number | undefined
}

/** What stands at a place of a case; null where nothing does. */
export function documentAt(of: JsonObject, place: string): Json {
  const steps = [...place.matchAll(/(\w+)|\[("(?:[^"\\]|\\.)*"|\d+)\]/g)].map(([, name, member]) => name ?? JSON.parse(member ?? '""'))
  return steps.reduce<Json>((value, step: string | number) => (value as JsonObject)[step] ?? null, of) // a list is reached by its index alike
}

/** The policy at a place of a case. */
export function policyAt(documents: JsonObject, place: string): PolicyDocument {
  const found = documentAt({ documents }, place)
  if (typeof found !== 'object' || found === null) throw new Error(`There is no ${place}.`)
  return found as PolicyDocument // every document that has a place is an object
}

/** The document and the member of it that a place names. */
export function placeOf(place: string): Place {
  const [, name = '', member] = /^documents\.(\w+)(?:\[("(?:[^"\\]|\\.)*"|\d+)\])?$/.exec(place) ?? []
  if (name === '') throw new Error(`A case has no ${place}.`)
  return { name, member: member === undefined ? undefined : JSON.parse(member) }
}

/** Whether a policy says nothing: nobody would keep it. */
export function isEmpty({ Statement }: PolicyDocument): boolean {
  return Array.isArray(Statement) && Statement.length === 0
}
