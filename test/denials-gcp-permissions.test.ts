import { testDenials } from './support/denials.ts'
import { startGcpWorld } from './support/denials-gcp.ts'
import {
  ACCOUNT_PERMISSION_DENIALS,
  CONDITION_DENIALS,
  NO_GRANT,
  PERMISSION_DENIALS,
  PROGRAM_PERMISSION_DENIALS,
} from './support/gcp-denials/permissions.ts'

const federation = () => startGcpWorld({ method: 'federation' })
const account = () => startGcpWorld({ method: 'federation', impersonates: true })
const grant = () => startGcpWorld({ method: 'grant' })
const key = () => startGcpWorld({ method: 'service-account-key' })

testDenials('a bucket of Google that gives a federated principal too little', federation, Object.values(PERMISSION_DENIALS))
testDenials('a condition of a binding that leaves our own account out', grant, Object.values(CONDITION_DENIALS))
testDenials('another program that comes with the account of a key', key, Object.values(PROGRAM_PERMISSION_DENIALS))
testDenials('a bucket of Google that gives an account that we act as nothing', account, Object.values(ACCOUNT_PERMISSION_DENIALS))
testDenials('a bucket of Google that gives our own account nothing', grant, [NO_GRANT])
testDenials('a bucket of Google that gives the account of a key nothing', key, [NO_GRANT])
