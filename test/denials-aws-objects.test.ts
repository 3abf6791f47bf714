import { testDenials, testDenialPairs } from './support/denials.ts'
import { ACL_PAIRS, ENDPOINT, FOREIGN, FOREIGN_PAIRS, OWNER_NAMED, PAIRS, PLACES, STATES, WITH_ACL } from './support/aws-denials/objects.ts'
import { startAwsWorld } from './support/denials-aws.ts'
import { THIRD_ACCOUNT } from './support/denials-aws-names.ts'
import { CUSTOMER_ACCOUNT } from './support/installation.ts'

testDenials('objects in a state or of an owner that keeps us from them', () => startAwsWorld(), STATES)
testDenials('a connection that sends an ACL', () => startAwsWorld({ settings: { acl: 'bucket-owner-read' } }), WITH_ACL)
testDenials('a bucket that is not where or what it is taken for', () => startAwsWorld(), PLACES)
testDenials('a bucket of another account', () => startAwsWorld({ bucketAccount: THIRD_ACCOUNT }), FOREIGN)
testDenials('an endpoint of our VPC', () => startAwsWorld(), ENDPOINT)
testDenialPairs('two faults of objects and places', () => startAwsWorld(), PAIRS)
testDenialPairs('two faults of a connection that sends an ACL', () => startAwsWorld({ settings: { acl: 'bucket-owner-read' } }), ACL_PAIRS)
testDenialPairs('two faults of a bucket of another account', () => startAwsWorld({ bucketAccount: THIRD_ACCOUNT }), FOREIGN_PAIRS)
testDenials('a bucket whose owner was named', () => startAwsWorld({ settings: { expectedBucketOwner: CUSTOMER_ACCOUNT } }), OWNER_NAMED)
