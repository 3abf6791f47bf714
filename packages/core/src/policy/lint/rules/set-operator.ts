import { knownKey } from '../action-table.ts'
import type { LintRule } from '../finding.ts'
import { renamedOperator } from '../rename-operator.ts'

export const setOperator: LintRule = {
  id: 'set-operator',
  severity: 'warning',
  title: 'A key of one value is compared as a set, or the reverse',
  why: 'ForAnyValue and ForAllValues are for keys with several values; those need them, or what is compared is not defined.',
  instead: 'Use ForAnyValue or ForAllValues exactly where the key has several values.',
  *check({ statements }) {
    for (const statement of statements)
      for (const condition of statement.conditions) {
        const { operator, key, written, at } = condition
        const type = knownKey(key)?.type
        if (!operator || type === undefined || operator.operator.comparison.family === 'null') continue
        const isSet = type.startsWith('ArrayOf')
        if (isSet === (operator.qualifier !== undefined)) continue
        // Without the key, ForAllValues holds and the bare operator does not: for-all-values says that.
        if (operator.qualifier === 'ForAllValues' && statement.effect === 'Allow') continue
        const better = isSet ? `ForAnyValue:${written}` : written.replace(/^[^:]*:/, '')
        yield {
          at,
          message: isSet ? `${key} has several values, and ${written} is for one.` : `${key} has one value, and ${written} is for several.`,
          instead: isSet ? 'Write ForAnyValue: or ForAllValues: before the operator.' : `Write ${better}.`,
          ...(isSet ? {} : renamedOperator(statement, condition, better)),
        }
      }
  },
}
