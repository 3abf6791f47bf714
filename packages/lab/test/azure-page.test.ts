import { afterEach, beforeEach, expect, it } from 'vitest'
import { ACCOUNT, CONTAINER, startAzure, type AzureWorld } from './azure-world.ts'
import { send } from './raw.ts'

let world: AzureWorld
beforeEach(async () => {
  world = await startAzure()
})
afterEach(() => world.lab.close())

it('the page’s state shows what Azure holds, and no key', async () => {
  const { azure } = world.lab
  azure.putBlob(ACCOUNT, CONTAINER, 'secret-file', { body: 'secret bytes' })
  const { clientId, objectId } = azure.createApplication({
    name: 'sluice',
    credentials: [{ name: 'c', issuer: 'https://sluice.example.com', subject: 's', audiences: ['api://AzureADTokenExchange'] }],
  })
  azure.assignRole({ principalId: objectId, role: 'Storage Blob Data Reader', scope: { account: ACCOUNT, container: CONTAINER } })
  azure.setPropagationDelay(60_000)
  azure.createManagedIdentity({ name: 'platform' })
  const { text } = await send(world.lab, { path: '/_lab/state.json' })
  expect(JSON.parse(text).azure).toMatchObject({
    storageAccounts: [{ name: ACCOUNT, settings: { allowSharedKeyAccess: true }, containers: [{ name: CONTAINER, blobs: 1 }] }],
    identities: [
      { name: 'sluice', clientId, visible: true, credentials: [{ subject: 's' }] },
      { name: 'platform', kind: 'managed identity', visible: false },
    ],
    roleAssignments: [{ roleDefinitionName: 'Storage Blob Data Reader', principalId: objectId, visible: true }],
  })
  for (const hidden of [...azure.accountKeys(ACCOUNT), 'secret bytes']) expect(text).not.toContain(hidden)
})

it('a template is deployed over HTTP, as the admin of a resource group would', async () => {
  const template = {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: { name: { type: 'string' } },
    resources: [
      {
        type: 'Microsoft.Storage/storageAccounts/blobServices/containers',
        apiVersion: '2023-05-01',
        name: `[concat('${ACCOUNT}/default/', parameters('name'))]`,
      },
    ],
    outputs: { made: { type: 'string', value: "[parameters('name')]" } },
  }
  const headers = { 'content-type': 'application/json' }
  const deploy = (body: unknown, query = '?resourceGroup=lake') =>
    send(world.lab, { method: 'POST', path: `/_lab/deployments${query}`, headers, body: JSON.stringify(body) })
  const answer = await deploy({ template, parameters: { name: { value: 'made' } } })
  expect([answer.status, JSON.parse(answer.text)]).toEqual([201, { outputs: { made: 'made' } }])
  expect((await deploy({ template, parameters: { name: 'again' } })).status).toBe(201)
  expect(await deploy({ template })).toMatchObject({ status: 400, text: expect.stringContaining('InvalidTemplate') })
  expect(await deploy({ template }, '')).toMatchObject({ status: 400, text: expect.stringContaining('Name the resource group') })
  expect(await deploy({ template, parameters: { name: 'x' } }, '?resourceGroup=other')).toMatchObject({
    status: 404,
    text: expect.stringContaining('ResourceNotFound'),
  })
  expect((await deploy([])).status).toBe(400)
})
