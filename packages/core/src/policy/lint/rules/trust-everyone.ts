import type { LintRule } from '../finding.ts'
import { everyoneIn, isNarrowed } from '../trust.ts'

export const trustEveryone: LintRule = {
  id: 'trust-everyone',
  severity: 'error',
  title: 'Every account of AWS may assume the role',
  why: 'Anybody with an account can take the role; an external id alone is no protection, since it is no secret.',
  instead: 'Name the account or role that is trusted as the Principal.',
  *check({ statements, kind }) {
    if (kind !== 'trust') return
    for (const statement of statements) {
      const everyone = everyoneIn(statement)
      if (statement.effect === 'Allow' && everyone && !isNarrowed(statement))
        yield { at: everyone.at, message: 'Principal * trusts every account of AWS.' }
    }
  },
}
