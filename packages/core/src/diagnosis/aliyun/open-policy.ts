import { isObject } from '../../policy/shapes.ts'
import type { PolicyDocument } from '../../policy/types.ts'
import { statementsOf, valuesOf } from '../statement-patch.ts'

/** The statement of a bucket policy that allows everybody something without a condition; undefined where none does. */
export function opensToAll(policy: PolicyDocument): number | undefined {
  const found = statementsOf(policy).findIndex(
    (one) => isObject(one) && one['Effect'] === 'Allow' && valuesOf(one['Principal']).includes('*') && one['Condition'] === undefined,
  )
  return found === -1 ? undefined : found
}
