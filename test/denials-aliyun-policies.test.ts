import { testDenials } from './support/denials.ts'
import { startAliyunWorld } from './support/denials-aliyun.ts'
import { RAM_MISSING, RAM_EXPLICIT, BUCKET_DENY, OTHER_METHODS } from './support/aliyun-denials/policies.ts'

testDenials('RAM policies that lack something:', () => startAliyunWorld(), RAM_MISSING)
testDenials('RAM policies that deny', () => startAliyunWorld(), RAM_EXPLICIT)
testDenials('a policy of the bucket that denies', () => startAliyunWorld(), BUCKET_DENY)
testDenials('with tokens of ours,', () => startAliyunWorld({ method: 'oidc' }), OTHER_METHODS)
testDenials('with AccessKeys,', () => startAliyunWorld({ method: 'keys' }), OTHER_METHODS)
