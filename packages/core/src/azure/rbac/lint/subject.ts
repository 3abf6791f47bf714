import type { Json, JsonObject } from '../../../json.ts'
import type { Located } from '../../../policy/lint/subject.ts'
import { isList, isObject } from '../../../policy/shapes.ts'

/** A role assignment as far as it can be read. */
export interface LintAssignment {
  readonly at: string
  readonly role?: Located
  /** The definition's id, where it is not the role's name that is read. */
  readonly definition?: Located
  readonly scope?: Located
  readonly condition?: Located
  readonly conditionVersion?: Json
  readonly principalId?: Located
}

/** Role assignments as their rules see them. */
export interface AssignmentsSubject {
  readonly assignments: readonly LintAssignment[]
}

/**
 * Reads role assignments: a list or one as `az role assignment list` prints them, or as ARM has them, with their properties by themselves.
 * Undefined where the document is none of that.
 */
export function readAssignments(root: Json): AssignmentsSubject | undefined {
  const value = isObject(root) && isList(root['value']) ? root['value'] : root
  const base = value === root ? '' : '/value'
  const list = isList(value) ? value : [value]
  if (list.length === 0 || !list.every(isAssignment)) return undefined
  return { assignments: list.map((one, index) => readAssignment(one, isList(value) ? `${base}/${index}` : base)) }
}

function isAssignment(value: Json): value is JsonObject {
  if (!isObject(value)) return false
  const own = isObject(value['properties']) ? value['properties'] : value
  return own['roleDefinitionName'] !== undefined || own['roleDefinitionId'] !== undefined
}

function readAssignment(one: JsonObject, at: string): LintAssignment {
  const inner = one['properties']
  const own = isObject(inner) ? inner : one
  const here = isObject(inner) ? `${at}/properties` : at
  const text = (name: string, as: string = name): { readonly [name: string]: Located } => {
    const value = own[name]
    return typeof value === 'string' && value !== '' ? { [as]: { value, at: `${here}/${name}` } } : {}
  }
  return {
    at,
    ...text('roleDefinitionName', 'role'),
    ...text('roleDefinitionId', 'definition'),
    ...text('scope'),
    ...text('condition'),
    ...text('principalId'),
    ...(own['conditionVersion'] === undefined ? {} : { conditionVersion: own['conditionVersion'] }),
  }
}
