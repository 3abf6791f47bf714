import type { Facts } from '../facts.ts'
import { operationName } from './operations.ts'

/**
 * Whether the bucket is of another account than the caller: `yes` and `no` only where something shows it.
 *
 * Reasons in the answers show that it is not (S3 gives them within an account or organization), and so does a request that named
 * the role's account as the expected owner and was served; one that was refused for its owner alone shows that it is.
 */
export function crossAccount({ failures, successes }: Facts): 'yes' | 'no' | 'unknown' {
  if (failures.some(({ clue }) => clue.layer !== undefined && clue.layer !== 'trust' && clue.action?.startsWith('s3:') === true))
    return 'no'
  const expects = (headers: { readonly [name: string]: string }): boolean => headers['x-amz-expected-bucket-owner'] !== undefined
  if (successes.some(({ headers }) => expects(headers))) return 'no'
  const refused = failures.find(({ observation }) => expects(observation.headers))
  if (refused === undefined) return 'unknown'
  const own = operationName(refused.observation, refused.clue)
  return successes.some((one) => operationName(one, { fields: {} }) === own) ? 'yes' : 'unknown'
}
