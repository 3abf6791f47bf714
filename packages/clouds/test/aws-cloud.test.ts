import { Bucket, type Connection, type Location, type Transport, accessError, isAccessError } from '@sluice/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createClouds } from '../src/index.ts'
import {
  type AwsWorld,
  BUCKET,
  CUSTOMER_ACCOUNT,
  CUSTOMER_ROLE,
  connectionWith,
  never,
  openWithLease,
  startAwsWorld,
} from './support/aws-world.ts'

const reason = (name: string) => expect.objectContaining({ reason: name })
const folder: Location = { cloud: 'aws', bucket: BUCKET, prefix: 'data/', extent: 'folder' }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

let world: AwsWorld
beforeAll(async () => {
  world = await startAwsWorld()
  world.lab.aws.putObject(BUCKET, 'data/one', { body: 'inside' })
  world.lab.aws.putObject(BUCKET, 'data-2/one', { body: 'outside' })
})
afterEach(() => {
  world.lab.faults.clear()
  world.lab.requests.clear()
})
afterAll(() => world.close())

/** The requests the lab saw: operation and status. */
function seen(): readonly string[] {
  return world.lab.requests.entries().map((entry) => `${entry.operation} ${entry.status}`)
}

describe('leases', () => {
  it('of a role are narrowed by AWS itself: outside the prefix everything is refused', async () => {
    const { store, lease } = await openWithLease(world.aws, connectionWith(), folder)
    expect(lease.narrowed).toBe(true)
    expect((await store.listPage({ prefix: 'data/' }, never)).objects).toHaveLength(1)
    await store.put('data/two', bytes('x'), {}, never)
    await store.delete('data/two', {}, never)
    const denied = reason('aws.denied')
    await expect(store.listPage({ prefix: '' }, never)).rejects.toThrowError(denied)
    await expect(store.listPage({ prefix: 'data-2/' }, never)).rejects.toThrowError(denied)
    await expect(store.get('data-2/one', {}, never)).rejects.toThrowError(denied)
    await expect(store.put('data-2/two', bytes('x'), {}, never)).rejects.toThrowError(denied)
    await expect(store.delete('data-2/one', {}, never)).rejects.toThrowError(denied)
    expect(world.lab.aws.listKeys(BUCKET)).toEqual(['data-2/one', 'data/one'])
  })

  it('allow the accesses asked for and no other', async () => {
    const { store } = await openWithLease(world.aws, connectionWith(), folder, ['read'])
    expect((await store.get('data/one', {}, never)).length).toBe(6)
    await expect(store.listPage({ prefix: 'data/' }, never)).rejects.toThrowError(reason('aws.denied'))
    await expect(store.put('data/one', bytes('x'), {}, never)).rejects.toThrowError(reason('aws.denied'))
  })

  it('are refused for the wrong, and for no, external id, and the error names neither', async () => {
    for (const externalId of [{ kind: 'chosen', value: 'my-external-id-124' }, { kind: 'none' }] as const) {
      const connection = connectionWith({ auth: { method: 'role', fields: { roleArn: CUSTOMER_ROLE }, externalId } })
      const error: unknown = await world.aws
        .lease({ connection }, { location: folder, access: ['read'] }, 3_600, never)
        .catch((thrown: unknown) => thrown)
      expect(isAccessError(error) && [error.reason, error.code, error.provider?.status, error.provider?.code]).toEqual([
        'aws.sts.denied',
        'denied',
        403,
        'AccessDenied',
      ])
      expect(String(error)).not.toContain('external-id')
    }
  })

  it('name project and purpose in the customer’s own log', async () => {
    const { store } = await openWithLease(world.aws, connectionWith({ project: 'päckage & co', purposes: ['import', 'export'] }), folder)
    await store.listPage({ prefix: 'data/' }, never)
    expect(world.lab.requests.entries().at(-1)?.principal).toBe(
      `arn:aws:sts::${CUSTOMER_ACCOUNT}:assumed-role/lake-test/sluice-p-ckage-co-import+export`,
    )
  })

  it('are refused before AWS is asked when they would be empty, too short, or without a role or identity of ours', async () => {
    const ask = (connection: Connection, access: readonly ('read' | 'list')[], seconds: number, cloud = world.aws) =>
      cloud.lease({ connection }, { location: folder, access }, seconds, never)
    await expect(ask(connectionWith(), [], 3_600)).rejects.toThrowError(reason('aws.lease.empty'))
    await expect(ask(connectionWith(), ['read'], 60)).rejects.toThrowError(reason('aws.lease.too_short'))
    const draft = connectionWith({ auth: { method: 'role', fields: {}, externalId: { kind: 'none' } } })
    await expect(ask(draft, ['read'], 3_600)).rejects.toThrowError(reason('aws.role.absent'))
    const [stranger] = createClouds({ ...world.deps, platformCredentials: {} })
    await expect(ask(connectionWith(), ['read'], 3_600, stranger)).rejects.toThrowError(reason('aws.role.no_identity'))
    expect(seen()).toEqual([])
  })

  it('of an hour at most: that is what every role allows', async () => {
    const lease = await world.aws.lease({ connection: connectionWith() }, { location: folder, access: ['read'] }, 43_200, never)
    expect(lease.expiresAt - Date.now()).toBeLessThanOrEqual(3_600_000)
  })

  it('of a public bucket carry no key, and requests no signature', async () => {
    const open = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: ['s3:GetObject', 's3:ListBucket'],
          Resource: ['arn:aws:s3:::public-bucket-1', 'arn:aws:s3:::public-bucket-1/*'],
        },
      ],
    }
    world.lab.aws.createBucket(CUSTOMER_ACCOUNT, {
      name: 'public-bucket-1',
      region: 'eu-west-1',
      publicAccessBlock: { blockPublicAcls: false, blockPublicPolicy: false, ignorePublicAcls: false, restrictPublicBuckets: false },
      policy: open,
    })
    world.lab.aws.putObject('public-bucket-1', 'k', { body: 'for all' })
    const location = world.aws.parse('s3://public-bucket-1/')
    const { store, lease } = await openWithLease(world.aws, connectionWith({ auth: { method: 'none', fields: {} } }), location, [
      'list',
      'read',
    ])
    expect(lease.secret).toEqual({ kind: 'anonymous' })
    expect((await store.get('k', {}, never)).length).toBe(7)
    expect(world.lab.requests.entries().at(-1)?.principal).toBe('anonymous')
    await expect(store.put('k', bytes('x'), {}, never)).rejects.toThrowError(reason('aws.denied'))
    await expect(store.presign('k', { method: 'GET', expiresInSeconds: 60 })).rejects.toThrowError(reason('store.unsupported'))
  })
})

