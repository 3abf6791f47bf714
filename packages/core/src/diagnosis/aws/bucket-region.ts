import type { Facts } from '../facts.ts'
import { locationOf } from './subject.ts'
import { readTarget } from './target.ts'

/** The region of the bucket, as an answer or a served address of it says; undefined where nothing does. */
export function bucketRegion({ failures, successes, ...facts }: Facts): string | undefined {
  const answers = [...successes, ...failures.map(({ observation }) => observation)]
  const header = answers.map(({ headers }) => headers['x-amz-bucket-region']).find((region) => region !== undefined)
  if (header !== undefined) return header
  const bucket = locationOf({ failures, successes, ...facts })?.bucket
  return successes.map(({ target }) => readTarget(target, bucket)?.region).find((region) => region !== undefined)
}
