import { Bucket, type Connection, type Location, type Transport, accessError, isAccessError } from '@sluice/core'
import OSS from 'ali-oss'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  ALIYUN_AUTH,
  type AliyunWorld,
  CUSTOMER_ROLE,
  CUSTOMER_UID,
  OSS_BUCKET,
  OSS_REGION,
  PROVIDER,
  aliyunConnection,
  aliyunOf,
  ramPolicy,
  startAliyunWorld,
} from './support/aliyun-world.ts'
import { never, openWithLease } from './support/aws-world.ts'

const OTHER_UID = '1111222233334444'
const reason = (name: string) => expect.objectContaining({ reason: name })
const folder: Location = { cloud: 'aliyun', bucket: OSS_BUCKET, prefix: 'data/', extent: 'folder' }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

let world: AliyunWorld
beforeAll(async () => {
  world = await startAliyunWorld()
  world.lab.aliyun.putObject(OSS_BUCKET, 'data/one', { body: 'inside' })
  world.lab.aliyun.putObject(OSS_BUCKET, 'data-2/one', { body: 'outside' })
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

describe.each(['role', 'oidc'] as const)('leases by %s', (method) => {
  const connection = (changes: Partial<Connection> = {}) => aliyunConnection({ auth: ALIYUN_AUTH[method], ...changes })

  it('are narrowed by Alibaba Cloud itself: outside the prefix everything is refused', async () => {
    const { store, lease } = await openWithLease(world.aliyun, connection(), folder)
    expect(lease.narrowed).toBe(true)
    expect((await store.listPage({ prefix: 'data/' }, never)).objects).toHaveLength(1)
    await store.put('data/two', bytes('x'), {}, never)
    await store.delete('data/two', {}, never)
    const denied = reason('aliyun.denied')
    await expect(store.listPage({ prefix: '' }, never)).rejects.toThrowError(denied)
    await expect(store.listPage({ prefix: 'data-2/' }, never)).rejects.toThrowError(denied)
    await expect(store.get('data-2/one', {}, never)).rejects.toThrowError(denied)
    await expect(store.put('data-2/two', bytes('x'), {}, never)).rejects.toThrowError(denied)
    await expect(store.delete('data-2/one', {}, never)).rejects.toThrowError(denied)
    expect(world.lab.aliyun.listKeys(OSS_BUCKET)).toEqual(['data-2/one', 'data/one'])
  })

  it('allow the accesses asked for and no other', async () => {
    const { store } = await openWithLease(world.aliyun, connection(), folder, ['read'])
    expect((await store.get('data/one', {}, never)).length).toBe(6)
    await expect(store.listPage({ prefix: 'data/' }, never)).rejects.toThrowError(reason('aliyun.denied'))
    await expect(store.put('data/one', bytes('x'), {}, never)).rejects.toThrowError(reason('aliyun.denied'))
  })

  it("work with Alibaba's own client, and reach no further there", async () => {
    const { lease } = await openWithLease(world.aliyun, connection(), folder, ['list', 'read', 'write'])
    if (lease.secret.kind !== 'oss') throw new Error('no AccessKey')
    const { accessKeyId, accessKeySecret, securityToken } = lease.secret
    const client = new OSS({
      accessKeyId,
      accessKeySecret,
      ...(securityToken === undefined ? {} : { stsToken: securityToken, refreshSTSToken: () => Promise.reject(new Error('not asked')) }),
      bucket: OSS_BUCKET,
      region: `oss-${OSS_REGION}`,
      endpoint: world.lab.url,
      authorizationV4: true,
    })
    expect(accessKeyId).toMatch(/^STS\./)
    await client.put('data/by-their-client', Buffer.from('theirs'))
    expect(Buffer.from((await client.get('data/by-their-client')).content).toString()).toBe('theirs')
    expect((await client.listV2({ prefix: 'data/', 'max-keys': '10' }, {})).objects).toHaveLength(2)
    await expect(client.get('data-2/one')).rejects.toMatchObject({ status: 403, code: 'AccessDenied' })
    await expect(client.delete('data/by-their-client')).rejects.toMatchObject({ status: 403, code: 'AccessDenied' })
    await (await openWithLease(world.aliyun, connection(), folder)).store.delete('data/by-their-client', {}, never)
  })

  it('name project and purpose in the customer’s own log', async () => {
    // The project is part of who a token speaks for.
    const changes: Partial<Connection> = method === 'role' ? { project: 'päckage & co' } : {}
    const { store } = await openWithLease(world.aliyun, connection({ ...changes, purposes: ['import', 'export'] }), folder)
    await store.listPage({ prefix: 'data/' }, never)
    const role = method === 'role' ? 'lake-test' : 'lake-oidc'
    const project = method === 'role' ? 'p-ckage-co' : 'project'
    expect(world.lab.requests.entries().at(-1)?.principal).toBe(
      `acs:ram::${CUSTOMER_UID}:assumed-role/${role}/sluice-${project}-import.export`,
    )
  })

  it('of an hour at most: that is what every role allows', async () => {
    const lease = await world.aliyun.lease({ connection: connection() }, { location: folder, access: ['read'] }, 43_200, never)
    expect(lease.expiresAt - Date.now()).toBeLessThanOrEqual(3_600_000)
  })

  it('are refused before Alibaba Cloud is asked when they would be empty, too short, wide, or without what we need', async () => {
    const ask = (subject: Connection, access: readonly ('read' | 'list')[], seconds: number, cloud = world.aliyun, location = folder) =>
      cloud.lease({ connection: subject }, { location, access }, seconds, never)
    await expect(ask(connection(), [], 3_600)).rejects.toThrowError(reason('aliyun.lease.empty'))
    await expect(ask(connection(), ['read'], 60)).rejects.toThrowError(reason('aliyun.lease.too_short'))
    const wild = { ...folder, prefix: 'a*/' }
    await expect(ask(connection(), ['read'], 3_600, world.aliyun, wild)).rejects.toThrowError(reason('aliyun.lease.wildcard'))
    const draft = aliyunConnection({ auth: { method, fields: {} } })
    await expect(ask(draft, ['read'], 3_600)).rejects.toThrowError(reason('aliyun.role.absent'))
    const { issuer: _, ...deps } = world.deps
    const bare = aliyunOf({ ...deps, platformCredentials: {} })
    const missing = method === 'role' ? 'aliyun.role.no_identity' : 'issuer.not_configured'
    await expect(ask(connection(), ['read'], 3_600, bare)).rejects.toThrowError(reason(missing))
    expect(seen()).toEqual([])
  })

  it('reach no bucket of somebody else that has the same name', async () => {
    const pinned = { pinned: { bucketOwner: CUSTOMER_UID } }
    expect((await openWithLease(world.aliyun, connection(pinned), folder)).lease.narrowed).toBe(true)
    const right = await openWithLease(world.aliyun, connection(pinned), folder)
    expect((await right.store.get('data/one', {}, never)).length).toBe(6)
    const wrong = await openWithLease(world.aliyun, connection({ settings: { expectedBucketOwner: OTHER_UID } }), folder)
    await expect(wrong.store.get('data/one', {}, never)).rejects.toThrowError(reason('aliyun.denied'))
    await expect(wrong.store.put('data/three', bytes('x'), {}, never)).rejects.toThrowError(reason('aliyun.denied'))
    expect(world.lab.aliyun.listKeys(OSS_BUCKET, 'data/three')).toEqual([])
  })
})

describe('a refused lease', () => {
  it('by external id names neither the right nor the wrong one', async () => {
    for (const externalId of [{ kind: 'chosen', value: 'my-external-id-124' }, { kind: 'none' }] as const) {
      const connection = aliyunConnection({ auth: { method: 'role', fields: { roleArn: CUSTOMER_ROLE }, externalId } })
      const error: unknown = await world.aliyun
        .lease({ connection }, { location: folder, access: ['read'] }, 3_600, never)
        .catch((thrown: unknown) => thrown)
      expect(isAccessError(error) && [error.reason, error.code, error.provider?.status, error.provider?.code]).toEqual([
        'aliyun.sts.denied',
        'denied',
        403,
        'NoPermission',
      ])
      expect(String(error)).not.toContain('external-id')
    }
  })

  it('tells a role that is missing', async () => {
    const auth = { ...ALIYUN_AUTH.role, fields: { roleArn: `acs:ram::${CUSTOMER_UID}:role/no-such-role` } }
    const asked = world.aliyun.lease({ connection: aliyunConnection({ auth }) }, { location: folder, access: ['read'] }, 3_600, never)
    await expect(asked).rejects.toThrowError(reason('aliyun.role.missing'))
  })

  it('by token tells whose fault it is, and the token stays untold', async () => {
    const { lab, issuer } = world
    const lease = (oidcProviderArn: string) =>
      world.aliyun.lease(
        { connection: aliyunConnection({ auth: { method: 'oidc', fields: { ...ALIYUN_AUTH.oidc.fields, oidcProviderArn } } }) },
        { location: folder, access: ['read'] },
        3_600,
        never,
      )
    await expect(lease(`${PROVIDER}-missing`)).rejects.toThrowError(reason('aliyun.oidc.denied'))
    const provider = (name: string, change: { readonly issuer?: string; readonly clientIds?: readonly string[] }) =>
      lab.aliyun.putOidcProvider(CUSTOMER_UID, { name, issuer: issuer.url, clientIds: ['sts.aliyuncs.com'], fingerprints: [], ...change })
        .arn
    await expect(lease(provider('other-client', { clientIds: ['other'] }))).rejects.toThrowError(reason('aliyun.oidc.audience'))
    await expect(lease(provider('other-issuer', { issuer: 'https://other.example.com' }))).rejects.toThrowError(
      reason('aliyun.oidc.issuer'),
    )
    for (const [code, expected] of [
      ['AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch', 'aliyun.oidc.fingerprint'],
      ['AuthenticationFail.OIDCToken.IssuerConfigurationBroken', 'aliyun.oidc.keys'],
      ['AuthenticationFail.OIDCToken.Expired', 'aliyun.oidc.expired'],
      ['AuthenticationFail.OIDCToken.SomethingNew', 'aliyun.oidc.rejected'],
    ] as const) {
      lab.faults.add({ operation: 'sts.AssumeRoleWithOIDC', effect: { kind: 'error', status: 400, code }, times: 1 })
      const error: unknown = await lease(PROVIDER).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ reason: expected })
      expect(JSON.stringify(error) + String(error)).not.toContain('eyJ')
    }
  })
})

