import { type CheckEvent, type Connection, type Report, isAccessError } from '@sluice/core'
import type { Caller, Diagnoses, ValidationOptions, Validations } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { requireConnection } from '../shared/lookup.ts'
import { reportEvent, testConnection } from './attempts.ts'
import { endingChannel } from './event-channel.ts'
import { type Discovered, formAfter } from './form-after.ts'

/** What validation needs besides what every use case does. */
export interface ValidationDeps extends ServiceDeps {
  readonly diagnoses: Pick<Diagnoses, 'explain'>
}

/** Runs a connection's checks, keeps the reports, and moves the connection's state by what they say. */
export function createValidations(deps: ValidationDeps): Validations {
  return {
    validate: (caller, name, options, signal) =>
      endingChannel<CheckEvent>(signal, (tell, ending) => validate(deps, caller, name, options, tell, ending)),
    history: async (caller, name, limit) => {
      const connection = await requireConnection(deps, caller, name)
      return deps.store.reports.list(connection.id, limit)
    },
  }
}

async function validate(
  deps: ValidationDeps,
  caller: Caller,
  name: string,
  options: ValidationOptions,
  tell: (event: CheckEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const read = () => requireConnection(deps, caller, name)
  const { connection, report: tested, discovered } = await testConnection(deps, read, options.waitSeconds, tell, signal)
  const report = await explained(deps, connection, tested, signal)
  await keep(deps, caller, connection, report, discovered)
  tell({ type: 'report', report })
}

/** The report with what is behind it, where a claim fails. What the checks could not write is tried once more to see why. */
async function explained(deps: ValidationDeps, connection: Connection, report: Report, signal: AbortSignal): Promise<Report> {
  if (report.verdict !== 'failed') return report
  const write = report.checks.some(({ name, status }) => name === 'writes-object' && status === 'failed')
  const diagnosis = await deps.diagnoses.explain(connection, { write }, signal)
  return diagnosis === undefined ? report : { ...report, diagnosis, ms: deps.clock.now() - Date.parse(report.startedAt) }
}

async function keep(deps: ServiceDeps, caller: Caller, tested: Connection, report: Report, discovered: Discovered): Promise<void> {
  await deps.store.reports.add(report)
  await moveState(deps, tested, report, discovered)
  const act = { action: 'connection.validate', target: tested.name }
  await deps.store.audit.append(reportEvent(caller, act, report, new Date(deps.clock.now()).toISOString()))
}

/** The state follows the verdict; what could not be told leaves it as it was. A change made meanwhile is kept: the verdict was on the old one. */
async function moveState(deps: ServiceDeps, tested: Connection, report: Report, discovered: Discovered): Promise<void> {
  if (report.verdict === 'inconclusive') return
  const current = await deps.store.connections.getById(tested.id)
  if (current === undefined || current.version !== tested.version) return
  const now = new Date(deps.clock.now()).toISOString()
  const next = formAfter(current, report.verdict === 'passed', discovered, now)
  if (JSON.stringify(next) === JSON.stringify(current)) return
  try {
    await deps.store.connections.update({ ...next, updatedAt: now, version: current.version + 1 })
  } catch (error) {
    if (!isAccessError(error) || error.reason !== 'store.version') throw error
  }
}
