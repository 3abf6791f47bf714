import type { JsonObject } from '../json.ts'
import type { PolicyProblem } from './parsed.ts'
import { isList } from './shapes.ts'

interface Located {
  readonly value: string
  readonly at: string
}

/** The values of Action or NotAction, Resource or NotResource, each with its JSON pointer; undefined when the statement has neither. */
export function eitherList(
  item: JsonObject,
  name: 'Action' | 'Resource',
  at: string,
  problems: PolicyProblem[],
): { readonly not: boolean; readonly values: readonly Located[] } | undefined {
  const plain = item[name]
  const negated = item[`Not${name}`]
  if (plain !== undefined && negated !== undefined)
    problems.push({ pointer: at, message: `A statement has ${name} or Not${name}, not both.` })
  const value = plain ?? negated
  if (value === undefined) return undefined
  const not = plain === undefined
  const base = `${at}/${not ? 'Not' : ''}${name}`
  const list = isList(value) ? value : [value]
  if (list.length === 0) problems.push({ pointer: base, message: 'The list is empty.' })
  return {
    not,
    values: list.flatMap((entry, index) => {
      const here = isList(value) ? `${base}/${index}` : base
      if (typeof entry === 'string' && entry !== '') return [{ value: entry, at: here }]
      problems.push({ pointer: here, message: `${name} is a text or a list of texts.` })
      return []
    }),
  }
}
