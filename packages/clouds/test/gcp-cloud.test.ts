import type { Access } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { never, openWithLease } from './support/aws-world.ts'
import {
  CUSTOMER_PROJECT,
  GCP_BUCKET,
  type GcpMethod,
  type GcpWorld,
  OUR_ACCOUNT,
  PROVIDER,
  THEIR_ACCOUNT,
  gcpConnection,
  startGcpWorld,
} from './support/gcp-world.ts'

let world: GcpWorld
beforeEach(async () => {
  world = await startGcpWorld()
  for (const key of ['data/a', 'data/b', 'other/c']) world.lab.gcp.putObject(GCP_BUCKET, key, { body: key })
})
afterEach(() => world.close())

const FEDERATION: GcpMethod = { method: 'federation', fields: { provider: PROVIDER } }
const GRANT: GcpMethod = { method: 'grant', fields: {} }
const key = (): GcpMethod => ({ method: 'service-account-key', fields: { key: world.key } })
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

async function opened(method: GcpMethod, access?: readonly Access[], at = `gs://${GCP_BUCKET}/data/`) {
  const { connection, secret } = gcpConnection(world, method)
  return openWithLease(world.gcp, connection, world.gcp.parse(at), access, secret)
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

async function textAt(name: string): Promise<string> {
  return Buffer.from((await world.lab.gcp.getObject(GCP_BUCKET, name)) ?? '').toString()
}

const operations = (): readonly string[] => world.lab.requests.entries().map(({ operation, status }) => `${operation} ${status}`)

describe('leases', () => {
  it('of one object end at that object', async () => {
    const { store } = await opened(FEDERATION, ['list', 'read', 'write', 'delete'], `gs://${GCP_BUCKET}/data/a`)
    expect((await store.head('data/a', {}, never)).size).toBe(6)
    expect((await store.listPage({ prefix: 'data/a' }, never)).objects).toHaveLength(1)
    for (const refused of [
      store.head('data/b', {}, never),
      store.listPage({ prefix: 'data/' }, never),
      store.put('data/ab', bytes('x'), {}, never),
      store.delete('data/b', {}, never),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'denied', reason: 'gcp.denied' })
  })

  it.each([
    [['list'], { list: true }],
    [['read'], { read: true }],
    [['write'], { write: true }],
    [['write', 'delete'], { write: true, delete: true }],
    [['list', 'read'], { list: true, read: true }],
  ] as const)('allow %j and nothing else', async (access, allowed: { readonly [access in Access]?: true }) => {
    const { store } = await opened(GRANT, access)
    const tries: { readonly [access in Access]: () => Promise<unknown> } = {
      list: () => store.listPage({ prefix: 'data/' }, never),
      read: () => store.head('data/a', {}, never),
      write: () => store.put('data/new', bytes('x'), { ifNoneMatch: '*' }, never),
      delete: () => store.delete('data/b', {}, never),
    }
    for (const one of ['list', 'read', 'write', 'delete'] as const)
      if (allowed[one] === true) await tries[one]()
      else await expect(tries[one](), one).rejects.toMatchObject({ code: 'denied' })
  })

  it('that only delete are narrowed with the role of the customer, and refused without one before Google is asked', async () => {
    await expect(opened(FEDERATION, ['list', 'delete'])).rejects.toMatchObject({ reason: 'gcp.lease.delete_alone' })
    expect(operations()).toEqual([])
    const deleteRole = world.lab.gcp.putCustomRole(CUSTOMER_PROJECT, { id: 'sluiceDelete', permissions: ['storage.objects.delete'] })
    const { store } = await opened({ method: 'federation', fields: { provider: PROVIDER, deleteRole } }, ['list', 'delete'])
    await store.delete('data/a', {}, never)
    await expect(store.head('data/b', {}, never)).rejects.toMatchObject({ code: 'denied' })
    await expect(store.put('data/new', bytes('x'), {}, never)).rejects.toMatchObject({ code: 'denied' })
  })

  it('hand out a token and no signer', async () => {
    const { lease } = await opened(key())
    expect(JSON.parse(JSON.stringify(lease))).toEqual({ ...lease, secret: { kind: 'bearer', token: expect.any(String) } })
    expect(JSON.stringify(lease)).not.toContain('PRIVATE')
  })

  it('of an account that is impersonated live as long as was asked for', async () => {
    const { connection } = gcpConnection(world, { method: 'grant', fields: { serviceAccount: THEIR_ACCOUNT } })
    const lease = await world.gcp.lease({ connection }, { location: world.gcp.parse(`gs://${GCP_BUCKET}/`), access: ['read'] }, 900, never)
    expect(lease.expiresAt - Date.now()).toBeLessThanOrEqual(900_000)
    expect(lease.expiresAt - Date.now()).toBeGreaterThan(800_000)
  })

  it.each([
    [
      'the provider is gone',
      FEDERATION,
      (w: GcpWorld) => w.lab.gcp.deleteProvider(PROVIDER.split('/providers')[0] ?? '', 'sluice'),
      'gcp.federation.provider',
    ],
    [
      'the provider expects another issuer',
      FEDERATION,
      (w: GcpWorld) => w.lab.gcp.putProvider(PROVIDER.split('/providers')[0] ?? '', { id: 'sluice', issuerUri: 'https://other.example' }),
      'gcp.federation.refused',
    ],
    [
      'the account does not let us act as it',
      { method: 'grant', fields: { serviceAccount: THEIR_ACCOUNT } },
      (w: GcpWorld) => w.lab.gcp.setPolicy({ serviceAccount: THEIR_ACCOUNT }, { bindings: [] }),
      'gcp.impersonation.denied',
    ],
    [
      'there is no such account',
      { method: 'federation', fields: { provider: PROVIDER, serviceAccount: `nobody@${CUSTOMER_PROJECT}.iam.gserviceaccount.com` } },
      () => undefined,
      'gcp.impersonation.denied',
    ],
    ['our own account is disabled', GRANT, (w: GcpWorld) => w.lab.gcp.setServiceAccountDisabled(OUR_ACCOUNT, true), undefined],
  ] as const)('are refused when %s', async (_when, method: GcpMethod, change: (world: GcpWorld) => unknown, reason) => {
    change(world)
    await expect(opened(method, ['read'])).rejects.toMatchObject(reason === undefined ? { code: 'invalid' } : { reason, code: 'denied' })
  })

  it('are refused for a key that was deleted, without a word of the key', async () => {
    const method = key()
    const { private_key_id: id }: { readonly private_key_id: string } = JSON.parse(world.key)
    world.lab.gcp.deleteKey(THEIR_ACCOUNT, id)
    const error: unknown = await opened(method, ['read']).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ reason: 'gcp.key.rejected', provider: { code: 'invalid_grant' } })
    expect(JSON.stringify(error)).not.toContain('PRIVATE')
  })
})