describe('regions', () => {
  it('are learned from the first answer and remembered for every later store', async () => {
    const fresh = await startAliyunWorld()
    try {
      fresh.lab.aliyun.putObject(OSS_BUCKET, 'k', { body: 'far away' })
      const location = fresh.aliyun.parse(`oss://${OSS_BUCKET}/`)
      const { store, lease } = await openWithLease(fresh.aliyun, aliyunConnection(), location)
      expect((await store.get('k', {}, never)).length).toBe(8)
      const another = fresh.aliyun.open(aliyunConnection(), location, async () => lease)
      await another.head('k', {}, never)
      const statuses = fresh.lab.requests.entries().flatMap((entry) => (entry.operation.startsWith('oss.') ? [entry.status] : []))
      expect(statuses).toEqual([403, 200, 200])
    } finally {
      await fresh.close()
    }
  })

  it('in a URL are asked first, those of an internal endpoint at the public one', async () => {
    const hosts: string[] = []
    const transport: Transport = (request, signal) => {
      hosts.push(request.url.host)
      return world.transport(request, signal)
    }
    const aliyun = aliyunOf({ ...world.deps, transport })
    const location = aliyun.parse(`https://${OSS_BUCKET}.oss-${OSS_REGION}-internal.aliyuncs.com/`)
    const { store } = await openWithLease(aliyun, aliyunConnection(), location)
    expect((await store.get('data/one', {}, never)).length).toBe(6)
    expect(hosts).toEqual(['sts.cn-hangzhou.aliyuncs.com', `${OSS_BUCKET}.oss-${OSS_REGION}.aliyuncs.com`])
  })

  it('that are pinned and wrong are an error with what was wanted and what is', async () => {
    const { store } = await openWithLease(world.aliyun, aliyunConnection({ settings: { region: 'eu-central-1' } }), folder)
    await expect(store.listPage({ prefix: 'data/' }, never)).rejects.toMatchObject({
      reason: 'aliyun.region.wrong',
      context: { want: 'eu-central-1', got: OSS_REGION },
    })
  })

  it('are known before a request is presigned', async () => {
    const fresh = await startAliyunWorld()
    try {
      const { store } = await openWithLease(fresh.aliyun, aliyunConnection(), fresh.aliyun.parse(`oss://${OSS_BUCKET}/`))
      expect((await store.presign('k', { method: 'GET', expiresInSeconds: 60 })).url).toContain(`.oss-${OSS_REGION}.aliyuncs.com/`)
    } finally {
      await fresh.close()
    }
  })
})

