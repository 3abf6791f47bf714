import {
  Bucket,
  type Access,
  type Connection,
  type HttpRequest,
  type Lease,
  type Location,
  type Transport,
  isAccessError,
  parseSas,
} from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { azureRefusal, blobService, blobText } from './support/azure-client.ts'
import { type CloudDeps, createClouds } from '../src/index.ts'
import { never, openWithLease } from './support/aws-world.ts'
import {
  ACCOUNT,
  AUDIENCE,
  type AzureWorld,
  type AzureWorldOptions,
  CONTAINER,
  ISSUER,
  TENANT,
  accountSas,
  azureConnection,
  startAzureWorld,
} from './support/azure-world.ts'

const HOST = `${ACCOUNT}.blob.core.windows.net`
const ALL = ['list', 'read', 'write', 'delete'] as const
const reason = (name: string) => expect.objectContaining({ reason: name })
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

let world: AzureWorld
async function begin(options: AzureWorldOptions = {}): Promise<void> {
  world = await startAzureWorld(options)
  for (const key of ['data/one', 'data/two', 'data-2/one', 'other/c']) world.lab.azure.putBlob(ACCOUNT, CONTAINER, key, { body: key })
}
beforeEach(() => begin())
afterEach(() => world.close())

const place = (path: string): Location => world.azure.parse(`azure://${HOST}/${CONTAINER}/${path}`)

function opened(path: string, access: readonly Access[] = ALL, changes: Partial<Connection> = {}, cloud = world.azure) {
  return openWithLease(cloud, azureConnection(world, changes), place(path), access)
}

const MANAGED = { auth: { method: 'managed-identity', fields: {} } } as const

const operations = (): readonly string[] => world.lab.requests.entries().map(({ operation, status }) => `${operation} ${status}`)

/** The cloud with some answers of the services replaced. */
function cloudWith(
  change: (request: HttpRequest) => { readonly status: number; readonly code: string } | undefined,
  more: Partial<CloudDeps> = {},
) {
  const transport: Transport = async (request, signal) => {
    const changed = change(request)
    if (changed === undefined) return world.transport(request, signal)
    return {
      status: changed.status,
      headers: { 'x-ms-error-code': changed.code },
      body: (async function* () {
        yield* []
      })(),
    }
  }
  const azure = createClouds({ ...world.deps, transport, ...more }).find(({ id }) => id === 'azure')
  if (azure === undefined) throw new Error('no cloud azure')
  return azure
}

function sasOf(lease: Lease): string {
  if (lease.secret.kind !== 'sas') throw new Error('no SAS')
  return lease.secret.query
}

describe.each<[string, Partial<Connection>]>([
  ['federation', {}],
  ['managed identity', MANAGED],
])('leases by %s', (_method, changes) => {
  it('are narrowed by Azure itself: outside the folder everything is refused', async () => {
    const { store, lease } = await opened('data/', ALL, changes)
    expect(lease.narrowed).toBe(true)
    expect((await store.listPage({ prefix: 'data/' }, never)).objects).toHaveLength(2)
    await store.put('data/three', bytes('x'), {}, never)
    await store.delete('data/three', {}, never)
    for (const refused of [
      store.listPage({ prefix: '' }, never),
      store.listPage({ prefix: 'data-2/' }, never),
      store.get('data-2/one', {}, never),
      store.put('data-2/two', bytes('x'), {}, never),
      store.delete('data-2/one', {}, never),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'denied' })
    expect(world.lab.azure.listBlobNames(ACCOUNT, CONTAINER)).toEqual(['data-2/one', 'data/one', 'data/two', 'other/c'])
  })

  it.each([
    ['', { kind: 'user-delegation', resource: 'c' }],
    ['data/', { kind: 'user-delegation', resource: 'd', directoryDepth: 1 }],
    ['data/one', { kind: 'user-delegation', resource: 'b' }],
  ])('of "%s" are a user delegation SAS for just that, for https, within the hour', async (path, expected) => {
    const { lease } = await opened(path, ['read'], changes)
    const parsed = parseSas(sasOf(lease))
    expect(parsed).toMatchObject({ ok: true, sas: { ...expected, permissions: 'r', protocol: 'https' } })
    expect(lease.expiresAt - world.deps.clock.now()).toBeLessThanOrEqual(3_600_000)
  })

  it('allow the accesses asked for and no other', async () => {
    for (const access of ['list', 'read', 'write', 'delete'] as const) {
      const { store } = await opened('data/', [access], changes)
      const tries: { readonly [access in Access]: () => Promise<unknown> } = {
        list: () => store.listPage({ prefix: 'data/' }, never),
        read: () => store.head('data/one', {}, never),
        write: () => store.put('data/new', bytes('x'), {}, never),
        delete: () => store.delete('data/two', {}, never),
      }
      for (const one of ALL)
        if (one === access) await tries[one]()
        else await expect(tries[one](), `${one} of ${access}`).rejects.toMatchObject({ code: 'denied' })
    }
  })

  it("work with Azure's own client, and reach no further there", async () => {
    const { lease } = await opened('data/', ['list', 'read', 'write'], changes)
    const container = blobService(world.lab, HOST, sasOf(lease)).getContainerClient(CONTAINER)
    expect(await blobText(container.getBlobClient('data/one'))).toBe('data/one')
    await container.getBlockBlobClient('data/100% of +it/é').upload('theirs', 6)
    const names: string[] = []
    for await (const { name } of container.listBlobsFlat({ prefix: 'data/' })) names.push(name)
    expect(names).toEqual(['data/100% of +it/é', 'data/one', 'data/two'])
    for (const refused of [
      container.getBlobClient('data-2/one').download(),
      container.getBlobClient('data/one').delete(),
      container.listBlobsFlat().next(),
      blobService(world.lab, HOST, sasOf(lease)).getProperties(),
    ])
      expect((await azureRefusal(refused)).status).toBe(403)
  })

  it('are signed with one key of the account, asked for once by many', async () => {
    await Promise.all(Array.from({ length: 20 }, () => opened('data/', ['read'], changes)))
    expect(operations().filter((line) => line.includes('GetUserDelegationKey'))).toHaveLength(1)
  })
})

