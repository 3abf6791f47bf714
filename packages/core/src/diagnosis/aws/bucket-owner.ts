import type { Observation } from '../case.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { awsClue } from './clue.ts'
import { operationName } from './operations.ts'

/**
 * Whether the bucket is of another account than the caller: `yes` and `no` only where something shows it.
 *
 * Reasons in the answers show that it is not (S3 gives them within an account or organization), and so does a request that named
 * the role's account as the expected owner and was served. One that was refused for its owner alone shows that it is, and so does
 * 405 for the bucket policy: that is what somebody hears who may read it and is not of the owner's account.
 */
export function crossAccount({ failures, successes, subject }: Facts): 'yes' | 'no' | 'unknown' {
  const foreign = subject.observations.some((one) => operationName(one) === 'getbucketpolicy' && isNotOwner(one))
  if (foreign) return 'yes'
  if (failures.some(isReasoned)) return 'no'
  if (successes.some(({ headers }) => isExpecting(headers))) return 'no'
  const refused = failures.find(({ observation }) => isExpecting(observation.headers))
  if (refused === undefined) return 'unknown'
  const own = operationName(refused.observation, refused.clue)
  return successes.some((one) => operationName(one) === own && !isExpecting(one.headers)) ? 'yes' : 'unknown'
}

function isNotOwner(observation: Observation): boolean {
  const { status, code } = awsClue(observation)
  return observation.ok !== true && (status === 405 || code === 'MethodNotAllowed')
}

/** Whether S3 said why. That no resource-based policy allows is what it says across accounts of one organization. */
function isReasoned({ clue }: Failure): boolean {
  if (clue.layer === undefined || clue.action?.startsWith('s3:') !== true) return false
  return !(clue.layer === 'resource' && clue.effect === 'implicit')
}

function isExpecting(headers: { readonly [name: string]: string }): boolean {
  return headers['x-amz-expected-bucket-owner'] !== undefined
}