describe('settings', () => {
  it('encrypt what is written with the key that is set, and store it in the class that is set', async () => {
    const { aliyun } = world.lab
    const arn = aliyun.putKey(CUSTOMER_UID, OSS_REGION)
    const keyId = arn.slice(arn.lastIndexOf('/') + 1)
    const settings = { encryption: { algorithm: 'aws:kms' as const, keyId }, storageClass: 'IA', kmsReadKeys: [arn] }
    const { store } = await openWithLease(world.aliyun, aliyunConnection({ settings }), folder)
    await store.put('data/secret', bytes('sealed'), {}, never)
    expect(await store.head('data/secret', {}, never)).toMatchObject({ kmsKeyId: keyId, storageClass: 'IA' })
    expect((await store.get('data/secret', {}, never)).length).toBe(6)
    aliyun.setKeyState(arn, 'Disabled')
    await expect(store.get('data/secret', {}, never)).rejects.toThrowError(reason('aliyun.kms.denied'))
    aliyun.setKeyState(arn, 'Enabled')
    const unnamed = await openWithLease(world.aliyun, aliyunConnection(), folder)
    await expect(unnamed.store.get('data/secret', {}, never)).rejects.toThrowError(reason('aliyun.kms.denied'))
  })
})

describe('errors', () => {
  it('give the reason of a refused HEAD, which has no body of its own', async () => {
    const { store } = await openWithLease(world.aliyun, aliyunConnection(), folder)
    await expect(store.head('data-2/one', {}, never)).rejects.toMatchObject({
      reason: 'aliyun.denied',
      provider: { status: 403, code: 'AccessDenied' },
    })
  })

  it('tell a bucket that is missing from an object that is', async () => {
    const location = world.aliyun.parse('oss://no-such-bucket-1/')
    const { store } = await openWithLease(world.aliyun, aliyunConnection(), location)
    await expect(store.get('k', {}, never)).rejects.toThrowError(reason('bucket.missing'))
    await expect(store.listPage({ prefix: '' }, never)).rejects.toThrowError(reason('bucket.missing'))
    const here = await openWithLease(world.aliyun, aliyunConnection(), world.aliyun.parse(`oss://${OSS_BUCKET}/`))
    await expect(here.store.get('missing', {}, never)).rejects.toThrowError(reason('object.missing'))
    await expect(here.store.head('missing', {}, never)).rejects.toThrowError(reason('object.missing'))
  })

  it('say which policy denied', async () => {
    world.lab.aliyun.putRole(CUSTOMER_UID, {
      name: 'lake-poor',
      trust: ramPolicy({ Effect: 'Allow', Principal: { RAM: [`acs:ram::1234567890123456:root`] }, Action: 'sts:AssumeRole' }),
      policies: { poor: ramPolicy({ Effect: 'Allow', Action: 'oss:ListObjects', Resource: '*' }) },
    })
    const auth = { method: 'role', fields: { roleArn: `acs:ram::${CUSTOMER_UID}:role/lake-poor` }, externalId: { kind: 'none' } } as const
    const { store } = await openWithLease(world.aliyun, aliyunConnection({ auth }), folder)
    await expect(store.get('data/one', {}, never)).rejects.toMatchObject({
      reason: 'aliyun.denied',
      context: { action: 'oss:GetObject', denial: 'ImplicitDeny', policyType: 'AccountLevelIdentityBasedPolicy' },
    })
  })

  it('tell wrong keys, wrong secrets and wrong tokens apart', async () => {
    const attempt = (accessKeyId: string, secret: { readonly [field: string]: string }) =>
      openWithLease(
        world.aliyun,
        aliyunConnection({ auth: { method: 'keys', fields: { accessKeyId }, secretId: 's' } }),
        folder,
        ['list'],
        secret,
      ).then(({ store }) => store.listPage({ prefix: 'data/' }, never))
    world.lab.aliyun.putUser(CUSTOMER_UID, { name: 'typo' })
    const key = world.lab.aliyun.createAccessKey(CUSTOMER_UID, 'typo')
    const session = world.lab.aliyun.issueSession(CUSTOMER_ROLE)
    await expect(attempt('LTAI5tExampleExampleExam', { accessKeySecret: 'x' })).rejects.toThrowError(reason('aliyun.key.unknown'))
    await expect(attempt(key.accessKeyId, { accessKeySecret: 'c4n4ry' })).rejects.toThrowError(reason('aliyun.key.signature'))
    await expect(attempt(session.accessKeyId, { accessKeySecret: session.accessKeySecret, securityToken: 'c4n4ry' })).rejects.toThrowError(
      reason('aliyun.key.token'),
    )
    await expect(attempt(key.accessKeyId, { accessKeySecret: 'c4n4ry' })).rejects.not.toThrowError(/c4n4ry/)
  })
})

