import { isObject } from '../../shapes.ts'
import type { LintRule } from '../finding.ts'
import type { LintStatement } from '../subject.ts'
import { assumesRole, foreignPrincipals } from '../trust.ts'

export const missingExternalId: LintRule = {
  id: 'missing-external-id',
  severity: 'warning',
  title: 'Another account may assume the role without an external id',
  why: 'A platform that works for many customers can be led to use your role for somebody else: the external id is what ties it to you.',
  instead:
    'Add a condition StringEquals on sts:ExternalId with the id the platform issued. Within your own account or organization none is needed.',
  *check({ statements, kind }) {
    if (kind !== 'trust') return
    for (const statement of statements) {
      if (statement.effect !== 'Allow' || !assumesRole(statement) || hasExternalId(statement)) continue
      const [foreign] = foreignPrincipals(statement)
      if (!foreign || isWithinOrganization(statement) || !hasReadableConditions(statement)) continue
      yield { at: foreign.at, message: `${foreign.value} may assume the role without an external id.` }
    }
  },
}

function hasExternalId({ conditions }: LintStatement): boolean {
  return conditions.some(({ key }) => key.toLowerCase() === 'sts:externalid')
}

function isWithinOrganization({ conditions }: LintStatement): boolean {
  return conditions.some(
    ({ key, operator }) =>
      /^aws:principal(orgid|orgpaths)$/i.test(key) &&
      operator?.operator.negated === false &&
      !operator.ifExists &&
      operator.qualifier !== 'ForAllValues',
  )
}

function hasReadableConditions({ raw }: LintStatement): boolean {
  return raw['Condition'] === undefined || isObject(raw['Condition'])
}
