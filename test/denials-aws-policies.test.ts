import { testDenialPairs, testDenials } from './support/denials.ts'
import { BOUNDARIES, DENIES, GRANTS, GUARD_RAILS, PAIRS } from './support/aws-denials/policies.ts'
import { startAwsWorld } from './support/denials-aws.ts'

testDenials('a role of AWS whose policy does not allow it', () => startAwsWorld(), GRANTS)
testDenials('a role of AWS whose policy denies it', () => startAwsWorld(), DENIES)
testDenials('a role of AWS within a boundary', () => startAwsWorld(), BOUNDARIES)
testDenials('an account of AWS within an organization', () => startAwsWorld(), GUARD_RAILS)
testDenialPairs('two policies of AWS at once', () => startAwsWorld(), PAIRS)
