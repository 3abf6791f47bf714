import {
  AccountSASPermissions,
  BlobSASPermissions,
  type BlobSASSignatureValues,
  type BlobServiceClient,
  type ContainerClient,
  ContainerSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import { startLab } from '@sluice/lab'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAzurite } from '../packages/clouds/test/support/azurite.ts'
import { azureRefusal, blobService, blobText } from '../packages/lab/test/azure-client.ts'

const ACCOUNT = 'lakedata'
const HOST = `${ACCOUNT}.blob.core.windows.net`

/** One of the two stores: Azure's client with the account's key, and with a SAS. */
interface Store {
  readonly key: StorageSharedKeyCredential
  readonly service: BlobServiceClient
  withSas(sas: string): BlobServiceClient
  stop(): Promise<void>
}

let lab: Store
let azurite: Store
beforeAll(async () => {
  const own = await startLab()
  own.azure.createStorageAccount({ name: ACCOUNT })
  lab = storeAt(own.url, own.azure.accountKeys(ACCOUNT)[0], () => own.close())
  const other = await startAzurite(ACCOUNT)
  azurite = storeAt(other.url, other.key, () => other.stop())
})
afterAll(async () => {
  await lab.stop()
  await azurite.stop()
})

function storeAt(url: string, secret: string, stop: () => Promise<void>): Store {
  const key = new StorageSharedKeyCredential(ACCOUNT, secret)
  return { key, service: blobService({ url }, HOST, key), withSas: (sas) => blobService({ url }, HOST, sas), stop }
}

/** A container of a case's own, and how to look at it. */
interface Scene {
  readonly store: Store
  readonly container: ContainerClient
  /** The same container as somebody sees it who has a SAS alone. */
  seenWith(sas: string): ContainerClient
}

let scenes = 0

/** Does the same in both stores and gives what each said: a value, or how it refused. */
async function both(action: (scene: Scene) => Promise<unknown>): Promise<readonly [lab: unknown, azurite: unknown]> {
  scenes += 1
  const name = `scene-${scenes}`
  const outcome = async (store: Store): Promise<unknown> => {
    const container = store.service.getContainerClient(name)
    await container.create()
    return action({ store, container, seenWith: (sas) => store.withSas(sas).getContainerClient(name) })
  }
  return [await outcome(lab), await outcome(azurite)]
}

/** How a call is refused, or that it is not. */
async function verdict(call: () => Promise<unknown>): Promise<string> {
  let isDone = false
  const told = await azureRefusal(call().then(() => (isDone = true))).catch((error: unknown) => {
    if (!isDone) throw error
    return undefined
  })
  return told === undefined ? 'done' : `${told.status} ${told.code}`
}

const put = (container: ContainerClient, name: string, body = 'hello', options = {}) =>
  container.getBlockBlobClient(name).upload(body, Buffer.byteLength(body), options)
const names = async (container: ContainerClient, options = {}) => {
  const found: string[] = []
  for await (const { name } of container.listBlobsFlat(options)) found.push(name)
  return found
}
const id = (number: number) => Buffer.from(String(number).padStart(6, '0')).toString('base64')
const HOUR = 3600_000
const inAnHour = () => new Date(Date.now() + HOUR)

