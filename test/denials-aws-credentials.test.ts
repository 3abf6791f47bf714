import { testDenials } from './support/denials.ts'
import { ANYTHING, CLOCKS, KEYS, SESSIONS } from './support/aws-denials/credentials.ts'
import { startAwsWorld } from './support/denials-aws.ts'

testDenials('an access key of AWS', () => startAwsWorld({ method: 'keys' }), KEYS)
testDenials('a session of AWS that somebody pasted', () => startAwsWorld({ method: 'keys', session: ANYTHING }), SESSIONS)
testDenials('a clock of ours, before STS', () => startAwsWorld(), CLOCKS)
testDenials('a clock of ours, before S3', () => startAwsWorld({ method: 'keys' }), CLOCKS)
