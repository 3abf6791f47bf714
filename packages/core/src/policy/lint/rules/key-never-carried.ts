import { actionsMatching, carries, knownKey, knowsKeysOf, type KnownAction } from '../action-table.ts'
import type { LintHit, LintRule } from '../finding.ts'
import { list } from '../s3-scope.ts'
import type { LintCondition, LintStatement, Located } from '../subject.ts'

export const keyNeverCarried: LintRule = {
  id: 'key-never-carried',
  severity: 'error',
  title: 'A condition is on a key that requests for the action never carry',
  why: 'A positive condition on an absent key never holds, so the statement does nothing for that action; a negated one always holds.',
  instead: 'Put the action into a statement of its own, without this condition.',
  *check({ statements }) {
    for (const statement of statements) {
      const { action } = statement
      if (!action || action.not) continue
      for (const condition of statement.conditions) yield* checkCondition(statement, condition, action.values)
    }
  },
}

function* checkCondition({ effect }: LintStatement, condition: LintCondition, values: readonly Located[]): Iterable<LintHit> {
  const { operator, key, written, at } = condition
  // Keys that do not exist are the matter of another rule; those of all services may always be there.
  if (!operator || operator.operator.comparison.family === 'null' || !knowsKeysOf(key) || !knownKey(key)) return
  const without = values.filter(({ value }) => {
    const known = actionsMatching(value) ?? []
    return known.length > 0 && known.every((action) => !mayCarry(action, key))
  })
  if (without.length === 0) return
  const actions = list(without.map(({ value }) => value))
  const always = operator.operator.negated || operator.ifExists || operator.qualifier === 'ForAllValues'
  // A Deny may well be limited to requests that carry a key; it is odd only when none of its actions does.
  if (effect === 'Deny' && !always && without.length < values.length) return
  const them = without.length === 1 ? 'it' : 'them'
  const never = `${actions} never ${without.length === 1 ? 'carries' : 'carry'} ${key}`
  if (!always)
    yield { at, message: `${never}, so ${effect === 'Deny' ? 'this denies nothing' : `this condition never holds for ${them}`}.` }
  else
    yield {
      at,
      // A Deny by negation that was meant for requests with the key hits those without, too.
      severity: effect === 'Deny' && operator.operator.negated && !operator.ifExists ? 'warning' : 'note',
      message: `${never}, so ${written} always holds for ${them}.`,
    }
}

/** Permission to pass tags, a source identity or a context is asked in the same request as the role: it carries what that carries. */
function mayCarry(action: KnownAction, key: string): boolean {
  if (carries(action, key)) return true
  if (!/^sts:(TagSession|SetSourceIdentity|SetContext)$/.test(action.name)) return false
  return actionsMatching('sts:AssumeRole*')?.some((assume) => carries(assume, key)) === true
}
