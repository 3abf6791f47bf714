import { testDenials } from './support/denials.ts'
import { startGcpWorld } from './support/denials-gcp.ts'
import { ORGANIZATION_DENIALS, OWN_SERVICE_DENIALS, SERVICE_DENIALS, UPPER_POLICY_DENIALS } from './support/gcp-denials/organization.ts'

const federation = () => startGcpWorld({ method: 'federation' })
const grant = () => startGcpWorld({ method: 'grant' })

testDenials('a policy above the bucket, for a federated principal', federation, Object.values(UPPER_POLICY_DENIALS))
testDenials('a policy above the bucket, for our own account', grant, Object.values(UPPER_POLICY_DENIALS))
testDenials('an organization that keeps us out', grant, Object.values(ORGANIZATION_DENIALS))
testDenials(
  'an API that a federated principal takes to act as an account',
  () => startGcpWorld({ method: 'federation', impersonates: true }),
  Object.values(SERVICE_DENIALS),
)
testDenials(
  'an API that our own account takes to act as another',
  () => startGcpWorld({ method: 'grant', impersonates: true }),
  Object.values(OWN_SERVICE_DENIALS),
)
