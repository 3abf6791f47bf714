import type { LintRule } from '../finding.ts'
import type { LintCondition } from '../subject.ts'
import { renamedOperator } from '../rename-operator.ts'

export const externalIdOptional: LintRule = {
  id: 'external-id-optional',
  severity: 'error',
  title: 'The external id is asked for in a way that does without',
  why: 'A caller that sends no external id, or another, is let in: the role is as open as without the condition.',
  instead: 'Write StringEquals on sts:ExternalId.',
  *check({ statements }) {
    for (const statement of statements)
      for (const condition of statement.conditions) {
        if (statement.effect !== 'Allow' || condition.key.toLowerCase() !== 'sts:externalid') continue
        const because = whyOptional(condition)
        if (because === undefined) continue
        const isEquals = condition.operator?.operator.name === 'StringEquals' && condition.written !== 'StringEquals'
        yield {
          at: condition.at,
          message: `${condition.written} ${because}.`,
          ...(isEquals ? renamedOperator(statement, condition, 'StringEquals') : {}),
        }
      }
  },
}

function whyOptional({ operator, values }: LintCondition): string | undefined {
  if (!operator) return undefined
  if (operator.operator.comparison.family === 'null')
    return values.some(({ value }) => value.toLowerCase() === 'true') ? 'lets in who sends no external id' : undefined
  if (operator.operator.negated) return 'lets in every external id but this'
  if (operator.ifExists || operator.qualifier === 'ForAllValues') return 'also holds when no external id is sent'
  return undefined
}