describe('a lease of a folder', () => {
  it.each([
    ['with a signature that it says does not hold', { status: 403, code: 'AuthenticationFailed' }],
    ['with its version', { status: 400, code: 'InvalidQueryParameterValue' }],
  ])('reaches the whole container where the account refuses a SAS for a directory %s, and says so', async (_how, answer) => {
    const azure = cloudWith(({ url }) => (url.searchParams.get('sr') === 'd' ? answer : undefined))
    const { store, lease } = await opened('data/', ALL, {}, azure)
    expect(lease).toMatchObject({ narrowed: false, reach: expect.stringContaining(`the whole container ${CONTAINER}`) })
    expect(parseSas(sasOf(lease))).toMatchObject({ ok: true, sas: { resource: 'c' } })
    expect((await store.listPage({ prefix: 'data/' }, never)).objects).toHaveLength(2)
  })

  it('fails where the try fails for another cause, and is tried again', async () => {
    let broken = true
    const azure = cloudWith(({ url }) =>
      broken && url.searchParams.get('sr') === 'd' ? { status: 403, code: 'AuthorizationFailure' } : undefined,
    )
    await expect(opened('data/', ALL, {}, azure)).rejects.toThrowError(reason('azure.network.refused'))
    broken = false
    expect((await opened('data/', ALL, {}, azure)).lease.narrowed).toBe(true)
  })

  it('works the same in an account with a hierarchical namespace', async () => {
    await world.close()
    await begin({ hierarchical: true })
    const { store, lease } = await opened('data/')
    expect(lease.narrowed).toBe(true)
    expect((await store.listPage({ prefix: 'data/' }, never)).objects.map(({ key }) => key)).toEqual(['data/one', 'data/two'])
    await expect(store.get('data-2/one', {}, never)).rejects.toMatchObject({ code: 'denied' })
  })
})

describe('a refused lease', () => {
  const credential = (change: { readonly issuer?: string; readonly subject?: string; readonly audiences?: readonly string[] }) => {
    const { clientId } = world.application
    world.lab.azure.putFederatedCredential(clientId, { name: 'sluice', issuer: ISSUER, subject: 'x', audiences: [AUDIENCE], ...change })
  }

  it.each<[string, () => void, string]>([
    ['whose subject nobody trusts', () => credential({ subject: 'somebody' }), 'AADSTS700213'],
    ['of an issuer that nobody trusts', () => credential({ issuer: `${ISSUER}/` }), 'AADSTS700211'],
  ])('by a token %s says why, and the token stays untold', async (_how, change, code) => {
    change()
    const error: unknown = await opened('data/').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'denied', provider: { code: expect.stringContaining(code) } })
    expect(JSON.stringify(error) + String(error)).not.toContain('eyJ')
  })

  it('tells an application that is gone, and one that is not known yet', async () => {
    world.lab.azure.deleteApplication(world.application.clientId)
    await expect(opened('data/')).rejects.toThrowError(reason('azure.trust.application'))
    await expect(opened('data/', ALL, { auth: { method: 'federation', fields: { tenantId: TENANT } } })).rejects.toThrowError(
      reason('azure.identity.absent'),
    )
  })

  it('tells a role that is missing', async () => {
    for (const { name } of world.lab.azure.roleAssignments()) world.lab.azure.removeRole(name)
    await expect(opened('data/')).rejects.toThrowError(reason('azure.delegation.refused'))
  })

  it('names another account than its credential’s before anybody is asked', async () => {
    const auth = { method: 'federation', fields: { ...azureConnection(world).auth.fields, accountName: 'other' } }
    await expect(opened('data/', ALL, { auth })).rejects.toThrowError(reason('azure.account.other'))
    expect(operations()).toEqual([])
  })

  it('is one without an issuer, and without a managed identity', async () => {
    const { issuer: _, ...deps } = world.deps
    const bare = createClouds({ ...deps, platformCredentials: {} }).find(({ id }) => id === 'azure') ?? world.azure
    await expect(opened('data/', ALL, {}, bare)).rejects.toThrowError(reason('azure.identity.no_issuer'))
    await expect(opened('data/', ALL, MANAGED, bare)).rejects.toThrowError(reason('azure.identity.none'))
  })
})