describe('regions', () => {
  it('are discovered from the first answer and remembered for every later store', async () => {
    const fresh = await startAwsWorld({ bucketRegion: 'ap-southeast-2' })
    try {
      fresh.lab.aws.putObject(BUCKET, 'k', { body: 'far away' })
      const location = fresh.aws.parse(`s3://${BUCKET}/`)
      const { store, lease } = await openWithLease(fresh.aws, connectionWith(), location)
      expect((await store.get('k', {}, never)).length).toBe(8)
      const another = fresh.aws.open(connectionWith(), location, async () => lease)
      await another.head('k', {}, never)
      const statuses = fresh.lab.requests.entries().flatMap((entry) => (entry.operation.startsWith('s3.') ? [entry.status] : []))
      expect(statuses).toHaveLength(3)
      expect(statuses[0]).toBeGreaterThanOrEqual(300)
      expect(statuses.slice(1)).toEqual([200, 200])
    } finally {
      await fresh.close()
    }
  })

  it('that are pinned and wrong are an error with what was wanted and what is', async () => {
    const { store } = await openWithLease(world.aws, connectionWith({ settings: { region: 'eu-central-1' } }), folder)
    await expect(store.listPage({ prefix: 'data/' }, never)).rejects.toMatchObject({
      reason: 'aws.region.wrong',
      context: { want: 'eu-central-1', got: 'us-west-2' },
    })
  })

  it('are known before a request is presigned', async () => {
    const fresh = await startAwsWorld({ bucketRegion: 'eu-north-1' })
    try {
      const { store } = await openWithLease(fresh.aws, connectionWith(), fresh.aws.parse(`s3://${BUCKET}/`))
      expect((await store.presign('k', { method: 'GET', expiresInSeconds: 60 })).url).toContain('.s3.eu-north-1.amazonaws.com/')
    } finally {
      await fresh.close()
    }
  })
})

