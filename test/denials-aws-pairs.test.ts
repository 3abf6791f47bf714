import { type DenialPair, named, testDenialPairs } from './support/denials.ts'
import { ABROAD, DENIES as BUCKET_DENIES } from './support/aws-denials/bucket.ts'
import { KEYS } from './support/aws-denials/credentials.ts'
import { BOUNDARIES, GRANTS, GUARD_RAILS } from './support/aws-denials/policies.ts'
import { ROLE, TOKENS } from './support/aws-denials/trust.ts'
import { type AwsWorld, startAwsWorld } from './support/denials-aws.ts'
import { THIRD_ACCOUNT } from './support/denials-aws-names.ts'

const NO_STAR = named(GRANTS, 'the folder without /*')

/** What is met first on a request’s way is named first, whatever stands behind it. */
const WAYS: readonly DenialPair<AwsWorld>[] = [
  [named(ROLE, 'not activated'), named(ROLE, 'another')],
  [named(ROLE, 'another'), NO_STAR],
  [named(ROLE, 'another account'), named(GUARD_RAILS, 'of deleting')],
  [named(ROLE, 'our role before it was made again'), named(BUCKET_DENIES, 'of reading')],
  [named(BUCKET_DENIES, 'of listing'), NO_STAR],
  [named(GRANTS, 'no ListBucket'), named(BUCKET_DENIES, 'of reading')],
  [named(BUCKET_DENIES, 'reading from elsewhere'), named(GRANTS, 'no s3:PutObject')],
  [named(GRANTS, 'ListBucket on the objects'), named(BOUNDARIES, 'that only reads')],
]

testDenialPairs('two faults on the way to a bucket of AWS', () => startAwsWorld(), WAYS)
testDenialPairs('two faults on the way by a token', () => startAwsWorld({ method: 'oidc' }), [
  [named(TOKENS, 'of another connection'), NO_STAR],
])
testDenialPairs('two faults on the way by a key', () => startAwsWorld({ method: 'keys' }), [[named(KEYS, 'deleted'), NO_STAR]])
testDenialPairs('two faults on the way to another account', () => startAwsWorld({ bucketAccount: THIRD_ACCOUNT }), [
  [named(ROLE, 'another'), named(ABROAD, 'another role')],
])
