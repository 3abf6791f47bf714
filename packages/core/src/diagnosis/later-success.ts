import type { Failure } from './failure.ts'
import type { Facts } from './facts.ts'
import { isSentAlike } from './sent-alike.ts'

/** Whether the same request was served later: what kept it out has passed. */
export function servedLater({ observation }: Failure, { successes }: Pick<Facts, 'successes'>): boolean {
  const { operation, target, index } = observation
  return (
    index >= 0 &&
    operation !== undefined &&
    successes.some((one) => one.index > index && one.operation === operation && one.target === target && isSentAlike(one, observation))
  )
}
