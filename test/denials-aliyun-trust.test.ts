import { testDenials } from './support/denials.ts'
import { startAliyunWorld } from './support/denials-aliyun.ts'
import { TRUST_ALONE, EXTERNAL_IDS, SESSIONS, TOKENS } from './support/aliyun-denials/trust.ts'

testDenials('a trust policy of RAM that names', () => startAliyunWorld(), TRUST_ALONE)
testDenials('a trust policy of RAM with an external id that is', () => startAliyunWorld(), EXTERNAL_IDS)
testDenials('a session that STS does not give because of', () => startAliyunWorld(), SESSIONS)
testDenials('a token of ours that RAM does not take because of', () => startAliyunWorld({ method: 'oidc' }), TOKENS)