describe('the lab and Azurite say the same of blobs', () => {
  const cases: { readonly [what: string]: (scene: Scene) => Promise<unknown> } = {
    'what was stored': async ({ container }) => {
      await put(container, 'k', 'hello', {
        blobHTTPHeaders: { blobContentType: 'text/csv', blobContentDisposition: 'inline', blobContentEncoding: 'identity' },
        metadata: { author: 'me' },
        tier: 'Cool',
      })
      const { contentType, contentDisposition, contentEncoding, contentLength, metadata, accessTier, blobType, contentMD5 } =
        await container.getBlobClient('k').getProperties()
      return [
        contentType,
        contentDisposition,
        contentEncoding,
        contentLength,
        metadata,
        accessTier,
        blobType,
        Buffer.from(contentMD5 ?? []).toString('hex'),
      ]
    },
    'what is read': async ({ container }) => {
      await put(container, 'k', '0123456789')
      const blob = container.getBlobClient('k')
      const range = async (offset: number, count?: number) => {
        const answer = await blob.download(offset, count)
        const chunks: Buffer[] = []
        for await (const chunk of answer.readableStreamBody ?? []) chunks.push(Buffer.from(chunk))
        return [answer.contentRange, answer.contentLength, Buffer.concat(chunks).toString()]
      }
      return [
        await blobText(blob),
        await range(0, 1),
        await range(2, 3),
        await range(7),
        await range(7, 99),
        await verdict(() => blob.download(20, 1)),
      ]
    },
    'hostile names': async ({ container }) => {
      const hostile = [
        'a b',
        'ü/é.csv',
        '100%',
        'a+b',
        'q?x#y',
        "quote'(1)!*",
        'emoji 🦆',
        'a//b',
        'a&b<c>',
        '.hidden',
        'a=b;c,d',
        'tab\tinside',
      ]
      for (const name of hostile) await put(container, name, name)
      const texts = await Promise.all(hostile.map((name) => blobText(container.getBlobClient(name))))
      return [texts, await names(container)]
    },
    'what is not there': async ({ container, store }) => [
      await verdict(() => container.getBlobClient('none').download()),
      await verdict(() => container.getBlobClient('none').getProperties()),
      await verdict(() => container.getBlobClient('none').delete()),
      await verdict(() => store.service.getContainerClient('none').getProperties()),
      await verdict(() => store.service.getContainerClient('none').getBlobClient('k').download()),
      await verdict(() => names(store.service.getContainerClient('none'))),
      await verdict(() => put(store.service.getContainerClient('none'), 'k')),
    ],
    conditions: async ({ container }) => {
      const { etag: first = '' } = await put(container, 'k', 'one')
      const { etag: second = '' } = await put(container, 'k', 'two')
      const blob = container.getBlobClient('k')
      return [
        await verdict(() => put(container, 'k', 'x', { conditions: { ifNoneMatch: '*' } })),
        await verdict(() => put(container, 'new', 'x', { conditions: { ifNoneMatch: '*' } })),
        await verdict(() => put(container, 'k', 'x', { conditions: { ifMatch: first } })),
        await verdict(() => blob.download(0, undefined, { conditions: { ifMatch: first } })),
        await verdict(() => blob.download(0, undefined, { conditions: { ifMatch: second } })),
        await verdict(() => blob.download(0, undefined, { conditions: { ifNoneMatch: second } })),
        await verdict(() => blob.getProperties({ conditions: { ifUnmodifiedSince: new Date(0) } })),
        await verdict(() => blob.delete({ conditions: { ifMatch: first } })),
        await verdict(() => put(container, 'none', 'x', { conditions: { ifMatch: first } })),
        await verdict(() => blob.delete({ conditions: { ifMatch: second } })),
      ]
    },
    blocks: async ({ container }) => {
      const blob = container.getBlockBlobClient('big')
      await blob.stageBlock(id(2), 'world', 5)
      await blob.stageBlock(id(1), 'hello ', 6)
      const waiting = await blob.getBlockList('all')
      const missing = await verdict(() => blob.commitBlockList([id(1), id(3)]))
      const otherLength = await verdict(() => blob.stageBlock(Buffer.from('another').toString('base64'), 'x', 1))
      const hidden = await verdict(() => blob.getProperties())
      await blob.commitBlockList([id(1), id(2)], { blobHTTPHeaders: { blobContentType: 'text/plain' }, metadata: { a: 'b' } })
      const { contentType, metadata } = await blob.getProperties()
      const committed = await blob.getBlockList('committed')
      const listed = (list: readonly { readonly name: string; readonly size: number }[] | undefined) =>
        list?.map(({ name, size }) => [name, size])
      return [
        listed(waiting.committedBlocks),
        listed(waiting.uncommittedBlocks)?.toSorted(),
        missing,
        otherLength,
        hidden,
        contentType,
        metadata,
        listed(committed.committedBlocks),
        await blobText(blob),
      ]
    },
    listings: async ({ container }) => {
      for (const name of ['Z', 'a', 'b', 'd/1', 'd/2', 'd/e/1', 'd0', 'ü']) await put(container, name)
      const pages: (readonly string[])[] = []
      for await (const page of container.listBlobsFlat().byPage({ maxPageSize: 3 }))
        pages.push(page.segment.blobItems.map(({ name }) => name))
      const folders: (readonly string[])[] = []
      for await (const { segment } of container.listBlobsByHierarchy('/', { prefix: 'd/' }).byPage())
        folders.push([...(segment.blobPrefixes ?? []).map(({ name }) => name), ...segment.blobItems.map(({ name }) => name)])
      return [pages, folders, await names(container, { prefix: 'd' }), await names(container, { prefix: 'none' })]
    },
    'metadata and properties': async ({ container }) => {
      const { etag } = await put(container, 'k')
      const blob = container.getBlobClient('k')
      await blob.setMetadata({ a: 'b' })
      await blob.setHTTPHeaders({ blobContentType: 'text/plain' })
      const after = await blob.getProperties()
      return [after.metadata, after.contentType, after.etag === etag, await verdict(() => container.getBlobClient('none').setMetadata({}))]
    },
    containers: async ({ container, store }) => [
      await verdict(() => container.create()),
      (await container.getProperties()).hasLegalHold,
      await verdict(() => store.service.getContainerClient('UPPER').create()),
      await verdict(() => store.service.getContainerClient('ab').create()),
      await verdict(() => container.delete()),
      await verdict(() => container.getProperties()),
    ],
  }
  it.each(Object.keys(cases))('%s', async (what) => {
    const [ours, theirs] = await both(cases[what] ?? (async () => undefined))
    expect(ours).toEqual(theirs)
  })
})