describe('faults', () => {
  it.each([
    ['503 Throttling', { kind: 'error', status: 503, code: 'DownloadTrafficRateLimitExceeded' }],
    ['500 InternalError', { kind: 'error', status: 500, code: 'InternalError' }],
    ['a reset', { kind: 'reset' }],
  ] as const)('that pass (%s) are waited out', async (_, effect) => {
    const { store } = await openWithLease(world.aliyun, aliyunConnection(), folder)
    world.lab.faults.add({ operation: 'oss.ListObjectsV2', effect, times: 3 })
    expect((await store.listPage({ prefix: 'data/' }, never)).objects.length).toBeGreaterThan(0)
  })

  it('that stay end as unavailable after four tries', async () => {
    const { store } = await openWithLease(world.aliyun, aliyunConnection(), folder)
    world.lab.requests.clear()
    world.lab.faults.add({ operation: 'oss.GetObject', effect: { kind: 'error', status: 503, code: 'ServiceUnavailable' } })
    await expect(store.get('data/one', {}, never)).rejects.toMatchObject({ code: 'unavailable', retry: 'exhausted' })
    expect(seen()).toEqual(Array<string>(4).fill('oss.GetObject 503'))
  })

  it('that are refusals are not repeated', async () => {
    const { store } = await openWithLease(world.aliyun, aliyunConnection(), folder)
    world.lab.requests.clear()
    await expect(store.get('data-2/one', {}, never)).rejects.toThrowError(reason('aliyun.denied'))
    expect(seen()).toEqual(['oss.GetObject 403'])
  })

  it('that cut a body are healed: every byte comes once', async () => {
    const body = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251)
    world.lab.aliyun.putObject(OSS_BUCKET, 'data/large', { body })
    const { store } = await openWithLease(world.aliyun, aliyunConnection(), folder)
    world.lab.faults.add({ operation: 'oss.GetObject', effect: { kind: 'truncate', afterBytes: 70_000 } })
    const bucket = new Bucket(store, folder)
    expect(Buffer.from((await bucket.readAll('data/large', { maxBytes: 1_000_000 }, never)).bytes).equals(body)).toBe(true)
    const part = await bucket.readAll('data/large', { maxBytes: 1_000_000, range: { suffix: 200_000 } }, never)
    expect(Buffer.from(part.bytes).equals(body.subarray(100_000))).toBe(true)
  })

  it.each([
    ['role', 'sts.AssumeRole'],
    ['oidc', 'sts.AssumeRoleWithOIDC'],
  ] as const)('of STS are waited out too, by %s', async (method, operation) => {
    world.lab.faults.add({ operation, effect: { kind: 'error', status: 503, code: 'ServiceUnavailable' }, times: 2 })
    const connection = aliyunConnection({ auth: ALIYUN_AUTH[method] })
    expect((await world.aliyun.lease({ connection }, { location: folder, access: ['read'] }, 3_600, never)).narrowed).toBe(true)
  })

  it('that lose the answer to a completed upload do not lose the upload', async () => {
    let lost = 0
    const losing: Transport = async (request, signal) => {
      const response = await world.transport(request, signal)
      if (request.operation !== 'oss.CompleteMultipartUpload' || lost++ > 0) return response
      await response.body[Symbol.asyncIterator]().return?.()
      throw accessError('network.reset', { message: 'cut' })
    }
    const { store } = await openWithLease(aliyunOf({ ...world.deps, transport: losing }), aliyunConnection(), folder)
    const parts = (async function* () {
      for (let part = 0; part < 3; part++) yield new Uint8Array(200 * 1024).fill(part)
    })()
    const info = await new Bucket(store, folder).putStream('data/upload', parts, { partBytes: 200 * 1024 }, never)
    expect([lost, info.size]).toEqual([2, 600 * 1024])
    expect(world.lab.aliyun.openUploads(OSS_BUCKET)).toEqual([])
    await store.delete('data/upload', {}, never)
  })

  it('that end an upload leave no part of it behind', async () => {
    const { store } = await openWithLease(world.aliyun, aliyunConnection(), folder)
    world.lab.faults.add({ operation: 'oss.UploadPart', effect: { kind: 'error', status: 403, code: 'AccessDenied' } })
    const parts = (async function* () {
      for (let part = 0; part < 3; part++) yield new Uint8Array(5 * 1024 * 1024)
    })()
    await expect(new Bucket(store, folder).putStream('data/failed', parts, {}, never)).rejects.toThrowError(reason('aliyun.denied'))
    expect(world.lab.aliyun.openUploads(OSS_BUCKET)).toEqual([])
    expect(world.lab.aliyun.listKeys(OSS_BUCKET, 'data/failed')).toEqual([])
  })
})

describe('a bucket that keeps versions', () => {
  it('has no condition that holds a write back, which is said and not hidden', async () => {
    world.lab.aliyun.createBucket(CUSTOMER_UID, { name: 'versioned-bucket-1', region: OSS_REGION, versioning: 'Enabled' })
    const location = world.aliyun.parse('oss://versioned-bucket-1/')
    const { store } = await openWithLease(world.aliyun, aliyunConnection(), location)
    const first = await store.put('k', bytes('1'), {}, never)
    expect(first.versionId).toBeDefined()
    await store.put('k', bytes('2'), {}, never)
    expect(Buffer.from((await new Bucket(store, location).readAll('k', { maxBytes: 10 }, never)).bytes).toString()).toBe('2')
    await expect(store.put('k', bytes('3'), { ifNoneMatch: '*' }, never)).rejects.toThrowError(reason('aliyun.condition_ignored'))
  })
})
