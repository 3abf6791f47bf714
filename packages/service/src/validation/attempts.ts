import { type AuditEvent, type Check, type CheckEvent, type Cloud, type Connection, type Report } from '@sluice/core'
import type { Caller } from '../contract.ts'
import type { Discovered } from './form-after.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { disabled, locationsOf, opened, requireCloud, requireMethod } from '../shared/lookup.ts'
import { withAwaitedSecretCheck } from './awaited-secret-check.ts'
import { runChecks } from './run-checks.ts'
import { withSecretEndCheck } from './secret-end-check.ts'
import { countChecks, verdictOf } from './verdict.ts'

/** How long a role that has never worked is given to appear. AWS speaks of seconds; a minute is rare. */
const PROPAGATION_SECONDS = 60
const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 10_000

/** What was tested in the end, and what came of it. */
export interface Tested {
  readonly connection: Connection
  readonly report: Report
  readonly discovered: Discovered
}

/**
 * Tests a connection, again and again while what fails may still be on its way or the caller waits for it.
 * `read` gives it anew each time: while one waits, somebody may correct it. Tells all but the report.
 */
export async function testConnection(
  deps: ServiceDeps,
  read: () => Promise<Connection>,
  waitSeconds: number | undefined,
  tell: (event: CheckEvent) => void,
  signal: AbortSignal,
): Promise<Tested> {
  const startedAt = deps.clock.now()
  let patience: number | undefined
  let pause = FIRST_PAUSE_MS
  for (let attempt = 1; ; attempt += 1) {
    const connection = await read()
    if (connection.state === 'disabled') throw disabled(connection)
    const cloud = requireCloud(deps.clouds, connection.cloud)
    patience ??= 1000 * (waitSeconds ?? (connection.firstPassedAt === undefined ? PROPAGATION_SECONDS : 0))
    const { report, discovered } = await once(deps, cloud, connection, startedAt, tell, signal)
    const left = startedAt + patience - deps.clock.now()
    const again = left > 0 && (waitSeconds === undefined ? mayBePropagation(report.checks, attempt) : report.verdict !== 'passed')
    if (!again) return { connection, report, discovered }
    tell({ type: 'waiting-for-propagation', attempt, secondsLeft: Math.ceil(left / 1000) })
    await deps.clock.sleep(Math.min(pause, left), signal)
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }
}

/** A new role is refused at first, and its policies take effect a moment after it does. Only refusals are waited for. */
function mayBePropagation(checks: readonly Check[], attempt: number): boolean {
  const trust = checks.find((check) => check.name === 'trust-accepts-us')
  if (trust?.status === 'failed') return trust.reason === 'trust.refused'
  return attempt > 1 && checks.some((check) => check.severity === 'required' && check.status === 'failed')
}

async function once(
  deps: ServiceDeps,
  cloud: Cloud,
  connection: Connection,
  startedAt: number,
  tell: (event: CheckEvent) => void,
  signal: AbortSignal,
): Promise<Pick<Tested, 'report' | 'discovered'>> {
  const open = await opened(deps, connection)
  const locations = await locationsOf(deps, connection)
  const run = cloud.validation({ ...open, locations })
  const plans = withAwaitedSecretCheck(run.checks, connection, requireMethod(cloud, connection.auth.method))
  const checks = await runChecks(withSecretEndCheck(plans, connection, deps.clock), deps.clock, tell, signal)
  const report: Report = {
    connectionId: connection.id,
    connection: connection.name,
    verdict: verdictOf(checks),
    checks,
    counts: countChecks(checks),
    leftovers: run.leftovers(),
    startedAt: new Date(startedAt).toISOString(),
    ms: deps.clock.now() - startedAt,
  }
  return { report, discovered: run.discovered() }
}

/** The audit event of a report, whatever the connection was tested for. */
export function reportEvent(caller: Caller, act: Pick<AuditEvent, 'action' | 'target'>, report: Report, at: string): AuditEvent {
  const { organization, project, actor, requestId } = caller
  const { verdict, counts, ms } = report
  const failed = report.checks.find((check) => check.status === 'failed')
  return {
    at,
    organization,
    project,
    actor,
    ...act,
    result: verdict === 'passed' ? 'ok' : verdict === 'failed' ? 'refused' : 'failed',
    ...(failed?.status === 'failed' ? { reason: failed.reason } : {}),
    details: { ...counts, ms },
    requestId,
  }
}
