import { isObject, pointer } from '../../shapes.ts'
import type { LintRule } from '../finding.ts'
import type { LintCondition, LintStatement } from '../subject.ts'

export const forAllValues: LintRule = {
  id: 'for-all-values',
  severity: 'warning',
  title: 'ForAllValues in an Allow also holds for requests without the key',
  why: 'Of no values, all are as they should be: a request that leaves the key out is let in.',
  instead: 'Add a condition Null with false for the key, so that it must be there.',
  *check({ statements }) {
    for (const statement of statements) {
      if (statement.effect !== 'Allow') continue
      for (const condition of statement.conditions) {
        const { operator, key, written, at } = condition
        // A request is free to have no tags: tag keys are limited this way on purpose.
        if (operator?.qualifier !== 'ForAllValues' || /^(aws:TagKeys|s3:RequestObjectTagKeys|kms:EncryptionContextKeys)$/i.test(key))
          continue
        if (key.toLowerCase() === 'sts:externalid' || demandsKey(statement, condition)) continue
        yield { at, message: `${written} also holds when the request has no ${key}.`, patch: [requireKey(statement, key)] }
      }
    }
  },
}

/** Whether another condition makes sure that the key is there. */
function demandsKey({ conditions }: LintStatement, condition: LintCondition): boolean {
  return conditions.some(({ operator, key, values }) => {
    if (!operator || key.toLowerCase() !== condition.key.toLowerCase() || operator.qualifier === 'ForAllValues' || operator.ifExists)
      return false
    if (operator.operator.comparison.family === 'null') return values.every(({ value }) => value.toLowerCase() === 'false')
    return !operator.operator.negated
  })
}

function requireKey({ raw, at }: LintStatement, key: string) {
  const block = raw['Condition']
  const nulls = isObject(block) ? block['Null'] : undefined
  return isObject(nulls)
    ? { op: 'add' as const, path: `${at}/Condition/Null${pointer(key)}`, value: 'false' }
    : { op: 'add' as const, path: `${at}/Condition/Null`, value: { [key]: 'false' } }
}
