import type { CloudEvidence } from '../cloud-evidence.ts'
import { gatherAzure } from './gather.ts'
import { azurePlan } from './reads.ts'

/** Reading with the Azure CLI: storage accounts, roles, and the ACLs of Data Lake Storage. */
export const azureEvidence: CloudEvidence = {
  cloud: 'azure',
  client: 'az',
  product: 'Azure CLI',
  environment: { AZURE_CORE_NO_COLOR: 'true', AZURE_CORE_ONLY_SHOW_ERRORS: 'true', AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no' },
  plan: azurePlan,
  gather: gatherAzure,
}
