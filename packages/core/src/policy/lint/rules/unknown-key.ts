import { isObject, pointer } from '../../shapes.ts'
import { keyNames, knownKey, knowsKeysOf } from '../action-table.ts'
import { DATA_VERSION } from '../actions/global-keys.ts'
import type { LintRule } from '../finding.ts'
import { nearest } from '../nearest.ts'

export const unknownKey: LintRule = {
  id: 'unknown-key',
  severity: 'error',
  title: 'A condition key does not exist',
  why: 'No request ever carries it: a positive condition never holds, a negated one always does.',
  instead: 'Use a condition key of the service; those of all services begin with aws:.',
  *check({ statements }) {
    for (const { conditions, raw } of statements)
      for (const { key, at, operatorAt, written } of conditions) {
        if (!knowsKeysOf(key) || knownKey(key)) continue
        const meant = nearest(key, keyNames())
        const block = raw['Condition']
        const tests = isObject(block) ? block[written] : undefined
        const value = isObject(tests) ? tests[key] : undefined
        const isFree = isObject(tests) && meant !== undefined && !Object.hasOwn(tests, meant)
        yield {
          at,
          message: `There is no condition key ${key} (IAM's data ${DATA_VERSION}).`,
          ...(meant === undefined ? {} : { instead: `Write ${meant}.` }),
          ...(isFree && value !== undefined
            ? {
                patch: [
                  { op: 'remove' as const, path: at },
                  { op: 'add' as const, path: `${operatorAt}${pointer(meant)}`, value },
                ],
              }
            : {}),
        }
      }
  },
}
