import type { LintRule } from '../finding.ts'
import type { LintPrincipal } from '../subject.ts'

export const principalAction: LintRule = {
  id: 'principal-action',
  severity: 'error',
  title: 'The trusted principal assumes roles by another action',
  why: 'Users, roles and services come by sts:AssumeRole, identity providers by sts:AssumeRoleWithWebIdentity or sts:AssumeRoleWithSAML: crossed, nothing is allowed.',
  instead: 'Use the action that goes with the kind of principal.',
  *check({ statements, kind }) {
    if (kind !== 'trust') return
    for (const { principal, action, effect } of statements) {
      if (effect !== 'Allow' || !principal || principal.not || !action || action.not) continue
      const federated = principal.types.length > 0 && principal.types.every((type) => type === 'Federated')
      for (const { value, at } of action.values) {
        const isFederated = /^sts:AssumeRoleWith(SAML|WebIdentity)$/i.test(value)
        const isPlain = /^sts:AssumeRole$/i.test(value)
        const better = federated ? isPlain && actionFor(principal) : isFederated && !hasFederated(principal) && 'sts:AssumeRole'
        if (better === false) continue
        yield {
          at,
          message: `${federated ? 'An identity provider' : 'What is named here'} does not come by ${value}.`,
          instead: `Write ${better}.`,
          patch: [{ op: 'replace', path: at, value: better }],
        }
      }
    }
  },
}

function hasFederated({ types }: LintPrincipal): boolean {
  return types.includes('Federated')
}

function actionFor({ entries }: LintPrincipal): string {
  return entries.some(({ value }) => value.includes(':saml-provider/')) ? 'sts:AssumeRoleWithSAML' : 'sts:AssumeRoleWithWebIdentity'
}
