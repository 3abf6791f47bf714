import { connectionSubject, FOREIGN_AUDIENCE, type Setup } from '@sluice/core'
import { AZURE_TENANT, type Installation, ISSUER, startInstallation } from './support/installation.ts'
import { answered, testUnderFaults } from './support/under-faults.ts'

const ACCOUNT = 'lakedata'
const CONTAINER = 'landing'
const TARGET = { tenantId: AZURE_TENANT, subscriptionId: '22222222-2222-4222-8222-222222222222', resourceGroup: 'lake' }

/** A customer with a storage account, and a connection to a folder of it. */
async function begin(method: string, hierarchical = true): Promise<Installation> {
  const installation = await startInstallation()
  const { azure } = installation.lab
  azure.createStorageAccount({ name: ACCOUNT, tenantId: AZURE_TENANT, hierarchical })
  azure.createContainer(ACCOUNT, CONTAINER)
  azure.putBlob(ACCOUNT, CONTAINER, 'data/a.csv', { body: 'a,b\n1,2\n' })
  const locations = [`https://${ACCOUNT}.blob.core.windows.net/${CONTAINER}/data/`]
  const keys = method === 'account-key' ? { accountName: ACCOUNT, accountKey: azure.accountKeys(ACCOUNT)[0] } : {}
  const input = { name: 'acme', cloud: 'azure', method, auth: keys, locations, purposes: ['import', 'backup'] } as const
  await installation.connections.create(installation.caller, input)
  return installation
}

/** The template of the setup, applied by the customer's admin. */
async function apply(installation: Installation, rewrite = (template: string) => template) {
  const setup = await installation.setups.forConnection(installation.caller, 'acme', {})
  return installation.lab.azure.applyTemplate(rewrite(templateIn(setup)), {}, TARGET)
}

function templateIn({ artifacts }: Setup): string {
  const template = artifacts.find(({ id }) => id === 'arm-template')
  if (template === undefined) throw new Error('the setup has no template')
  return template.text
}

async function federated(rewrite?: (template: string) => string, hierarchical?: boolean): Promise<Installation> {
  const installation = await begin('federation', hierarchical)
  const { tenantId = '', clientId = '' } = await apply(installation, rewrite)
  await installation.connections.update(installation.caller, 'acme', { auth: { tenantId, clientId } })
  return installation
}

testUnderFaults(
  'Azure',
  [
    { title: 'an application trusts us', begin: () => federated() },
    { title: 'an application trusts us, and the account takes no SAS for a folder', begin: () => federated(undefined, false) },
    {
      title: 'the application trusts tokens for others too',
      begin: async () => {
        const installation = await federated()
        const { auth, ...connection } = await installation.connections.get(installation.caller, 'acme')
        const audiences = ['api://AzureADTokenExchange', FOREIGN_AUDIENCE]
        const credential = { name: 'sluice', issuer: ISSUER, subject: connectionSubject(connection), audiences }
        installation.lab.azure.putFederatedCredential(auth.fields['clientId'] ?? '', credential)
        return installation
      },
    },
    {
      title: 'our managed identity may not write',
      begin: async () => {
        const installation = await begin('managed-identity')
        await apply(installation, (template) => template.replaceAll(/"[^"]*blobs\/write",?\s*/g, ''))
        return installation
      },
    },
    {
      title: 'a SAS is held',
      begin: async () => {
        const installation = await begin('sas')
        const { sasToken = '' } = await apply(installation)
        await installation.connections.update(installation.caller, 'acme', { auth: { sasToken } })
        return installation
      },
    },
    { title: 'an account key is held', begin: () => begin('account-key') },
  ],
  {
    'a credential that is out of its time': refused(403, 'AuthenticationFailed', 'Request date header too old.'),
    'an account that is made just now': refused(409, 'AccountBeingCreated', 'The account is being created.'),
    'a moment of weakness of Entra': answered(
      400,
      JSON.stringify({ error: 'invalid_request', error_description: 'AADSTS90033: A transient error has occurred. Please try again.' }),
    ),
  },
)

function refused(status: number, code: string, message: string) {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`
  return answered(status, body, { 'content-type': 'application/xml', 'x-ms-error-code': code })
}