describe('settings', () => {
  it('pin the owner of the bucket: one that belongs to somebody else is never read or written', async () => {
    const right = await openWithLease(world.aws, connectionWith({ pinned: { bucketOwner: CUSTOMER_ACCOUNT } }), folder)
    expect((await right.store.get('data/one', {}, never)).length).toBe(6)
    const wrong = await openWithLease(world.aws, connectionWith({ settings: { expectedBucketOwner: '111122223333' } }), folder)
    await expect(wrong.store.get('data/one', {}, never)).rejects.toThrowError(reason('aws.denied'))
    await expect(wrong.store.put('data/three', bytes('x'), {}, never)).rejects.toThrowError(reason('aws.denied'))
    expect(world.lab.aws.listKeys(BUCKET, 'data/three')).toEqual([])
  })

  it('say that we pay where the owner does not', async () => {
    world.lab.aws.createBucket('111122223333', {
      name: 'paid-bucket-1',
      region: 'us-west-2',
      requesterPays: true,
      policy: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: CUSTOMER_ROLE },
            Action: 's3:*',
            Resource: ['arn:aws:s3:::paid-bucket-1', 'arn:aws:s3:::paid-bucket-1/*'],
          },
        ],
      },
    })
    world.lab.aws.putObject('paid-bucket-1', 'k', { body: 'paid' })
    const location = world.aws.parse('s3://paid-bucket-1/')
    const without = await openWithLease(world.aws, connectionWith(), location)
    await expect(without.store.get('k', {}, never)).rejects.toThrowError(reason('aws.denied'))
    const paying = await openWithLease(world.aws, connectionWith({ settings: { requesterPays: true } }), location)
    expect((await paying.store.get('k', {}, never)).length).toBe(4)
  })

  it('encrypt what is written with the key that is set', async () => {
    const keyId = world.lab.aws.putKey({ accountId: CUSTOMER_ACCOUNT, region: 'us-west-2' })
    const { store } = await openWithLease(world.aws, connectionWith({ settings: { encryption: { algorithm: 'aws:kms', keyId } } }), folder)
    await store.put('data/secret', bytes('sealed'), {}, never)
    expect((await store.head('data/secret', {}, never)).kmsKeyId).toBe(keyId)
    expect((await store.get('data/secret', {}, never)).length).toBe(6)
    world.lab.aws.setKeyState(keyId, 'Disabled')
    await expect(store.get('data/secret', {}, never)).rejects.toThrowError(reason('aws.kms.unusable'))
  })
})

describe('errors', () => {
  it('give the reason of a refused HEAD, which has no body of its own', async () => {
    const { store } = await openWithLease(world.aws, connectionWith(), folder)
    await expect(store.head('data-2/one', {}, never)).rejects.toMatchObject({
      reason: 'aws.denied',
      provider: { operation: 'GetObject', status: 403, code: 'AccessDenied', message: expect.stringContaining('s3:GetObject') },
    })
  })

  it('tell a bucket that is missing from an object that is', async () => {
    const location = world.aws.parse('s3://no-such-bucket-1/')
    const { store } = await openWithLease(world.aws, connectionWith(), location)
    await expect(store.get('k', {}, never)).rejects.toThrowError(reason('bucket.missing'))
    await expect(store.listPage({ prefix: '' }, never)).rejects.toThrowError(reason('bucket.missing'))
  })

  it('tell wrong keys, wrong secrets and wrong tokens apart', async () => {
    const attempt = (accessKeyId: string, secret: { readonly [field: string]: string }) =>
      openWithLease(
        world.aws,
        connectionWith({ auth: { method: 'keys', fields: { accessKeyId }, secretId: 's' } }),
        folder,
        ['list'],
        secret,
      ).then(({ store }) => store.listPage({ prefix: 'data/' }, never))
    world.lab.aws.putUser(CUSTOMER_ACCOUNT, { name: 'typo' })
    const key = world.lab.aws.createAccessKey(CUSTOMER_ACCOUNT, 'typo')
    const session = world.lab.aws.issueSession(CUSTOMER_ROLE)
    await expect(attempt('AKIAIOSFODNN7EXAMPLE', { secretAccessKey: 'x' })).rejects.toThrowError(reason('aws.key.unknown'))
    await expect(attempt(key.accessKeyId, { secretAccessKey: 'c4n4ry' })).rejects.toThrowError(reason('aws.key.signature'))
    await expect(attempt(session.accessKeyId, { secretAccessKey: session.secretAccessKey, sessionToken: 'c4n4ry' })).rejects.toThrowError(
      reason('aws.key.token'),
    )
    await expect(attempt(key.accessKeyId, { secretAccessKey: 'c4n4ry' })).rejects.not.toThrowError(/c4n4ry/)
  })
})

