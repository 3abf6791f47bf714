import type { PatchStep } from '../finding.ts'
import type { Json, JsonObject } from '../json.ts'
import type { PolicyDocument } from '../policy/types.ts'

/** The pointer to a statement: `Statement` may be a list or the one statement itself. */
export function statementPath(document: PolicyDocument, index: number): string {
  return Array.isArray(document['Statement']) ? `/Statement/${index}` : '/Statement'
}

/** The statement of that index. */
export function statementAt(document: PolicyDocument, index: number): JsonObject | undefined {
  const all = document['Statement']
  const one: Json | undefined = isList(all) ? all[index] : index === 0 ? all : undefined
  return isObject(one) ? one : undefined
}

/** Adds a statement. */
export function adding(document: PolicyDocument, statement: JsonObject): readonly PatchStep[] {
  const all = document['Statement']
  if (isList(all)) return [{ op: 'add', path: '/Statement/-', value: statement }]
  return [{ op: all === undefined ? 'add' : 'replace', path: '/Statement', value: isObject(all) ? [all, statement] : [statement] }]
}

/** Puts a value in the place of another in an element that is a text or a list. */
export function replacing(document: PolicyDocument, index: number, element: string, old: string, value: string): readonly PatchStep[] {
  const path = `${statementPath(document, index)}/${element}`
  const present = statementAt(document, index)?.[element]
  if (!isList(present)) return [{ op: 'replace', path, value }]
  const place = present.indexOf(old)
  return present.includes(value) ? [{ op: 'remove', path: `${path}/${place}` }] : [{ op: 'replace', path: `${path}/${place}`, value }]
}

/** Exempts one role or user from a Deny, whatever else the statement asks. */
export function exempting(document: PolicyDocument, index: number, arn: string): readonly PatchStep[] {
  const path = `${statementPath(document, index)}/Condition`
  const condition = statementAt(document, index)?.['Condition']
  const key = 'aws:PrincipalArn'
  if (!isObject(condition)) return [{ op: 'add', path, value: { ArnNotLike: { [key]: arn } } }]
  const present = condition['ArnNotLike']
  if (!isObject(present)) return [{ op: 'add', path: `${path}/ArnNotLike`, value: { [key]: arn } }]
  const name = Object.keys(present).find((one) => one.toLowerCase() === key.toLowerCase())
  if (name === undefined) return [{ op: 'add', path: `${path}/ArnNotLike/${pointer(key)}`, value: arn }]
  const values = present[name]
  const list: readonly Json[] = isList(values) ? values : values === undefined ? [] : [values]
  return [{ op: 'replace', path: `${path}/ArnNotLike/${pointer(name)}`, value: [...list, arn] }]
}

/** A name as a step of a JSON pointer. */
export function pointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The values of an element that may be a text or a list. */
export function valuesOf(value: Json | undefined): readonly string[] {
  const list: readonly Json[] = isList(value) ? value : value === undefined ? [] : [value]
  return list.filter((one) => typeof one === 'string')
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
