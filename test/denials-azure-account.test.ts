import { ACCOUNT_DENIALS, firewalls, BY_KEY, BY_SAS } from './support/azure-denials/account.ts'
import { startAzureWorld } from './support/denials-azure.ts'
import { testDenials } from './support/denials.ts'

testDenials('an account, come to with its key', () => startAzureWorld('account-key'), BY_KEY)
testDenials('an account, come to with a SAS', () => startAzureWorld('sas'), BY_SAS)
testDenials('an account, come to by a federated identity', () => startAzureWorld('federation'), [...ACCOUNT_DENIALS, ...firewalls()])
testDenials('an account, come to by a managed identity', () => startAzureWorld('managed-identity'), [...ACCOUNT_DENIALS, ...firewalls()])