describe('the lab and Azurite say the same of credentials', () => {
  const sasOf = ({ store, container }: Scene, more: Partial<BlobSASSignatureValues> = {}, key = store.key): string =>
    generateBlobSASQueryParameters(
      { containerName: container.containerName, permissions: ContainerSASPermissions.parse('rl'), expiresOn: inAnHour(), ...more },
      key,
    ).toString()
  const accountSas = ({ store }: Scene, more = {}): string =>
    generateAccountSASQueryParameters(
      { services: 'b', resourceTypes: 'co', permissions: AccountSASPermissions.parse('rwdlac'), expiresOn: inAnHour(), ...more },
      store.key,
    ).toString()

  /** What a SAS lets its holder do. */
  async function rights(scene: Scene, sas: string): Promise<readonly string[]> {
    await put(scene.container, 'dir/k')
    const seen = scene.seenWith(sas)
    const block = seen.getBlockBlobClient('blocks')
    return [
      await verdict(() => seen.getBlobClient('dir/k').download()),
      await verdict(() => seen.getBlobClient('dir/k').getProperties()),
      await verdict(() => names(seen)),
      await verdict(() => put(seen, 'dir/k')),
      await verdict(() => put(seen, 'fresh')),
      await verdict(() => block.stageBlock(id(1), 'x', 1)),
      await verdict(() => seen.getBlobClient('dir/k').delete()),
    ]
  }

  const letters = ['r', 'l', 'w', 'c', 'd', 'rl', 'rw', 'cw', 'rwdl', 'racwdl']
  const VERSIONS = ['2018-11-09', '2020-02-10', '2020-12-06', '2025-11-05']

  it.each(letters)('a container SAS with %s', async (permissions) => {
    const [ours, theirs] = await both((scene) => rights(scene, sasOf(scene, { permissions: ContainerSASPermissions.parse(permissions) })))
    expect(ours).toEqual(theirs)
  })

  it.each(letters)('an account SAS with %s', async (permissions) => {
    const [ours, theirs] = await both((scene) =>
      rights(scene, accountSas(scene, { permissions: AccountSASPermissions.parse(permissions) })),
    )
    expect(ours).toEqual(theirs)
  })

  it.each([{ services: 'q' }, { resourceTypes: 'o' }, { resourceTypes: 'c' }, { resourceTypes: 's' }])(
    'an account SAS of %o',
    async (more) => {
      const [ours, theirs] = await both((scene) => rights(scene, accountSas(scene, more)))
      expect(ours).toEqual(theirs)
    },
  )

  it.each(['r', 'w', 'rwd', 'c'])('a SAS of one blob with %s', async (permissions) => {
    const [ours, theirs] = await both((scene) =>
      rights(scene, sasOf(scene, { blobName: 'dir/k', permissions: BlobSASPermissions.parse(permissions) })),
    )
    expect(statuses(ours)).toEqual(statuses(theirs))
  })

  it.each(VERSIONS)('SAS of version %s', async (version) => {
    const [ours, theirs] = await both(async (scene) => [
      await rights(scene, sasOf(scene, { version })),
      await rights(scene, accountSas(scene, { version })),
    ])
    expect(ours).toEqual(theirs)
  })

  it('a stored access policy, and its end', async () => {
    const [ours, theirs] = await both(async (scene) => {
      await scene.container.setAccessPolicy(undefined, [
        { id: 'p', accessPolicy: { permissions: 'rl', expiresOn: inAnHour(), startsOn: new Date(0) } },
      ])
      const sas = generateBlobSASQueryParameters(
        { containerName: scene.container.containerName, identifier: 'p' },
        scene.store.key,
      ).toString()
      const before = await rights(scene, sas)
      await scene.container.setAccessPolicy(undefined, [])
      return [before, statuses(await rights(scene, sas))]
    })
    expect(ours).toEqual(theirs)
  })

  // Azurite words these refusals its own way: Azure, as the lab does, says AuthenticationFailed.
  const stranger = new StorageSharedKeyCredential(ACCOUNT, Buffer.alloc(64, 7).toString('base64'))
  const broken: { readonly [what: string]: (scene: Scene) => string } = {
    'is over': (scene) => sasOf(scene, { expiresOn: new Date(Date.now() - HOUR) }),
    'is yet to come': (scene) => sasOf(scene, { startsOn: inAnHour(), expiresOn: new Date(Date.now() + 2 * HOUR) }),
    'is for another container': (scene) => sasOf(scene, { containerName: 'other' }),
    'is signed with another key': (scene) => sasOf(scene, {}, stranger),
    'was widened': (scene) => sasOf(scene).replace('sp=rl', 'sp=racwdl'),
    'was prolonged': (scene) => sasOf(scene).replace(/se=[^&]+/, 'se=2099-01-01T00%3A00%3A00Z'),
  }
  it.each(Object.keys(broken))('a SAS that %s opens nothing', async (what) => {
    const [ours, theirs] = await both(async (scene) => statuses(await rights(scene, broken[what]?.(scene) ?? '')))
    expect(ours).toEqual(theirs)
    expect(ours).toEqual(Array.from({ length: 7 }, () => '403'))
  })

  it('a SAS for HTTPS does not open over HTTP: the lab takes the host for HTTPS, Azurite sees the connection', async () => {
    const [ours, theirs] = await both((scene) => rights(scene, sasOf(scene, { protocol: SASProtocol.Https })))
    expect(ours).toEqual(await both((scene) => rights(scene, sasOf(scene))).then(([lab]) => lab))
    expect(theirs).toEqual(Array.from({ length: 7 }, () => '403 AuthorizationProtocolMismatch'))
  })
})

/** Refusals without the word for them. */
function statuses(verdicts: unknown): unknown {
  return Array.isArray(verdicts) ? verdicts.map((one: string) => one.split(' ')[0]) : verdicts
}