describe('faults', () => {
  it.each([
    ['503 SlowDown', { kind: 'error', status: 503, code: 'SlowDown' }],
    ['500 InternalError', { kind: 'error', status: 500, code: 'InternalError' }],
    ['400 RequestTimeout', { kind: 'error', status: 400, code: 'RequestTimeout' }],
    ['a reset', { kind: 'reset' }],
  ] as const)('that pass (%s) are waited out', async (_, effect) => {
    const { store } = await openWithLease(world.aws, connectionWith(), folder)
    world.lab.faults.add({ operation: 's3.ListObjectsV2', effect, times: 3 })
    expect((await store.listPage({ prefix: 'data/' }, never)).objects.length).toBeGreaterThan(0)
  })

  it('that stay end as unavailable after four tries', async () => {
    const { store } = await openWithLease(world.aws, connectionWith(), folder)
    world.lab.requests.clear()
    world.lab.faults.add({ operation: 's3.GetObject', effect: { kind: 'error', status: 503, code: 'ServiceUnavailable' } })
    await expect(store.get('data/one', {}, never)).rejects.toMatchObject({ code: 'unavailable', retry: 'exhausted' })
    expect(seen()).toEqual(Array<string>(4).fill('s3.GetObject 503'))
  })

  it('that are refusals are not repeated', async () => {
    const { store } = await openWithLease(world.aws, connectionWith(), folder)
    world.lab.requests.clear()
    await expect(store.get('data-2/one', {}, never)).rejects.toThrowError(reason('aws.denied'))
    expect(seen()).toEqual(['s3.GetObject 403'])
  })

  it('that cut a body are healed: every byte comes once', async () => {
    const body = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251)
    world.lab.aws.putObject(BUCKET, 'data/large', { body })
    const { store } = await openWithLease(world.aws, connectionWith(), folder)
    world.lab.faults.add({ operation: 's3.GetObject', effect: { kind: 'truncate', afterBytes: 70_000 } })
    const bucket = new Bucket(store, folder)
    expect(Buffer.from((await bucket.readAll('data/large', { maxBytes: 1_000_000 }, never)).bytes).equals(body)).toBe(true)
    const part = await bucket.readAll('data/large', { maxBytes: 1_000_000, range: { suffix: 200_000 } }, never)
    expect(Buffer.from(part.bytes).equals(body.subarray(100_000))).toBe(true)
  })

  it('of STS are waited out too', async () => {
    world.lab.faults.add({ operation: 'sts.AssumeRole', effect: { kind: 'error', status: 503, code: 'ServiceUnavailable' }, times: 2 })
    expect((await world.aws.lease({ connection: connectionWith() }, { location: folder, access: ['read'] }, 3_600, never)).narrowed).toBe(
      true,
    )
  })

  it('that lose the answer to a completed upload do not lose the upload', async () => {
    let lost = 0
    const losing: Transport = async (request, signal) => {
      const response = await world.transport(request, signal)
      if (request.operation !== 's3.CompleteMultipartUpload' || lost++ > 0) return response
      await response.body[Symbol.asyncIterator]().return?.()
      throw accessError('network.reset', { message: 'cut' })
    }
    const [aws] = createClouds({ ...world.deps, transport: losing })
    if (aws === undefined) throw new Error('no cloud')
    const { store } = await openWithLease(aws, connectionWith(), folder)
    const parts = (async function* () {
      for (let part = 0; part < 3; part++) yield new Uint8Array(5 * 1024 * 1024).fill(part)
    })()
    const info = await new Bucket(store, folder).putStream('data/upload', parts, { partBytes: 5 * 1024 * 1024 }, never)
    expect([lost, info.size]).toEqual([2, 15 * 1024 * 1024])
    expect(world.lab.aws.openUploads(BUCKET)).toEqual([])
  })

  it('that end an upload leave no part of it behind', async () => {
    const { store } = await openWithLease(world.aws, connectionWith(), folder)
    world.lab.faults.add({ operation: 's3.UploadPart', effect: { kind: 'error', status: 403, code: 'AccessDenied' } })
    const parts = (async function* () {
      for (let part = 0; part < 3; part++) yield new Uint8Array(5 * 1024 * 1024)
    })()
    await expect(new Bucket(store, folder).putStream('data/failed', parts, {}, never)).rejects.toThrowError(reason('aws.denied'))
    expect(world.lab.aws.openUploads(BUCKET)).toEqual([])
    expect(world.lab.aws.listKeys(BUCKET, 'data/failed')).toEqual([])
  })
})