describe('objects', () => {
  it('are pinned to the generation that was first seen, and read by an earlier one', async () => {
    world.lab.gcp.configureBucket(GCP_BUCKET, { versioning: true })
    const { store } = await opened(FEDERATION)
    const first = await store.put('data/v', bytes('one'), {}, never)
    const second = await store.put('data/v', bytes('two'), {}, never)
    expect(first.etag).toBe(`"${first.versionId}"`)
    expect(second.versionId).not.toBe(first.versionId)
    await expect(store.get('data/v', { ifMatch: first.etag }, never)).rejects.toMatchObject({ reason: 'object.changed' })
    await expect(store.get('data/v', { ifMatch: '"abc"' }, never)).rejects.toMatchObject({ reason: 'object.changed' })
    const { body } = await store.get('data/v', { versionId: first.versionId ?? '' }, never)
    expect(await textOf(body)).toBe('one')
    await store.delete('data/v', { versionId: second.versionId ?? '' }, never)
    await expect(store.head('data/v', {}, never)).rejects.toMatchObject({ reason: 'object.missing' })
  })

  it('that were stored packed come as they were stored, whole and in ranges', async () => {
    world.lab.gcp.putObject(GCP_BUCKET, 'data/packed', { body: bytes('not really gzip'), contentEncoding: 'gzip' })
    const { store } = await opened(GRANT)
    const { body, length } = await store.get('data/packed', { range: { start: 4, end: 10 } }, never)
    expect([await textOf(body), length]).toEqual(['really', 6])
  })

  it('cannot be replaced without the right to delete, and the error names it', async () => {
    const { store } = await opened(FEDERATION, ['write'])
    await store.put('data/fresh', bytes('x'), {}, never)
    await expect(store.put('data/a', bytes('x'), {}, never)).rejects.toMatchObject({
      reason: 'gcp.denied',
      provider: { message: expect.stringContaining('storage.objects.delete') },
    })
  })

  it('that are missing are told from a bucket that is, also to who may not list', async () => {
    const { store } = await opened(FEDERATION, ['read'])
    await expect(store.head('data/none', {}, never)).rejects.toMatchObject({ reason: 'object.missing' })
    world.lab.gcp.deleteBucket(GCP_BUCKET)
    await expect(store.head('data/none', {}, never)).rejects.toMatchObject({ reason: 'bucket.missing' })
  })

  it('are encrypted with the key and stored in the class that are set', async () => {
    const keyId = world.lab.gcp.putKmsKey(CUSTOMER_PROJECT, { location: 'europe-west3', keyRing: 'ring', id: 'key' })
    const { connection } = gcpConnection(world, GRANT, {
      settings: { encryption: { algorithm: 'aws:kms', keyId }, storageClass: 'NEARLINE' },
    })
    const { store } = await openWithLease(world.gcp, connection, world.gcp.parse(`gs://${GCP_BUCKET}/`))
    await expect(store.put('data/k', bytes('x'), {}, never)).rejects.toMatchObject({ reason: 'gcp.kms.denied' })
    const member = `serviceAccount:${world.lab.gcp.serviceAgent(CUSTOMER_PROJECT)}`
    world.lab.gcp.addBinding({ on: { kmsKey: keyId }, role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter', member })
    expect(await store.put('data/k', bytes('x'), {}, never)).toMatchObject({
      kmsKeyId: expect.stringContaining(keyId),
      storageClass: 'NEARLINE',
    })
    world.lab.gcp.setKmsKeyState(keyId, 'DISABLED')
    await expect(store.put('data/k2', bytes('x'), {}, never)).rejects.toMatchObject({ reason: 'gcp.kms.unusable' })
  })

  it('under retention or a hold are said to be, which is no missing permission', async () => {
    const { store } = await opened(GRANT)
    world.lab.gcp.configureObject(GCP_BUCKET, 'data/a', { temporaryHold: true })
    await expect(store.delete('data/a', {}, never)).rejects.toMatchObject({ reason: 'gcp.retention' })
    world.lab.gcp.configureBucket(GCP_BUCKET, { retentionSeconds: 3_600 })
    await expect(store.put('data/b', bytes('x'), {}, never)).rejects.toMatchObject({ reason: 'gcp.retention' })
  })
})

describe('uploads in parts', () => {
  const part = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill)

  it('take parts of any length in any order, and need the right to create alone', async () => {
    const { store } = await opened(FEDERATION, ['write'])
    const uploadId = await store.createMultipart('data/parts', { contentType: 'text/plain' }, never)
    const sizes = [300_000, 1, 700_001, 262_144, 99]
    const parts = []
    for (const number of [3, 1, 5, 4, 2])
      parts.push(await store.uploadPart('data/parts', uploadId, number, part(sizes[number - 1] ?? 0, number), never))
    const info = await store.completeMultipart('data/parts', uploadId, parts, never)
    const expected = Buffer.concat(sizes.map((size, index) => part(size, index + 1)))
    expect(info.size).toBe(expected.length)
    expect(Buffer.compare((await world.lab.gcp.getObject(GCP_BUCKET, 'data/parts')) ?? new Uint8Array(), expected)).toBe(0)
    expect(world.lab.gcp.openUploads(GCP_BUCKET)).toEqual([])
  })

  it('of nothing at all are an object without bytes', async () => {
    const { store } = await opened(GRANT, ['write'])
    const uploadId = await store.createMultipart('data/nothing', {}, never)
    expect(await store.completeMultipart('data/nothing', uploadId, [], never)).toMatchObject({ size: 0 })
  })

  it('go on where they broke off, with nothing twice and nothing left out', async () => {
    const { store } = await opened(GRANT, ['write'])
    const uploadId = await store.createMultipart('data/broken', {}, never)
    world.lab.faults.add({ operation: 'gcs.objects.upload*', effect: { kind: 'reset' }, times: 2 })
    world.lab.faults.add({ operation: 'gcs.*', effect: { kind: 'error', status: 503, code: 'backendError' }, times: 2 })
    const parts = []
    for (let number = 1; number <= 4; number++)
      parts.push(await store.uploadPart('data/broken', uploadId, number, part(500_000, number), never))
    world.lab.faults.add({ operation: 'gcs.*', effect: { kind: 'reset' }, times: 1 })
    expect((await store.completeMultipart('data/broken', uploadId, parts, never)).size).toBe(2_000_000)
    const stored = (await world.lab.gcp.getObject(GCP_BUCKET, 'data/broken')) ?? new Uint8Array()
    expect(Buffer.compare(stored, Buffer.concat([1, 2, 3, 4].map((fill) => part(500_000, fill))))).toBe(0)
  })

  it('refuse to end with a part missing, and leave nothing when they are aborted', async () => {
    const { store } = await opened(GRANT, ['write'])
    const uploadId = await store.createMultipart('data/gap', {}, never)
    const second = await store.uploadPart('data/gap', uploadId, 2, part(10, 2), never)
    await expect(store.completeMultipart('data/gap', uploadId, [second], never)).rejects.toMatchObject({ reason: 'gcp.rejected' })
    expect(world.lab.gcp.openUploads(GCP_BUCKET)).toHaveLength(1)
    await store.abortMultipart('data/gap', uploadId, never)
    await store.abortMultipart('data/gap', uploadId, never)
    expect(world.lab.gcp.openUploads(GCP_BUCKET)).toEqual([])
    expect(await textAt('data/gap')).toBe('')
  })

  it('hold no more in memory than they may: who brings parts too early waits', async () => {
    const { store } = await opened(GRANT, ['write'])
    const uploadId = await store.createMultipart('data/early', {}, never)
    const size = 40 * 1024 * 1024
    const second = await store.uploadPart('data/early', uploadId, 2, part(size, 2), never)
    let isTaken = false
    const third = store.uploadPart('data/early', uploadId, 3, part(size, 3), never).finally(() => (isTaken = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(isTaken).toBe(false)
    const first = await store.uploadPart('data/early', uploadId, 1, part(1, 1), never)
    const info = await store.completeMultipart('data/early', uploadId, [first, second, await third], never)
    expect(info.size).toBe(2 * size + 1)
  })
})

describe('Requester Pays', () => {
  beforeEach(() => world.lab.gcp.configureBucket(GCP_BUCKET, { requesterPays: true }))

  it('is said to be what stands in the way', async () => {
    const { store } = await opened(GRANT)
    await expect(store.head('data/a', {}, never)).rejects.toMatchObject({ reason: 'gcp.requester_pays' })
  })

  it.each([
    ['the project of the service account', {}, CUSTOMER_PROJECT],
    ['the one that is named', { billingProject: 'acme-billing' }, 'acme-billing'],
  ])('bills %s', async (_whose, fields, project) => {
    const { connection, secret } = gcpConnection(
      world,
      { ...key(), fields: { key: world.key, ...fields } },
      { settings: { requesterPays: true } },
    )
    const { store } = await openWithLease(world.gcp, connection, world.gcp.parse(`gs://${GCP_BUCKET}/data/`), ['read'], secret)
    const error: unknown = await store.head('data/a', {}, never).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ reason: 'gcp.user_project' })
    world.lab.gcp.createProject(project)
    const member = `serviceAccount:${THEIR_ACCOUNT}`
    world.lab.gcp.addBinding({ on: { project }, role: 'roles/serviceusage.serviceUsageConsumer', member })
    expect((await store.head('data/a', {}, never)).size).toBe(6)
  })
})

it('waits out what may pass, at Google’s token services too', async () => {
  world.lab.faults.add({ operation: 'sts.token', effect: { kind: 'error', status: 503, code: 'unavailable' }, times: 2 })
  world.lab.faults.add({ operation: 'gcs.objects.get', effect: { kind: 'error', status: 429, code: 'rateLimitExceeded' }, times: 2 })
  const { store } = await opened(FEDERATION)
  expect((await store.head('data/a', {}, never)).size).toBe(6)
})
