import { testObjectStore } from '@sluice/conformance'
import { openWithLease, sendPresigned } from './support/aws-world.ts'
import { GCP_BUCKET, type GcpMethod, type GcpWorld, PROVIDER, THEIR_ACCOUNT, gcpConnection, startGcpWorld } from './support/gcp-world.ts'

const METHODS: { readonly [title: string]: (world: GcpWorld) => GcpMethod } = {
  'by federation': () => ({ method: 'federation', fields: { provider: PROVIDER } }),
  'by federation, as an account of the customer': () => ({
    method: 'federation',
    fields: { provider: PROVIDER, serviceAccount: THEIR_ACCOUNT },
  }),
  'by grant': () => ({ method: 'grant', fields: {} }),
  'by grant, as an account of the customer': () => ({ method: 'grant', fields: { serviceAccount: THEIR_ACCOUNT } }),
  'by key': ({ key }) => ({ method: 'service-account-key', fields: { key } }),
}

for (const [title, methodOf] of Object.entries(METHODS))
  testObjectStore(`gcp, ${title}`, {
    // Who wrote an object is a matter of ACLs, which buckets with uniform access do not have.
    lacks: ['fetch-owner'],
    open: async () => {
      const world = await startGcpWorld()
      const { connection, secret } = gcpConnection(world, methodOf(world))
      const location = world.gcp.parse(`gs://${GCP_BUCKET}/suite/`)
      const { store } = await openWithLease(world.gcp, connection, location, undefined, secret)
      const send = sendPresigned(world.transport)
      return { store, prefix: 'suite/', ...(store.capabilities.presign ? { send } : {}), close: world.close }
    },
  })
