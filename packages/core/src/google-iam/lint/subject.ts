import type { Json, JsonObject } from '../../json.ts'
import type { Located } from '../../policy/lint/subject.ts'
import { isList, isObject } from '../../policy/shapes.ts'

/** A binding as far as it can be read, even when IAM would refuse it. */
export interface LintBinding {
  readonly at: string
  readonly raw: Json
  readonly role?: Located
  readonly members: readonly Located[]
  readonly condition?: JsonObject
}

/** An allow policy as its rules see it. */
export interface BindingsSubject {
  readonly bindings: readonly LintBinding[]
  /** Of a whole policy: absent of a list of bindings. */
  readonly version?: Json
  readonly isWholePolicy: boolean
}

/** Reads bindings: a policy as `gcloud … get-iam-policy` prints it, a list of bindings, or one; undefined where it is none of them. */
export function readBindings(root: Json): BindingsSubject | undefined {
  if (isObject(root) && isList(root['bindings'])) {
    const bindings = root['bindings'].map((raw, index) => readBinding(raw, `/bindings/${index}`))
    return { bindings, isWholePolicy: true, ...(root['version'] === undefined ? {} : { version: root['version'] }) }
  }
  if (isList(root) && root.length > 0 && root.every(isBinding))
    return { bindings: root.map((raw, index) => readBinding(raw, `/${index}`)), isWholePolicy: false }
  return isBinding(root) ? { bindings: [readBinding(root, '')], isWholePolicy: false } : undefined
}

function isBinding(value: Json): boolean {
  return isObject(value) && typeof value['role'] === 'string' && (value['members'] !== undefined || value['member'] !== undefined)
}

function readBinding(raw: Json, at: string): LintBinding {
  if (!isObject(raw)) return { at, raw, members: [] }
  const { role, members, member, condition } = raw
  return {
    at,
    raw,
    ...(typeof role === 'string' ? { role: { value: role, at: `${at}/role` } } : {}),
    members: [...textsOf(members, `${at}/members`), ...textsOf(member, `${at}/member`)],
    ...(isObject(condition) ? { condition } : {}),
  }
}

function textsOf(value: Json | undefined, at: string): readonly Located[] {
  if (typeof value === 'string') return [{ value, at }]
  return isList(value) ? value.flatMap((one, index) => (typeof one === 'string' ? [{ value: one, at: `${at}/${index}` }] : [])) : []
}

/** The expression of a binding's condition, and where it stands. */
export function expressionOf({ at, condition }: LintBinding): Located | undefined {
  const value = condition?.['expression']
  return typeof value === 'string' && value.trim() !== '' ? { value, at: `${at}/condition/expression` } : undefined
}
