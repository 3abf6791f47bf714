import { APPLICATION, FEDERATED, MACHINE } from './support/azure-denials/identity.ts'
import { startAzureWorld } from './support/denials-azure.ts'
import { testDenials } from './support/denials.ts'

testDenials('a federated identity', () => startAzureWorld('federation'), FEDERATED)
testDenials('an application of the customer’s', () => startAzureWorld('federation', { application: true }), APPLICATION)
testDenials('the managed identity of the platform', () => startAzureWorld('managed-identity'), MACHINE)
