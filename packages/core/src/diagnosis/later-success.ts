import type { Failure } from './failure.ts'
import type { Facts } from './facts.ts'
import { operationWord } from './operation-word.ts'
import { isSentAlike } from './sent-alike.ts'

/** Whether the same request was served later, however its call was spelled: what kept it out has passed. */
export function servedLater({ observation }: Pick<Failure, 'observation'>, { successes }: Pick<Facts, 'successes'>): boolean {
  const { operation, target, index } = observation
  if (index < 0 || operation === undefined) return false
  const own = operationWord(operation)
  return successes.some(
    (one) => one.index > index && operationWord(one.operation ?? '') === own && one.target === target && isSentAlike(one, observation),
  )
}
