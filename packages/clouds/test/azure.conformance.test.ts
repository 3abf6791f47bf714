import { testCloud } from '@sluice/conformance'
import { ACCOUNT, CONTAINER, accountSas, azureConnection, startAzureWorld } from './support/azure-world.ts'

testCloud('azure', {
  methods: ['federation', 'managed-identity', 'sas', 'account-key'],
  open: async () => {
    const world = await startAzureWorld()
    const { azure } = world.lab
    for (const key of ['inside/one', 'outside/one']) azure.putBlob(ACCOUNT, CONTAINER, key, { body: '1' })
    const { tenantId, clientId } = world.application
    const method = (fields: { readonly [name: string]: string }) => ({
      fields,
      context: world.context(),
      connection: azureConnection(world),
      folder: world.azure.parse(`azure://${ACCOUNT}.blob.core.windows.net/${CONTAINER}/inside/`),
    })
    return {
      cloud: world.azure,
      methods: {
        federation: method({ tenantId, clientId }),
        'managed-identity': method({}),
        sas: method({ sasToken: accountSas(world) }),
        'account-key': method({ accountName: ACCOUNT, accountKey: world.accountKey }),
      },
      outsideKey: 'outside/one',
      credentialUrl: { url: `https://${ACCOUNT}.blob.core.windows.net/${CONTAINER}/x?sv=2025-11-05&sp=r&sig=c4n4ry`, secret: 'c4n4ry' },
      close: world.close,
    }
  },
})
