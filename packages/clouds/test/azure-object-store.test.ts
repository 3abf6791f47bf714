import { testObjectStore } from '@sluice/conformance'
import type { Connection } from '@sluice/core'
import { openWithLease, sendPresigned } from './support/aws-world.ts'
import { ACCOUNT, type AzureWorld, CONTAINER, accountSas, azureConnection, startAzureWorld } from './support/azure-world.ts'

const ALL = ['list', 'read', 'write', 'delete'] as const

function stored(
  world: AzureWorld,
  method: string,
  fields: { readonly [name: string]: string },
): readonly [Connection, { readonly [field: string]: string }] {
  const { auth, secret } = world.azure.parseAuth(method, fields, world.context())
  return [azureConnection(world, { auth }), secret ?? {}]
}

// Owners are known to accounts with a hierarchical namespace alone, and there only by another service.
const lacks = ['fetch-owner'] as const
// Azure makes a slash of a backslash.
const impossible = ['back\\slash']

testObjectStore('azure, by federation, in a folder', {
  lacks,
  impossible,
  open: async () => {
    const world = await startAzureWorld()
    const { store } = await openWithLease(
      world.azure,
      azureConnection(world),
      world.azure.parse(`azure://${ACCOUNT}.blob.core.windows.net/${CONTAINER}/suite/`),
    )
    return { store, prefix: 'suite/', send: sendPresigned(world.transport), close: world.close }
  },
})

testObjectStore('azure, by account key', {
  lacks,
  impossible,
  open: async () => {
    const world = await startAzureWorld({ versioning: true })
    const [connection, secret] = stored(world, 'account-key', { accountName: ACCOUNT, accountKey: world.accountKey })
    const { store } = await openWithLease(world.azure, connection, world.azure.parse(`azblob://${CONTAINER}/`), ALL, secret)
    return { store, prefix: 'suite/', send: sendPresigned(world.transport), close: world.close }
  },
})

testObjectStore('azure, by a SAS of the customer’s', {
  lacks,
  impossible,
  open: async () => {
    const world = await startAzureWorld()
    const [connection, secret] = stored(world, 'sas', { sasToken: `?${accountSas(world)}` })
    const location = world.azure.parse(`https://${ACCOUNT}.blob.core.windows.net/${CONTAINER}/`)
    const { store } = await openWithLease(world.azure, connection, location, ALL, secret)
    return { store, prefix: 'suite/', close: world.close }
  },
})
