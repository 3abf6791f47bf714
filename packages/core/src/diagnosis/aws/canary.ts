import type { Facts } from '../facts.ts'
import { isOtherRole, operationName } from './operations.ts'

/** What became of a role that is not the connection's: one of our own, by which it shows whether we are at fault. */
export function canaryOf({ connection, failures, successes }: Facts): 'works' | 'refused' | undefined {
  if (successes.some((one) => isOtherRole(one, connection.roleArn))) return 'works'
  const refused = failures.some(
    ({ observation, clue }) => isOtherRole(observation, connection.roleArn) && operationName(observation, clue) === 'assumerole',
  )
  return refused ? 'refused' : undefined
}
