import { testDenials, testDenialPairs } from './support/denials.ts'
import { MANAGED, OF_A_USER, OWN_KEY, PAIRS, WITH_KEY } from './support/aws-denials/keys.ts'
import { startAwsWorld } from './support/denials-aws.ts'
import { THIRD_ACCOUNT } from './support/denials-aws-names.ts'

testDenials('a key of KMS that does not let us in', () => startAwsWorld(WITH_KEY), OWN_KEY)
testDenials('a key that AWS manages', () => startAwsWorld({ bucketAccount: THIRD_ACCOUNT }), MANAGED)
testDenials('a key of KMS that does not let a user in', () => startAwsWorld({ ...WITH_KEY, method: 'keys' }), OF_A_USER)
testDenialPairs('two faults around a key of KMS', () => startAwsWorld(WITH_KEY), PAIRS)
