import type { PatchStep } from '../../finding.ts'
import type { Json } from '../../json.ts'
import { isList } from '../shapes.ts'
import type { LintSelection, Located } from './subject.ts'

/** Puts other values in the place of one: of a text by itself, or of one in a list. What is in the list already is not added again. */
export function replaceWith(selection: LintSelection, old: Located, values: readonly string[]): readonly PatchStep[] {
  const fresh = values.filter((value) => !selection.values.some((entry) => entry !== old && entry.value === value))
  if (!selection.isList) {
    const [only] = fresh
    if (only === undefined) return []
    return [{ op: 'replace', path: selection.at, value: fresh.length === 1 ? only : fresh }]
  }
  const [first, ...more] = fresh
  if (first === undefined) return selection.values.length > 1 ? [{ op: 'remove', path: old.at }] : []
  return [{ op: 'replace', path: old.at, value: first }, ...more.map((value) => ({ op: 'add' as const, path: `${selection.at}/-`, value }))]
}

/** Adds values to a text or list. */
export function addTo(selection: LintSelection, values: readonly string[]): readonly PatchStep[] {
  if (selection.isList) return values.map((value) => ({ op: 'add', path: `${selection.at}/-`, value }))
  return [{ op: 'replace', path: selection.at, value: [...selection.values.map(({ value }) => value), ...values] }]
}

/** The value that a pointer names. */
export function valueAt(document: Json, path: string): Json | undefined {
  let value: Json | undefined = document
  for (const step of path.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    value = isList(value) ? value[Number(name)] : Object.hasOwn(value, name) ? value[name] : undefined
  }
  return value
}
