import { isAccessError, type Connection, type Report } from '@sluice/core'
import { okEvent } from '../audit/record.ts'
import type { Caller, Validations } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { healthChange, type HealthChange } from './health-change.ts'
import { repeat } from '../shared/repeat.ts'

/** Looks at connections again by itself. */
export interface HealthWatch {
  /**
   * Validates every connection that is due and once passed; resolves with what it told of. What goes wrong with one keeps no other from
   * being looked at where there is a `failed` to hear of it.
   */
  tick(signal: AbortSignal, failed?: (cause: unknown) => void): Promise<readonly HealthChange[]>
  /** Does so now and every minute until told to stop. `failed` hears what went wrong: the next time may go better. */
  run(signal: AbortSignal, failed: (cause: unknown) => void): Promise<void>
}

export interface HealthWatchDeps extends Pick<ServiceDeps, 'store' | 'clock' | 'random'> {
  readonly validations: Pick<Validations, 'validate'>
  /** Hours between two looks at a connection that holds. */
  readonly hours: number
  /** Tells somebody outside. What it throws is heard by `failed`, and the audit has the change all the same. */
  readonly announce?: (change: HealthChange, signal: AbortSignal) => Promise<void>
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** Later than any time a connection can be due at. */
const FOREVER = '9999-12-31T23:59:59.999Z'
/** So many are looked at in one tick: the rest is due at the next. */
const PAGE = 50
/** Nobody wants a thousand connections looked at in one second once a day. */
const SPREAD = 0.1

/**
 * Validates every connection again a day after it held, an hour after it failed, and minutes after it could not be told, however many
 * nodes watch. The reports are its history; changes are audit events, told outside where somebody is to be told.
 */
export function createHealthWatch(deps: HealthWatchDeps): HealthWatch {
  const { store, clock } = deps

  async function look(connection: Connection, signal: AbortSignal): Promise<HealthChange | undefined> {
    const [before] = await store.reports.list(connection.id, 1)
    const report = await validated(deps, connection, signal)
    if (report === undefined) return undefined
    const now = clock.now()
    const change = healthChange(connection, report, before, new Date(now).toISOString())
    // What was taken for a whole day is looked at sooner where it does not hold.
    const soon = report.verdict === 'failed' ? HOUR_MS : 5 * MINUTE_MS
    if (report.verdict !== 'passed') await reschedule(deps, connection.id, now + soon)
    if (change !== undefined) await store.audit.append(eventOf(change, clock))
    return change
  }

  const tick: HealthWatch['tick'] = async (signal, failed): Promise<readonly HealthChange[]> => {
    const changes: HealthChange[] = []
    const now = clock.now()
    const at = new Date(now).toISOString()
    for (const id of await store.watches.due(at, PAGE)) {
      signal.throwIfAborted()
      const next = now + deps.hours * HOUR_MS * (1 + SPREAD * deps.random.fraction())
      const isOurs = await store.watches.take(id, at, new Date(next).toISOString()).catch(ifGone)
      const connection = isOurs ? await store.connections.getById(id) : undefined
      // One that never passed is its maker's to try; a disabled one is nobody's.
      if (connection === undefined || connection.firstPassedAt === undefined || connection.state === 'disabled') continue
      const change = await look(connection, signal).catch((cause: unknown) => {
        if (failed === undefined || signal.aborted) throw cause
        failed(cause)
      })
      if (change) changes.push(change)
    }
    return changes
  }

  return {
    tick,
    run(signal, failed) {
      const hear = (cause: unknown): void => {
        if (!signal.aborted) failed(cause)
      }
      const round = async (): Promise<void> => {
        for (const change of await tick(signal, hear)) await deps.announce?.(change, signal).catch(hear)
      }
      return repeat(clock, MINUTE_MS, signal, round, failed)
    },
  }
}

/** The report of a validation; undefined where the connection was disabled or deleted meanwhile. */
async function validated({ validations }: HealthWatchDeps, connection: Connection, signal: AbortSignal): Promise<Report | undefined> {
  try {
    for await (const event of validations.validate(systemCaller(connection), connection.name, { waitSeconds: 0 }, signal))
      if (event.type === 'report') return event.report
  } catch (error) {
    if (!isAccessError(error) || error.code === 'internal') throw error
  }
  return undefined
}

/** Makes it due earlier than it was taken for. */
async function reschedule({ store }: HealthWatchDeps, connectionId: string, at: number): Promise<void> {
  await store.watches.take(connectionId, FOREVER, new Date(at).toISOString()).catch(ifGone)
}

function ifGone(error: unknown): boolean {
  if (isAccessError(error) && error.reason === 'store.missing') return false
  throw error
}

function systemCaller({ organization, project, id }: Pick<Connection, 'organization' | 'project' | 'id'>): Caller {
  return { organization, project, actor: 'system', requestId: `watch_${id}` }
}

function eventOf(change: HealthChange, clock: ServiceDeps['clock']) {
  const { organization, project, connection, connectionId, kind, check, reason, cause } = change
  const caller = systemCaller({ organization, project, id: connectionId })
  const details = {
    kind,
    ...(check === undefined ? {} : { check }),
    ...(reason === undefined ? {} : { reason }),
    ...(cause === undefined ? {} : { cause }),
  }
  return okEvent(caller, { action: 'connection.health', target: connection, details }, clock)
}
