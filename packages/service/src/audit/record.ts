import { asAccessError, type AuditEvent, type ErrorCode } from '@sluice/core'
import type { Caller } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'

type Recorder = Pick<ServiceDeps, 'store' | 'clock'>

/** What was attempted, on what. Details hold no secret, no external id and no signed URL. */
export interface Act {
  /** Noun and verb: `connection.create`. */
  readonly action: string
  readonly target: string
  readonly details?: AuditEvent['details']
}

/** The event of an act that succeeded, to be written in the same transaction as the act. */
export function okEvent(caller: Caller, act: Act, clock: ServiceDeps['clock']): AuditEvent {
  return { ...base(caller, act, clock), result: 'ok' }
}

/** Runs `work` and records what became of it. `learned` adds details that only the result tells. */
export async function audited<Result>(
  deps: Recorder,
  caller: Caller,
  act: Act,
  work: () => Promise<Result>,
  learned: (result: Result) => AuditEvent['details'] = () => ({}),
): Promise<Result> {
  const result = await recordingFailure(deps, caller, act, work)
  // Awaited before the result is handed out: nothing happens unrecorded.
  await deps.store.audit.append(okEvent(caller, { ...act, details: { ...act.details, ...learned(result) } }, deps.clock))
  return result
}

/** Runs `work`, which records its own success with its change, and records its failure. */
export async function recordingFailure<Result>(deps: Recorder, caller: Caller, act: Act, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const { code, reason } = asAccessError(error)
    const event: AuditEvent = { ...base(caller, act, deps.clock), result: resultOf(code), reason }
    // Nothing was changed, and the first error tells the caller more than one about the record of it would.
    await deps.store.audit.append(event).catch(() => {})
    throw error
  }
}

function base(caller: Caller, { action, target, details = {} }: Act, clock: ServiceDeps['clock']) {
  const { organization, project, actor, requestId } = caller
  return { at: new Date(clock.now()).toISOString(), organization, project, actor, action, target, details, requestId }
}

function resultOf(code: ErrorCode): 'refused' | 'failed' {
  return code === 'unavailable' || code === 'internal' ? 'failed' : 'refused'
}
