import type { Json, JsonObject } from '../../json.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import type { PolicyDocument } from '../../policy/types.ts'

/** How to take conditions on what nobody showed: all of them turn out for the request, or all against it. */
export type Mood = 'lenient' | 'strict'

/** A condition that no request fulfils. */
const NEVER = { StringEquals: { 'sluice:never': 'never' } }

const VARIABLE = /\$\{([^}]*)\}/g

/**
 * A policy in which no condition hangs on a key of unknown value: taken leniently, such conditions hold in an Allow and keep a Deny from
 * matching; taken strictly, the reverse. What denies when taken leniently denies for certain; what allows when taken strictly allows for certain.
 * Statements keep their places.
 */
export function settled(document: PolicyDocument, isKnown: (key: string) => boolean, mood: Mood): PolicyDocument {
  const statements = document['Statement']
  if (statements === undefined) return document
  const each = (statement: Json): Json => (isObject(statement) ? settledStatement(statement, isKnown, mood) : statement)
  return { ...document, Statement: isList(statements) ? statements.map(each) : each(statements) }
}

/** Whether a statement hangs on a key of unknown value. */
export function isOpen(statement: JsonObject, isKnown: (key: string) => boolean): boolean {
  return openVariables(statement, isKnown) || openEntries(statement['Condition'], isKnown).length > 0
}

function settledStatement(statement: JsonObject, isKnown: (key: string) => boolean, mood: Mood): JsonObject {
  if (!isOpen(statement, isKnown)) return statement
  const matches = (statement['Effect'] === 'Deny') === (mood === 'strict')
  if (!matches) return { ...statement, Condition: NEVER }
  const { Condition: condition, ...rest } = withoutVariables(statement, isKnown)
  const known = isObject(condition) ? withoutOpen(condition, isKnown) : {}
  return Object.keys(known).length === 0 ? rest : { ...rest, Condition: known }
}

function withoutOpen(condition: JsonObject, isKnown: (key: string) => boolean): JsonObject {
  const operators = Object.entries(condition).flatMap(([operator, keys]): readonly (readonly [string, Json])[] => {
    if (!isObject(keys)) return [[operator, keys]]
    const left = Object.entries(keys).filter(([key, values]) => !isOpenEntry(key, values, isKnown))
    return left.length === 0 ? [] : [[operator, Object.fromEntries(left)]]
  })
  return Object.fromEntries(operators)
}

function openEntries(condition: Json | undefined, isKnown: (key: string) => boolean): readonly string[] {
  if (!isObject(condition)) return []
  return Object.values(condition).flatMap((keys) =>
    isObject(keys) ? Object.entries(keys).flatMap(([key, values]) => (isOpenEntry(key, values, isKnown) ? [key] : [])) : [],
  )
}

function isOpenEntry(key: string, values: Json, isKnown: (key: string) => boolean): boolean {
  return !isKnown(key.toLowerCase()) || unknownVariable(JSON.stringify(values), isKnown)
}

function openVariables({ Resource: resource, NotResource: other }: JsonObject, isKnown: (key: string) => boolean): boolean {
  return unknownVariable(JSON.stringify([resource ?? null, other ?? null]), isKnown)
}

function unknownVariable(text: string, isKnown: (key: string) => boolean): boolean {
  return [...text.matchAll(VARIABLE)].some(
    ([, name = '']) => !/^[*?$]$/.test(name) && !isKnown((name.split(',')[0] ?? '').trim().toLowerCase()),
  )
}

/** Resources with whatever a variable may stand for. */
function withoutVariables(statement: JsonObject, isKnown: (key: string) => boolean): JsonObject {
  if (!openVariables(statement, isKnown)) return statement
  const wild = (value: Json): Json =>
    typeof value === 'string'
      ? value.replaceAll(VARIABLE, (whole, name: string) => (/^[*?$]$/.test(name) ? whole : '*'))
      : isList(value)
        ? value.map(wild)
        : value
  const { Resource: resource, NotResource: other, ...rest } = statement
  return {
    ...rest,
    ...(resource === undefined ? {} : { Resource: wild(resource) }),
    ...(other === undefined ? {} : { NotResource: wild(other) }),
  }
}
