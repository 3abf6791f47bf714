import type { PatchStep } from '../../finding.ts'
import { isObject, pointer } from '../shapes.ts'
import type { LintCondition, LintStatement } from './subject.ts'

/** Moves one key of a condition under another operator, unless that has the key already. */
export function renamedOperator(
  { raw, at }: LintStatement,
  { written, key, operatorAt, at: keyAt }: LintCondition,
  better: string,
): { readonly patch?: readonly PatchStep[] } {
  const block = raw['Condition']
  const tests = isObject(block) ? block[written] : undefined
  if (!isObject(block) || !isObject(tests)) return {}
  const target = block[better]
  const value = tests[key]
  if (value === undefined || (target !== undefined && (!isObject(target) || Object.hasOwn(target, key)))) return {}
  const here = `${at}/Condition${pointer(better)}`
  return {
    patch: [
      { op: 'remove', path: Object.keys(tests).length === 1 ? operatorAt : keyAt },
      target === undefined ? { op: 'add', path: here, value: { [key]: value } } : { op: 'add', path: `${here}${pointer(key)}`, value },
    ],
  }
}
