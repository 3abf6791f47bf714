import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { emptyAzure } from '../state/state.ts'
import { azureAdmin } from './admin.ts'

it('a seed brings storage, identities and the roles they have on it', async () => {
  const state = emptyAzure(
    { now: () => Date.UTC(2026, 10, 28), sleep: async () => {} },
    { bytes: (length) => randomBytes(length), fraction: () => 0.5 },
  )
  const azure = azureAdmin(state)
  azure.load({
    storageAccounts: [
      {
        name: 'lakedata',
        hierarchical: true,
        allowSharedKeyAccess: false,
        containers: [
          {
            name: 'landing',
            publicAccess: 'none',
            blobs: [
              { name: 'a.csv', text: 'a,b', contentType: 'text/csv' },
              { name: 'b', base64: 'eA==' },
            ],
          },
        ],
      },
    ],
    applications: [
      {
        name: 'sluice',
        clientId: 'AAAAAAAA-0000-4000-8000-000000000000',
        credentials: [{ name: 'c', issuer: 'https://sluice.example.com', subject: 's', audiences: ['api://AzureADTokenExchange'] }],
        roles: [{ role: 'Storage Blob Data Reader', scope: { account: 'lakedata', container: 'landing' } }],
      },
    ],
    managedIdentities: [{ name: 'platform', roles: [{ role: 'Storage Blob Delegator', scope: { account: 'lakedata' } }] }],
  })
  expect(state.accounts.get('lakedata')).toMatchObject({ hierarchical: true, allowSharedKeyAccess: false })
  expect(Buffer.from((await azure.getBlob('lakedata', 'landing', 'b')) ?? []).toString()).toBe('x')
  expect(state.applications.visible('aaaaaaaa-0000-4000-8000-000000000000')?.name).toBe('sluice')
  expect(azure.roleAssignments().map(({ roleDefinitionName }) => roleDefinitionName)).toEqual([
    'Storage Blob Data Reader',
    'Storage Blob Delegator',
  ])
})
