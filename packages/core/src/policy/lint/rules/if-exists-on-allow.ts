import type { LintRule } from '../finding.ts'
import { renamedOperator } from '../rename-operator.ts'

/** Keys that every authenticated request carries: absence needs no thought. */
const ALWAYS = /^aws:(PrincipalArn|PrincipalAccount|PrincipalType|userid|SecureTransport|CurrentTime|EpochTime|RequestedRegion|UserAgent)$/i

export const ifExistsOnAllow: LintRule = {
  id: 'if-exists-on-allow',
  severity: 'warning',
  title: 'An Allow also holds for requests that carry no such key',
  why: 'With IfExists a condition holds when the key is absent: in an Allow, whoever leaves the key out is let in.',
  instead: 'Leave out IfExists in an Allow; it belongs into a Deny.',
  *check({ statements }) {
    for (const statement of statements) {
      if (statement.effect !== 'Allow') continue
      for (const condition of statement.conditions) {
        const { operator, key, written, at } = condition
        if (operator?.ifExists !== true || operator.operator.negated || ALWAYS.test(key) || key.toLowerCase() === 'sts:externalid') continue
        const better = written.replace(/IfExists$/i, '')
        yield {
          at,
          message: `${written} also holds when the request has no ${key}.`,
          instead: `Write ${better}, unless requests without ${key} are meant too.`,
          ...renamedOperator(statement, condition, better),
        }
      }
    }
  },
}
