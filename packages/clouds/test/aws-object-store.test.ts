import { testObjectStore } from '@sluice/conformance'
import { S3_CAPABILITIES } from '../src/s3/presets.ts'
import { createS3Store } from '../src/s3-protocol/object-store.ts'
import { createRegionMemory } from '../src/store/region-memory.ts'
import { BUCKET, connectionWith, openWithLease, sendPresigned, startAwsWorld } from './support/aws-world.ts'

testObjectStore('aws, by role', {
  open: async () => {
    const world = await startAwsWorld()
    const { store } = await openWithLease(world.aws, connectionWith(), world.aws.parse(`s3://${BUCKET}/suite/`))
    return { store, prefix: 'suite/', send: sendPresigned(world.transport), close: world.close }
  },
})

testObjectStore('aws, by key and path', {
  open: async () => {
    const world = await startAwsWorld()
    const user = {
      name: 'loader',
      policies: { data: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] } },
    }
    world.lab.aws.putUser('987654321987', user)
    const key = world.lab.aws.createAccessKey('987654321987', 'loader')
    const connection = connectionWith({
      auth: { method: 'keys', fields: { accessKeyId: key.accessKeyId }, secretId: 'secret_a' },
      settings: { addressing: 'path' },
    })
    const secret = { secretAccessKey: key.secretAccessKey }
    const { store } = await openWithLease(
      world.aws,
      connection,
      world.aws.parse(`s3://${BUCKET}/`),
      ['list', 'read', 'write', 'delete'],
      secret,
    )
    return { store, prefix: 'suite/', send: sendPresigned(world.transport), close: world.close }
  },
})

testObjectStore('s3, an endpoint of its own', {
  open: async () => {
    const world = await startAwsWorld({ bucketRegion: 'us-east-1' })
    const user = {
      name: 'loader',
      policies: { data: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] } },
    }
    world.lab.aws.putUser('987654321987', user)
    const key = world.lab.aws.createAccessKey('987654321987', 'loader')
    const connection = connectionWith({
      cloud: 's3',
      auth: { method: 'keys', fields: { accessKeyId: key.accessKeyId }, secretId: 'secret_a' },
      settings: { endpoint: 'https://s3.us-east-1.amazonaws.com' },
    })
    const secret = { secretAccessKey: key.secretAccessKey }
    const { store } = await openWithLease(
      world.s3,
      connection,
      world.s3.parse(`s3://${BUCKET}/`),
      ['list', 'read', 'write', 'delete'],
      secret,
    )
    return { store, prefix: 'suite/', send: sendPresigned(world.transport), close: world.close }
  },
})

testObjectStore('s3, a store that answers the older listing', {
  open: async () => {
    const world = await startAwsWorld({ bucketRegion: 'us-east-1' })
    const location = world.aws.parse(`s3://${BUCKET}/`)
    const { lease } = await openWithLease(world.aws, connectionWith(), location)
    const regions = createRegionMemory()
    regions.set(BUCKET, 'us-east-1')
    const store = createS3Store({
      cloud: 's3',
      capabilities: S3_CAPABILITIES,
      listing: { version: 1, isEncoded: true },
      bucket: BUCKET,
      address: () => ({ origin: 'https://s3.us-east-1.amazonaws.com', basePath: `/${BUCKET}` }),
      firstRegion: 'us-east-1',
      regions,
      lease: async () => lease,
      transport: world.transport,
      clock: world.clock,
      tenant: 'conn_aaaaaaaaaaaaaaaaaaaa',
      headers: {},
      putHeaders: {},
    })
    return { store, prefix: 'suite/', send: sendPresigned(world.transport), close: world.close }
  },
})
