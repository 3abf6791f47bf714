import { testObjectStore } from '@sluice/conformance'
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
