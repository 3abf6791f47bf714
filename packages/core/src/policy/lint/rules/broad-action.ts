import { actionsMatching, serviceOf } from '../action-table.ts'
import type { LintHit, LintRule } from '../finding.ts'
import { list } from '../s3-scope.ts'
import type { LintStatement } from '../subject.ts'

export const broadAction: LintRule = {
  id: 'broad-action',
  severity: 'warning',
  title: 'A wildcard allows more actions than are needed',
  why: 'It allows also what changes permissions, deletes, or does not exist yet.',
  instead: 'Name the actions that are needed.',
  *check({ statements, kind }) {
    // What an organization allows its accounts is limited by their own policies in turn.
    if (kind === 'scp') return
    for (const statement of statements) {
      if (statement.effect !== 'Allow' || statement.action?.not !== false) continue
      // A key's policy leaves it to its account this way; AWS writes it so itself.
      if (kind === 'key' && namesAccounts(statement)) continue
      for (const { value, at } of statement.action.values) yield* checkAction(value, at)
    }
  },
}

function* checkAction(value: string, at: string): Iterable<LintHit> {
  if (!/[*?]/.test(value)) return
  if (value === '*' || value === '*:*') return yield { at, message: `${value} allows every action of every service.` }
  const service = serviceOf(value)
  if (/^[^:]+:\*+$/.test(value)) return yield { at, message: `${value} allows every action of ${service ?? 'the service'}.` }
  const known = actionsMatching(value) ?? []
  const levels = new Set(known.map(({ level }) => (level === 'list' ? 'read' : level)))
  // A pattern that reads only is a matter of taste; one that reads and also writes mostly says more than its author meant.
  if (levels.size < 2 && !levels.has('permissions')) return
  yield {
    at,
    severity: 'note',
    message: `${value} matches ${known.length} actions: ${list(mostTelling(known.map(({ name }) => name)))}.`,
    ...(known.length <= 8 ? { instead: `Name those needed of ${known.map(({ name }) => name).join(', ')}.` } : {}),
  }
}

/** What deletes or changes permissions first. */
function mostTelling(names: readonly string[]): readonly string[] {
  const weight = (name: string): number =>
    /:(Delete|Bypass)/.test(name) ? 0 : /Policy|Acl/.test(name) ? 1 : /:(Put|Create)/.test(name) ? 2 : 3
  return names.toSorted((a, b) => weight(a) - weight(b))
}

function namesAccounts({ principal }: LintStatement): boolean {
  return (
    principal?.not === false &&
    principal.entries.every(({ type, value }) => type === 'AWS' && (/^\d{12}$/.test(value) || /:iam::\d{12}:root$/.test(value)))
  )
}
