import { accessError, asAccessError, isAccessError, type AccessError, type QueryLimits } from '@sluice/core'
import type { Failure } from './protocol.ts'
import type { StopReason } from './stopping.ts'
import { StepFailure } from './worker-process.ts'

/** The error of a query, whatever it ended by. A query that was stopped fails because of that, not because of what the stop broke. */
export function queryError(error: unknown, stopped: StopReason | undefined, limits: QueryLimits): AccessError {
  if (stopped === 'time')
    return accessError('engine.limit_time', {
      message: `The query took longer than the ${seconds(limits.milliseconds)} it may.`,
      context: { limitMs: limits.milliseconds },
    })
  if (stopped === 'cancelled') return accessError('engine.cancelled', { message: 'The query was cancelled.' })
  if (stopped === 'closed') return accessError('engine.closed', { message: 'The engine was shut down before the query ended.' })
  if (isAccessError(error)) return error
  if (error instanceof StepFailure) return fromWorker(error.failure)
  return asAccessError(error)
}

function fromWorker({ reason, message, remedy, position, file }: Failure): AccessError {
  if (reason === 'engine.interrupted') return accessError('engine.cancelled', { message })
  return accessError(reason, {
    message,
    ...(remedy === undefined ? {} : { remedy }),
    context: { ...(position === undefined ? {} : { position }), ...(file === undefined ? {} : { file }) },
  })
}

function seconds(milliseconds: number): string {
  return milliseconds >= 1000 ? `${Math.round(milliseconds / 1000)} s` : `${milliseconds} ms`
}
