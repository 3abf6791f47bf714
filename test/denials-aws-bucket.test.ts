import { testDenials } from './support/denials.ts'
import { ABROAD, DENIES, OLD_TLS, PLAIN_HTTP } from './support/aws-denials/bucket.ts'
import { startAwsWorld } from './support/denials-aws.ts'
import { THIRD_ACCOUNT } from './support/denials-aws-names.ts'

testDenials('a bucket of AWS whose policy denies', () => startAwsWorld(), DENIES)
testDenials('a bucket of AWS that wants TLS', () => startAwsWorld({ method: 'keys', endpoint: 'http://s3.us-west-2.amazonaws.com' }), [
  PLAIN_HTTP,
])
testDenials('a bucket of AWS that wants newer TLS', () => startAwsWorld(), [OLD_TLS])
testDenials('a bucket of AWS of another account', () => startAwsWorld({ bucketAccount: THIRD_ACCOUNT }), ABROAD)
