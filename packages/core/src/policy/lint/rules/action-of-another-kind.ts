import { serviceOf } from '../action-table.ts'
import type { LintRule } from '../finding.ts'
import { hasUnknown } from '../unknown.ts'

export const actionOfAnotherKind: LintRule = {
  id: 'action-of-another-kind',
  severity: 'error',
  title: 'The policy has actions that its kind does not take',
  why: 'A trust policy says who may assume the role, a key policy who may use the key; what the role may do then stands in its permission policies.',
  instead: 'Move the statement into a policy of the kind that takes the action.',
  *check({ statements, kind }) {
    const wanted = kind === 'trust' ? 'sts' : kind === 'key' ? 'kms' : undefined
    if (wanted === undefined) return
    for (const { action } of statements)
      for (const { value, at } of action?.values ?? []) {
        const service = serviceOf(value)
        if (service === undefined || service === wanted || hasUnknown(value)) continue
        yield { at, message: `A ${kind} policy takes actions of ${wanted} only, not ${value}.` }
      }
  },
}