describe('a SAS or key of the customer’s', () => {
  const stored = (method: string, fields: { readonly [name: string]: string }, path: string, access: readonly Access[] = ALL) => {
    const { auth, secret } = world.azure.parseAuth(method, fields, world.context())
    return openWithLease(world.azure, azureConnection(world, { auth }), place(path), access, secret ?? {})
  }

  it('is used as it is, which its lease says', async () => {
    const sas = await stored('sas', { sasToken: accountSas(world) }, 'data/')
    expect(sas.lease).toMatchObject({ narrowed: false, reach: expect.stringContaining('every container'), secret: { kind: 'stored' } })
    const key = await stored('account-key', { accountName: ACCOUNT, accountKey: world.accountKey }, 'data/')
    expect(key.lease).toMatchObject({ narrowed: false, reach: expect.stringContaining('everything'), expiresAt: Infinity })
    for (const { store } of [sas, key]) expect((await store.get('data/one', {}, never)).length).toBe(8)
  })

  it.each([
    ['a letter', 'rl', 'azure.denied'],
    ['nothing', 'rwdl', undefined],
  ])('that lacks %s is told by Azure', async (_what, letters, expected) => {
    const { store } = await stored('sas', { sasToken: accountSas(world, letters) }, 'data/')
    const put = store.put('data/x', bytes('x'), {}, never)
    if (expected === undefined) await put
    else await expect(put).rejects.toThrowError(reason(expected))
  })

  it('that was rotated is refused, and never told', async () => {
    const key = world.accountKey
    const sas = accountSas(world)
    world.lab.azure.rotateAccountKey(ACCOUNT, 0)
    for (const { store } of [
      await stored('account-key', { accountName: ACCOUNT, accountKey: key }, 'data/'),
      await stored('sas', { sasToken: sas }, 'data/'),
    ]) {
      const error: unknown = await store.get('data/one', {}, never).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ reason: 'azure.credential.rejected' })
      expect(JSON.stringify(error) + String(error)).not.toContain(key)
      expect(JSON.stringify(error) + String(error)).not.toMatch(/sig=(?!REDACTED|…)/)
    }
  })
})

describe('errors', () => {
  it('tell a container that is missing from a blob that is', async () => {
    const { store } = await opened('')
    await expect(store.get('missing', {}, never)).rejects.toThrowError(reason('object.missing'))
    await expect(store.head('missing', {}, never)).rejects.toThrowError(reason('object.missing'))
    world.lab.azure.deleteContainer(ACCOUNT, CONTAINER)
    await expect(store.get('data/one', {}, never)).rejects.toThrowError(reason('bucket.missing'))
    await expect(store.listPage({ prefix: '' }, never)).rejects.toThrowError(reason('bucket.missing'))
  })

  it.each<[string, () => void, string]>([
    [
      'a firewall',
      () => world.lab.azure.configureStorageAccount(ACCOUNT, { firewall: { defaultAction: 'Deny' } }),
      'azure.network.refused',
    ],
    ['an account that is disabled', () => world.lab.azure.configureStorageAccount(ACCOUNT, { disabled: true }), 'azure.account.disabled'],
    ['delegation keys that were revoked', () => world.lab.azure.revokeUserDelegationKeys(ACCOUNT), 'azure.credential.rejected'],
  ])('tell %s', async (_what, change, expected) => {
    const { store } = await opened('data/')
    change()
    await expect(store.get('data/one', {}, never)).rejects.toThrowError(reason(expected))
  })

  it('tell a blob in the archive, and one that may not be changed', async () => {
    world.lab.azure.putBlob(ACCOUNT, CONTAINER, 'data/cold', { body: 'x', tier: 'Archive' })
    const { store } = await opened('data/')
    await expect(store.get('data/cold', {}, never)).rejects.toThrowError(reason('azure.archived'))
    world.lab.azure.configureContainer(ACCOUNT, CONTAINER, { immutable: { legalHold: true } })
    await expect(store.delete('data/one', {}, never)).rejects.toThrowError(reason('azure.immutable'))
  })
})

