import type { LintRule } from '../finding.ts'

export const deadPrincipal: LintRule = {
  id: 'dead-principal',
  severity: 'error',
  title: 'A principal is the id of a user or role that was deleted',
  why: 'AWS shows this id in the place of an ARN once the user or role is gone; one made anew under the same name has another id and is not let in.',
  instead: 'Write the ARN again, and save. To outlive a role that is made anew, trust the account and add a condition on aws:PrincipalArn.',
  *check({ statements }) {
    for (const { principal } of statements)
      for (const { type, value, at } of principal?.entries ?? [])
        if (type === 'AWS' && /^(AROA|AIDA|AGPA|ANPA|AIPA|ASIA|AKIA)[A-Z0-9]{6,}$/.test(value))
          yield {
            at,
            message: /^(ASIA|AKIA)/.test(value)
              ? 'An access key is no principal.'
              : `${value} is what is left of a user or role that was deleted.`,
          }
  },
}
