import { testDenials } from './support/denials.ts'
import { startGcpWorld } from './support/denials-gcp.ts'
import { BILLED_DENIALS, BUCKET_DENIALS, PROGRAM_DENIALS } from './support/gcp-denials/bucket.ts'

testDenials('a bucket of Google that is not as it was', () => startGcpWorld({ method: 'federation' }), Object.values(BUCKET_DENIALS))
testDenials('a bucket of Google that we pay for', () => startGcpWorld({ method: 'grant', billed: true }), Object.values(BILLED_DENIALS))
testDenials('a request that no bucket takes', () => startGcpWorld({ method: 'service-account-key' }), Object.values(PROGRAM_DENIALS))
