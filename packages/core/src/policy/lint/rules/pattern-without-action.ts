import { actionsMatching } from '../action-table.ts'
import type { LintRule } from '../finding.ts'
import { hasUnknown } from '../unknown.ts'

export const patternWithoutAction: LintRule = {
  id: 'pattern-without-action',
  severity: 'error',
  title: 'A pattern of actions matches none',
  why: 'IAM saves the policy, and the pattern allows or denies nothing.',
  instead: 'Name the actions meant; a pattern is matched against their whole names.',
  *check({ statements }) {
    for (const { action } of statements)
      for (const { value, at } of action?.values ?? [])
        if (/[*?]/.test(value) && !hasUnknown(value) && actionsMatching(value)?.length === 0)
          yield { at, message: `No action matches ${value}.` }
  },
}
