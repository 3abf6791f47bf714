import { artifactText } from './artifacts.ts'
import { ACCOUNT, CONTAINER, OTHER_CONTAINER } from './denials-azure-requests.ts'
import { AZURE_TENANT, type Installation } from './installation.ts'
import type { LabAzure } from '@sluice/lab'

const TARGET = { tenantId: AZURE_TENANT, subscriptionId: '22222222-2222-4222-8222-222222222222', resourceGroup: 'lake' }

/** How a connection of Azure may come in. */
export type AzureMethod = 'federation' | 'managed-identity' | 'sas' | 'account-key'

/** The application or managed identity that a connection comes as. */
export interface AzureIdentity {
  readonly clientId: string
  readonly objectId: string
}

/** Makes the customer's storage account: the folder of the connection, one beside it, and another container. */
export function fillStorage(azure: LabAzure, hierarchical: boolean): void {
  azure.createStorageAccount({ name: ACCOUNT, tenantId: AZURE_TENANT, hierarchical })
  for (const name of [CONTAINER, OTHER_CONTAINER]) azure.createContainer(ACCOUNT, name)
  azure.putBlob(ACCOUNT, CONTAINER, 'data/a.csv', { body: 'a,b\n1,2\n' })
  azure.putBlob(ACCOUNT, CONTAINER, 'other/secret.csv', { body: 'not for us\n' })
  azure.putBlob(ACCOUNT, OTHER_CONTAINER, 'data/a.csv', { body: 'not for us\n' })
}

/** Applies the connection's own template as the customer's admin. A key needs none; the SAS is the world's own. */
export async function setUp(installation: Installation, method: AzureMethod, application: boolean): Promise<AzureIdentity | undefined> {
  const { caller, connections, deps, lab, setups } = installation
  if (method === 'sas' || method === 'account-key') return undefined
  const { artifacts } = await setups.forConnection(caller, 'acme', {})
  const template = artifactText({ artifacts }, 'arm-template')
  const { clientId = '', tenantId = '' } = lab.azure.applyTemplate(template, {}, TARGET)
  if (application) return asApplication(installation, clientId, tenantId)
  const { azure } = deps.platform()
  if (method === 'managed-identity') return { clientId: azure?.clientId ?? '', objectId: azure?.objectId ?? '' }
  await connections.update(caller, 'acme', { auth: { tenantId, clientId } })
  // Nobody else has been given anything yet.
  return { clientId, objectId: lab.azure.roleAssignments()[0]?.principalId ?? '' }
}

/** Lets an application in, as the managed identity that the template made was. */
async function asApplication({ caller, connections, lab }: Installation, madeId: string, tenantId: string) {
  const { azure } = lab
  const credentials = azure.federatedCredentials(madeId)
  const { clientId, objectId } = azure.createApplication({ name: 'sluice', tenantId, credentials })
  const roles = azure.roleAssignments()
  for (const { name, roleDefinitionId: role, scope, condition } of roles) {
    azure.removeRole(name)
    azure.assignRole({ principalId: objectId, role, scope, ...(condition === undefined ? {} : { condition }) })
  }
  azure.deleteManagedIdentity(madeId)
  await connections.update(caller, 'acme', { auth: { tenantId, clientId } })
  return { clientId, objectId }
}
