import type { PatchStep } from '../finding.ts'
import type { Json, JsonObject } from '../json.ts'
import { isList, isObject } from '../policy/shapes.ts'
import type { PolicyDocument } from '../policy/types.ts'

/** The pointer to a statement: `Statement` may be a list or the one statement itself. */
export function statementPath(document: PolicyDocument, index: number): string {
  const all = document['Statement']
  return all !== undefined && isList(all) ? `/Statement/${index}` : '/Statement'
}

/** The statement of that index. */
export function statementAt(document: PolicyDocument, index: number): JsonObject | undefined {
  const one = statementsOf(document)[index]
  return isObject(one) ? one : undefined
}

/** All statements, whether they stand in a list or one alone. */
export function statementsOf(document: PolicyDocument): readonly Json[] {
  const all = document['Statement']
  return all === undefined ? [] : isList(all) ? all : [all]
}

/** The keys that the condition of a statement asks about, as they are written there. */
export function conditionKeys(statement: JsonObject | undefined): readonly string[] {
  const condition = statement?.['Condition']
  return isObject(condition) ? Object.values(condition).flatMap((one) => (isObject(one) ? Object.keys(one) : [])) : []
}

/** Adds statements at the end. */
export function adding(document: PolicyDocument, ...statements: readonly JsonObject[]): readonly PatchStep[] {
  const all = document['Statement']
  if (all !== undefined && isList(all)) return statements.map((value) => ({ op: 'add', path: '/Statement/-', value }))
  return [{ op: all === undefined ? 'add' : 'replace', path: '/Statement', value: isObject(all) ? [all, ...statements] : statements }]
}

/** Puts a value in the place of another in an element that is a text or a list. */
export function replacing(document: PolicyDocument, index: number, element: string, old: string, value: string): readonly PatchStep[] {
  const path = `${statementPath(document, index)}/${element}`
  const present = statementAt(document, index)?.[element]
  if (present === undefined || !isList(present)) return [{ op: 'replace', path, value }]
  const place = present.indexOf(old)
  return present.includes(value) ? [{ op: 'remove', path: `${path}/${place}` }] : [{ op: 'replace', path: `${path}/${place}`, value }]
}

/** Adds a value to an element that is a text or a list. */
export function extending(document: PolicyDocument, index: number, element: string, value: string): readonly PatchStep[] {
  const path = `${statementPath(document, index)}/${element}`
  const present = statementAt(document, index)?.[element]
  if (present !== undefined && isList(present)) return [{ op: 'add', path: `${path}/-`, value }]
  return [{ op: present === undefined ? 'add' : 'replace', path, value: present === undefined ? value : [present, value] }]
}

/** Adds a value to what a condition asks of a key, or asks it where it did not yet. */
export function conditioning(document: PolicyDocument, index: number, operator: string, key: string, value: string): readonly PatchStep[] {
  const path = `${statementPath(document, index)}/Condition`
  const condition = statementAt(document, index)?.['Condition']
  if (!isObject(condition)) return [{ op: 'add', path, value: { [operator]: { [key]: value } } }]
  const written = nameOf(condition, operator)
  const keys = written === undefined ? undefined : condition[written]
  if (written === undefined || !isObject(keys)) return [{ op: 'add', path: `${path}/${operator}`, value: { [key]: value } }]
  const known = nameOf(keys, key)
  const at = `${path}/${pointer(written)}`
  if (known === undefined) return [{ op: 'add', path: `${at}/${pointer(key)}`, value }]
  const present = keys[known]
  if (present !== undefined && isList(present)) return [{ op: 'add', path: `${at}/${pointer(known)}/-`, value }]
  return [{ op: 'replace', path: `${at}/${pointer(known)}`, value: [present ?? '', value] }]
}

/** A name as it is written there: conditions are told apart without regard to case. */
function nameOf(object: JsonObject, name: string): string | undefined {
  return Object.keys(object).find((one) => one.toLowerCase() === name.toLowerCase())
}

/** A name as a step of a JSON pointer. */
export function pointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The values of an element that may be a text or a list. */
export function valuesOf(value: Json | undefined): readonly string[] {
  const list: readonly Json[] = value === undefined ? [] : isList(value) ? value : [value]
  return list.filter((one) => typeof one === 'string')
}