describe('faults', () => {
  it.each([
    ['503 ServerBusy', { kind: 'error', status: 503, code: 'ServerBusy' }],
    ['500 InternalError', { kind: 'error', status: 500, code: 'InternalError' }],
    ['a reset', { kind: 'reset' }],
  ] as const)('that pass (%s) are waited out', async (_, effect) => {
    const { store } = await opened('data/')
    world.lab.faults.add({ operation: 'azure.ListBlobs', effect, times: 3 })
    expect((await store.listPage({ prefix: 'data/' }, never)).objects).toHaveLength(2)
  })

  it('of Entra and of the delegation key are waited out too', async () => {
    for (const operation of ['azure.GetToken', 'azure.GetUserDelegationKey'])
      world.lab.faults.add({ operation, effect: { kind: 'error', status: 503, code: 'ServerBusy' }, times: 1 })
    expect((await opened('data/', ['read'])).lease.narrowed).toBe(true)
  })

  it('that stay end as unavailable after four tries', async () => {
    const { store } = await opened('data/')
    world.lab.requests.clear()
    world.lab.faults.add({ operation: 'azure.GetBlob', effect: { kind: 'error', status: 503, code: 'ServerBusy' } })
    await expect(store.get('data/one', {}, never)).rejects.toMatchObject({ code: 'unavailable', retry: 'exhausted' })
    expect(operations()).toEqual(Array<string>(4).fill('azure.GetBlob 503'))
  })

  it('that are refusals are not repeated', async () => {
    const { store } = await opened('data/')
    world.lab.requests.clear()
    await expect(store.get('data-2/one', {}, never)).rejects.toMatchObject({ code: 'denied' })
    expect(operations()).toHaveLength(1)
  })

  it('that cut a body are healed: every byte comes once', async () => {
    const body = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251)
    world.lab.azure.putBlob(ACCOUNT, CONTAINER, 'data/large', { body })
    const { store } = await opened('data/')
    world.lab.faults.add({ operation: 'azure.GetBlob', effect: { kind: 'truncate', afterBytes: 70_000 } })
    const bucket = new Bucket(store, place('data/'))
    expect(Buffer.from((await bucket.readAll('data/large', { maxBytes: 1_000_000 }, never)).bytes).equals(body)).toBe(true)
    const part = await bucket.readAll('data/large', { maxBytes: 1_000_000, range: { suffix: 200_000 } }, never)
    expect(Buffer.from(part.bytes).equals(body.subarray(100_000))).toBe(true)
  })

  it('that end an upload leave no blob behind', async () => {
    const { store } = await opened('data/')
    world.lab.faults.add({ operation: 'azure.PutBlock', effect: { kind: 'error', status: 403, code: 'AuthorizationPermissionMismatch' } })
    const parts = (async function* () {
      for (let part = 0; part < 3; part++) yield new Uint8Array(5 * 1024 * 1024)
    })()
    await expect(new Bucket(store, place('data/')).putStream('data/failed', parts, {}, never)).rejects.toThrowError(reason('azure.denied'))
    expect(world.lab.azure.listBlobNames(ACCOUNT, CONTAINER, 'data/failed')).toEqual([])
  })
})

describe('writes', () => {
  it('are refused by Azure where a byte was changed on the way', async () => {
    const azure = cloudWith(() => undefined, {
      transport: (request, signal) => {
        const { body } = request
        if (request.operation !== 'azure.PutBlob' || !(body instanceof Uint8Array)) return world.transport(request, signal)
        return world.transport({ ...request, body: body.map((byte, index) => (index === 0 ? byte ^ 1 : byte)) }, signal)
      },
    })
    const { store } = await opened('data/', ALL, {}, azure)
    const error: unknown = await store.put('data/x', bytes('hello'), {}, never).catch((thrown: unknown) => thrown)
    expect(isAccessError(error) && error.provider?.code).toBe('Md5Mismatch')
    expect(world.lab.azure.listBlobNames(ACCOUNT, CONTAINER, 'data/x')).toEqual([])
  })

  it('keep the tier that is set', async () => {
    const { store } = await opened('data/', ALL, { settings: { storageClass: 'Cool' } })
    await store.put('data/cool', bytes('x'), {}, never)
    expect(await store.head('data/cool', {}, never)).toMatchObject({ storageClass: 'Cool' })
  })
})
