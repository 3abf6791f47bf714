import type { LintRule } from '../finding.ts'
import { renamedOperator } from '../rename-operator.ts'

export const mfaAbsent: LintRule = {
  id: 'mfa-absent',
  severity: 'warning',
  title: 'A Deny without MFA misses requests that say nothing of MFA',
  why: 'Requests with a long-term access key have no aws:MultiFactorAuthPresent, so a condition that it is false does not hold for them.',
  instead: 'Write BoolIfExists, which also holds when the key is absent.',
  *check({ statements }) {
    for (const statement of statements)
      for (const condition of statement.conditions) {
        const { operator, key, values, at } = condition
        if (statement.effect !== 'Deny' || key.toLowerCase() !== 'aws:multifactorauthpresent') continue
        if (operator?.operator.comparison.family !== 'bool' || operator.ifExists) continue
        if (!values.some(({ value }) => value.toLowerCase() === 'false')) continue
        yield {
          at,
          message: `Requests with a long-term access key have no ${key}: this does not deny them.`,
          ...renamedOperator(statement, condition, 'BoolIfExists'),
        }
      }
  },
}
