import type { Check, Connection, Report } from '@sluice/core'

/**
 * What became of a connection since it was looked at before: `drift` (what held is refused now: somebody changed something), `outage`
 * (could not be told: the cloud or the way to it fails), `recovered` (it holds again).
 */
export interface HealthChange {
  readonly kind: 'drift' | 'outage' | 'recovered'
  readonly organization: string
  readonly project: string
  readonly connection: string
  readonly connectionId: string
  readonly at: string
  /** The first check that does not hold, and its reason; absent where all hold again. */
  readonly check?: string
  readonly reason?: string
  /** What is behind it, by its code in docs/causes, where that could be told apart. */
  readonly cause?: string
}

/** What to tell of a connection that was looked at; undefined where nothing changed. `before` is the report before this one. */
export function healthChange(connection: Connection, report: Report, before: Report | undefined, at: string): HealthChange | undefined {
  const kind = kindOf(connection, report, before)
  if (kind === undefined) return undefined
  const { organization, project, name, id } = connection
  const base = { kind, organization, project, connection: name, connectionId: id, at }
  const first = report.checks.find(isTrouble)
  if (kind === 'recovered' || first === undefined) return base
  const [finding] = report.diagnosis?.findings ?? []
  return {
    ...base,
    check: first.name,
    ...(first.status === 'failed' ? { reason: first.reason } : {}),
    ...(finding === undefined || finding.certainty === 'group' ? {} : { cause: finding.cause }),
  }
}

function kindOf({ state }: Connection, { verdict }: Report, before: Report | undefined): HealthChange['kind'] | undefined {
  if (verdict === 'failed') return state === 'ready' ? 'drift' : undefined
  // Once is a hiccup of the network; twice in a row is told, and that once.
  if (verdict === 'inconclusive') return before?.verdict === 'inconclusive' ? undefined : 'outage'
  return state === 'failing' || before?.verdict === 'inconclusive' ? 'recovered' : undefined
}

function isTrouble(check: Check): boolean {
  return check.severity === 'required' && (check.status === 'failed' || check.status === 'inconclusive')
}
