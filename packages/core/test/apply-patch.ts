import type { Json, JsonObject, PatchStep } from '../src/index.ts'

/** Applies an RFC 6902 patch the plain way: each step to a copy, failing where a path leads nowhere. */
export function applyPatch(document: Json, steps: readonly PatchStep[]): Json {
  return steps.reduce<Json>((value, step) => applyStep(value, namesOf(step.path), step), document)
}

function namesOf(path: string): readonly string[] {
  return path
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function applyStep(value: Json, [name, ...rest]: readonly string[], step: PatchStep): Json {
  if (name === undefined) return step.value ?? null
  if (typeof value !== 'object' || value === null) throw new Error(`${step.path} leads into a ${typeof value}.`)
  return Array.isArray(value) ? inList(value, name, rest, step) : inObject(value as JsonObject, name, rest, step) // what is no list is an object
}

function inList(list: readonly Json[], name: string, rest: readonly string[], step: PatchStep): Json {
  const index = name === '-' ? list.length : Number(name)
  const isLast = rest.length === 0
  if (isLast && step.op === 'add') return [...list.slice(0, index), step.value ?? null, ...list.slice(index)]
  const item = list[index]
  if (item === undefined) throw new Error(`${step.path} is not there.`)
  if (isLast && step.op === 'remove') return list.filter((_, at) => at !== index)
  return list.map((each, at) => (at === index ? (isLast ? (step.value ?? null) : applyStep(item, rest, step)) : each))
}

function inObject(object: JsonObject, name: string, rest: readonly string[], step: PatchStep): Json {
  const isLast = rest.length === 0
  const member = object[name]
  if (member === undefined && !(isLast && step.op === 'add')) throw new Error(`${step.path} is not there.`)
  if (isLast && step.op === 'remove') return Object.fromEntries(Object.entries(object).filter(([each]) => each !== name))
  return { ...object, [name]: isLast ? (step.value ?? null) : applyStep(member ?? null, rest, step) }
}
