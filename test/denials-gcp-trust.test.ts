import { testDenials } from './support/denials.ts'
import { startGcpWorld } from './support/denials-gcp.ts'
import { ACTING_DENIALS, FEDERATION_DENIALS, KEY_DENIALS, OWN_ACCOUNT_DENIALS, TOKEN_DENIALS } from './support/gcp-denials/trust.ts'

testDenials('a pool that does not take our tokens', () => startGcpWorld({ method: 'federation' }), Object.values(FEDERATION_DENIALS))
testDenials(
  'an account that a federated principal is to act as',
  () => startGcpWorld({ method: 'federation', impersonates: true }),
  Object.values(ACTING_DENIALS),
)
testDenials(
  'an account that our own is to act as',
  () => startGcpWorld({ method: 'grant', impersonates: true }),
  Object.values(ACTING_DENIALS),
)
testDenials('our own account', () => startGcpWorld({ method: 'grant' }), Object.values(OWN_ACCOUNT_DENIALS))
testDenials(
  'our own account, which acts as another',
  () => startGcpWorld({ method: 'grant', impersonates: true }),
  Object.values(OWN_ACCOUNT_DENIALS),
)
testDenials('a key that Google does not take', () => startGcpWorld({ method: 'service-account-key' }), Object.values(KEY_DENIALS))
testDenials(
  'a token that Cloud Storage does not take',
  () => startGcpWorld({ method: 'service-account-key' }),
  Object.values(TOKEN_DENIALS),
)
