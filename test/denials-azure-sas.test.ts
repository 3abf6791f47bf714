import { SAS_DENIALS } from './support/azure-denials/sas.ts'
import { startAzureWorld } from './support/denials-azure.ts'
import { testDenials } from './support/denials.ts'

testDenials('a SAS', () => startAzureWorld('sas'), SAS_DENIALS)
