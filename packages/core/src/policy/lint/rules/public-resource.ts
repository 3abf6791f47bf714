import type { LintRule } from '../finding.ts'
import { everyoneIn, isNarrowed } from '../trust.ts'

export const publicResource: LintRule = {
  id: 'public-resource',
  severity: 'warning',
  title: 'A resource is open to everybody',
  why: 'No condition limits who calls: anybody, with or without an account of AWS, may do what the statement allows.',
  instead: 'Name the accounts or roles meant as the Principal, or limit the callers by aws:PrincipalOrgID or aws:PrincipalArn.',
  *check({ statements, kind }) {
    if (kind !== 'resource' && kind !== 'key') return
    for (const statement of statements) {
      const everyone = everyoneIn(statement)
      if (statement.effect === 'Allow' && everyone && !isNarrowed(statement))
        yield {
          at: everyone.at,
          message: `Principal * opens the ${kind === 'key' ? 'key' : 'resource'} to everybody.`,
          ...(kind === 'key' ? { severity: 'error' as const } : {}),
        }
    }
  },
}
