import type { LintRule } from '../finding.ts'
import { renamedOperator } from '../rename-operator.ts'

export const wildcardInEquals: LintRule = {
  id: 'wildcard-in-equals',
  severity: 'error',
  title: 'A wildcard stands where it is taken literally',
  why: 'StringEquals compares character by character: * matches only a value that has an asterisk there, which hardly any has.',
  instead: 'Use StringLike.',
  *check({ statements }) {
    for (const statement of statements)
      for (const condition of statement.conditions) {
        const { operator, written, key, values } = condition
        const comparison = operator?.operator.comparison
        if (comparison?.family !== 'string' || comparison.how === 'like') continue
        const entry = values.find(({ value }) => value.replaceAll('${*}', '').includes('*'))
        if (!entry) continue
        // The words of an operator that compares without regard to case have no like.
        const better = comparison.how === 'equals' ? written.replace(/Equals/i, 'Like') : undefined
        yield {
          at: entry.at,
          message: `${written} takes the * in ${JSON.stringify(entry.value)} literally.`,
          ...(better === undefined ? {} : { instead: `Write ${better}.`, ...renamedOperator(statement, condition, better) }),
          // Trust is not to be widened by a patch.
          ...(key.toLowerCase() === 'sts:externalid' ? { instead: 'Write the external id as it was issued.', patch: [] } : {}),
        }
      }
  },
}
