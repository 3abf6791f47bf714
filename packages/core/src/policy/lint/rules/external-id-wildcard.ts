import type { LintRule } from '../finding.ts'

export const externalIdWildcard: LintRule = {
  id: 'external-id-wildcard',
  severity: 'error',
  title: 'An external id has a wildcard',
  why: 'The external id protects because nobody else has it: a pattern lets in every id of that form, also those of other customers.',
  instead: 'Write StringEquals with the whole id, as it was issued.',
  *check({ statements }) {
    for (const { conditions, effect } of statements)
      for (const { key, operator, values } of conditions) {
        const comparison = operator?.operator.comparison
        if (effect !== 'Allow' || key.toLowerCase() !== 'sts:externalid' || comparison?.family !== 'string' || comparison.how !== 'like')
          continue
        for (const { value, at } of values)
          if (/[*?]/.test(value))
            yield { at, message: `The pattern ${JSON.stringify(value)} lets in external ids that were issued to others.` }
      }
  },
}
