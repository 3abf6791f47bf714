import { type Check, type CheckEvent, type Cloud, type Connection, type Report, accessError, isAccessError } from '@sluice/core'
import type { Caller, ValidationOptions, Validations } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { locationsOf, requireCloud, requireConnection } from '../shared/lookup.ts'
import { eventChannel } from './event-channel.ts'
import { runChecks } from './run-checks.ts'
import { withSecretEndCheck } from './secret-end-check.ts'
import { countChecks, verdictOf } from './verdict.ts'

/** How long a role that has never worked is given to appear. AWS speaks of seconds; a minute is rare. */
const PROPAGATION_SECONDS = 60
const FIRST_PAUSE_MS = 2_000
const LONGEST_PAUSE_MS = 10_000

/** Runs a connection's checks, keeps the reports, and moves the connection's state by what they say. */
export function createValidations(deps: ServiceDeps): Validations {
  return {
    validate: (caller, name, options, signal) => {
      const stop = new AbortController()
      const both = AbortSignal.any([signal, stop.signal])
      return eventChannel<CheckEvent>(
        (tell) => validate(deps, caller, name, options, tell, both),
        () => stop.abort(),
      )
    },
    history: async (caller, name, limit) => {
      const connection = await requireConnection(deps, caller, name)
      return deps.store.reports.list(connection.id, limit)
    },
  }
}

async function validate(
  deps: ServiceDeps,
  caller: Caller,
  name: string,
  options: ValidationOptions,
  tell: (event: CheckEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = deps.clock.now()
  let patience: number | undefined
  let pause = FIRST_PAUSE_MS
  for (let attempt = 1; ; attempt += 1) {
    // Read anew each time: while one waits, somebody may correct the connection.
    const connection = await requireConnection(deps, caller, name)
    if (connection.state === 'disabled')
      throw accessError('connection.disabled', { message: `The connection ${connection.name} is disabled.` })
    const cloud = requireCloud(deps.clouds, connection.cloud)
    patience ??= 1000 * (options.waitSeconds ?? (connection.firstPassedAt === undefined ? PROPAGATION_SECONDS : 0))
    const { report, discovered } = await once(deps, cloud, connection, startedAt, tell, signal)
    const left = startedAt + patience - deps.clock.now()
    const again = left > 0 && (options.waitSeconds === undefined ? mayBePropagation(report.checks, attempt) : report.verdict !== 'passed')
    if (!again) {
      await keep(deps, caller, connection, report, discovered)
      tell({ type: 'report', report })
      return
    }
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
): Promise<{ readonly report: Report; readonly discovered: { readonly bucketOwner?: string; readonly region?: string } }> {
  const { secretId } = connection.auth
  const secret = secretId === undefined ? undefined : await deps.store.secrets.get(secretId, connection.id)
  const locations = await locationsOf(deps, connection)
  const run = cloud.validation({ connection, locations, ...(secret === undefined ? {} : { secret }) })
  const checks = await runChecks(withSecretEndCheck(run.checks, connection, deps.clock), deps.clock, tell, signal)
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

async function keep(
  deps: ServiceDeps,
  caller: Caller,
  tested: Connection,
  report: Report,
  discovered: { readonly bucketOwner?: string; readonly region?: string },
): Promise<void> {
  await deps.store.reports.add(report)
  await moveState(deps, tested, report, discovered)
  const failed = report.checks.filter((check) => check.status === 'failed')
  await deps.store.audit.append({
    at: new Date(deps.clock.now()).toISOString(),
    organization: caller.organization,
    project: caller.project,
    actor: caller.actor,
    action: 'connection.validate',
    target: tested.name,
    result: report.verdict === 'passed' ? 'ok' : report.verdict === 'failed' ? 'refused' : 'failed',
    ...(failed[0]?.status === 'failed' ? { reason: failed[0].reason } : {}),
    details: { ...report.counts, ms: report.ms },
    requestId: caller.requestId,
  })
}

/** The state follows the verdict; what could not be told leaves it as it was. A change made meanwhile is kept: the verdict was on the old one. */
async function moveState(
  deps: ServiceDeps,
  tested: Connection,
  report: Report,
  discovered: { readonly bucketOwner?: string; readonly region?: string },
): Promise<void> {
  if (report.verdict === 'inconclusive') return
  const current = await deps.store.connections.getById(tested.id)
  if (current === undefined || current.version !== tested.version) return
  const now = new Date(deps.clock.now()).toISOString()
  const passed = report.verdict === 'passed'
  // A connection without locations pins nothing: its stages may point to buckets of several owners and regions.
  const pinned = passed && current.locations.length > 0 ? { pinned: { ...current.pinned, ...discovered } } : {}
  const next: Connection = {
    ...current,
    ...pinned,
    state: passed ? 'ready' : current.firstPassedAt === undefined ? 'waiting' : 'failing',
    ...(passed && current.firstPassedAt === undefined ? { firstPassedAt: now } : {}),
  }
  if (JSON.stringify(next) === JSON.stringify(current)) return
  try {
    await deps.store.connections.update({ ...next, updatedAt: now, version: current.version + 1 })
  } catch (error) {
    if (!isAccessError(error) || error.reason !== 'store.version') throw error
  }
}
