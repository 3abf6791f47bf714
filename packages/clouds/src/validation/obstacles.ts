import type { AccessError, CheckOutcome, Location } from '@sluice/core'
import type { ValidationContext } from './context.ts'
import { failed, inconclusive } from './outcomes.ts'

/** What an error comes to that is no denial: a failure where it says for certain what stands in the way, else a doubt. */
export function unclear(context: Pick<ValidationContext, 'remedies'>, location: Location, ms: number, error: AccessError): CheckOutcome {
  const remedy = context.remedies.obstacle?.(error, location)
  return remedy === undefined ? inconclusive(ms, error) : failed(ms, error.reason, error.message, remedy, error)
}
