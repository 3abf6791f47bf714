import { createHash, randomBytes } from 'node:crypto'
import type { ContainerClient, ContainerListBlobFlatSegmentResponse } from '@azure/storage-blob'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { azureRefusal } from './azure-client.ts'
import { ACCOUNT, CONTAINER, startAzure, type AzureWorld } from './azure-world.ts'

let world: AzureWorld
let container: ContainerClient
beforeEach(async () => {
  world = await startAzure()
  container = world.container
})
afterEach(() => world.lab.close())

const put = (name: string, body: string | Uint8Array = 'x', options = {}) =>
  container.getBlockBlobClient(name).upload(body, Buffer.byteLength(body), options)
const text = async (name: string) => (await container.getBlobClient(name).downloadToBuffer()).toString()
const fill = (...names: readonly string[]) => names.forEach((name) => world.lab.azure.putBlob(ACCOUNT, CONTAINER, name, { body: 'x' }))

describe('blobs', () => {
  it('come back with what was stored with them', async () => {
    await put('k', 'hello', {
      blobHTTPHeaders: { blobContentType: 'text/plain', blobCacheControl: 'no-store' },
      metadata: { author: 'me' },
      tier: 'Cool',
    })
    expect(await container.getBlobClient('k').getProperties()).toMatchObject({
      contentLength: 5,
      contentType: 'text/plain',
      cacheControl: 'no-store',
      metadata: { author: 'me' },
      accessTier: 'Cool',
      blobType: 'BlockBlob',
      isServerEncrypted: true,
      contentMD5: createHash('md5').update('hello').digest(),
    })
    expect(await text('k')).toBe('hello')
  })

  it.each(['a b', 'ü/é.csv', '100%', 'a+b', 'q?x#y', 'a//b', '~tilde', "quote'(1)!*", 'emoji 🦆', 'back\\slash'])(
    'are found again under the name %s',
    async (name) => {
      await put(name, name)
      expect(await text(name)).toBe(name)
      expect(world.lab.azure.listBlobNames(ACCOUNT, CONTAINER)).toEqual([name])
    },
  )

  it.each([
    [0, 1, '0', 'bytes 0-0/10'],
    [2, 3, '234', 'bytes 2-4/10'],
    [7, undefined, '789', 'bytes 7-9/10'],
    [7, 99, '789', 'bytes 7-9/10'],
  ])('answer a range from %i, %s bytes', async (offset, count, expected, range) => {
    await put('k', '0123456789')
    const answer = await container.getBlobClient('k').download(offset, count)
    expect(answer.contentRange).toBe(range)
    const chunks: Buffer[] = []
    for await (const chunk of answer.readableStreamBody ?? []) chunks.push(Buffer.from(chunk))
    expect(Buffer.concat(chunks).toString()).toBe(expected)
  })

  it('have no bytes beyond their end', async () => {
    await put('k', '0123456789')
    expect(await azureRefusal(container.getBlobClient('k').download(10, 1))).toMatchObject({ status: 416, code: 'InvalidRange' })
  })

  it('are refused when they arrive other than they were sent', async () => {
    const wrong = createHash('md5').update('other').digest()
    const call = container.getBlockBlobClient('k').upload('hello', 5, { blobHTTPHeaders: { blobContentMD5: wrong } })
    await expect(call).resolves.toBeDefined()
    const block = container
      .getBlockBlobClient('k')
      .stageBlock(Buffer.from('1').toString('base64'), 'hello', 5, { transactionalContentMD5: wrong })
    expect(await azureRefusal(block)).toMatchObject({ status: 400, code: 'Md5Mismatch' })
  })

  it('say that they are not there', async () => {
    expect(await azureRefusal(container.getBlobClient('none').download())).toMatchObject({ status: 404, code: 'BlobNotFound' })
    expect(await azureRefusal(container.getBlobClient('none').getProperties())).toMatchObject({ status: 404 })
    expect(await azureRefusal(container.getBlobClient('none').delete())).toMatchObject({ status: 404, code: 'BlobNotFound' })
    const missing = world.service.getContainerClient('missing')
    expect(await azureRefusal(missing.getBlobClient('k').download())).toMatchObject({ status: 404, code: 'ContainerNotFound' })
  })

  it('keep metadata whose names are signed in an order of their own', async () => {
    const metadata = { a: '1', a1: '2', aa: '3', a_b: '4', ab: '5', b_1: '6', b1: '7', b_a: '8' }
    await put('k', 'x', { metadata })
    expect((await container.getBlobClient('k').getProperties()).metadata).toEqual(metadata)
  })

  it('are deleted', async () => {
    await put('k')
    await container.getBlobClient('k').delete()
    expect(await container.getBlobClient('k').exists()).toBe(false)
  })
})

describe('conditions', () => {
  it('keep two writers from each other', async () => {
    const { etag = '' } = await put('k', 'one', { conditions: { ifNoneMatch: '*' } })
    expect(await azureRefusal(put('k', 'two', { conditions: { ifNoneMatch: '*' } }))).toMatchObject({
      status: 409,
      code: 'BlobAlreadyExists',
    })
    await put('k', 'two', { conditions: { ifMatch: etag } })
    expect(await azureRefusal(put('k', 'three', { conditions: { ifMatch: etag } }))).toMatchObject({ status: 412, code: 'ConditionNotMet' })
    expect(await text('k')).toBe('two')
  })

  it('keep a reader from another version than the one begun with', async () => {
    const { etag = '' } = await put('k', 'one')
    await put('k', 'two')
    const blob = container.getBlobClient('k')
    expect(await azureRefusal(blob.download(0, 1, { conditions: { ifMatch: etag } }))).toMatchObject({
      status: 412,
      code: 'ConditionNotMet',
    })
    expect(await azureRefusal(blob.delete({ conditions: { ifMatch: etag } }))).toMatchObject({ status: 412, code: 'ConditionNotMet' })
  })

  it('save a reader what it has already', async () => {
    const { etag = '' } = await put('k', 'one')
    expect(await azureRefusal(container.getBlobClient('k').getProperties({ conditions: { ifNoneMatch: etag } }))).toMatchObject({
      status: 304,
    })
  })
})

describe('blocks', () => {
  const id = (number: number) => Buffer.from(String(number).padStart(6, '0')).toString('base64')

  it('become a blob when they are committed, in the order of the list', async () => {
    const blob = container.getBlockBlobClient('big')
    await blob.stageBlock(id(2), 'world', 5)
    await blob.stageBlock(id(1), 'hello ', 6)
    expect(await blob.exists()).toBe(false)
    expect((await container.listBlobsFlat().next()).done).toBe(true)
    expect((await container.listBlobsFlat({ includeUncommitedBlobs: true }).next()).value).toMatchObject({ name: 'big' })
    expect((await blob.getBlockList('all')).uncommittedBlocks?.map(({ size }) => size)).toEqual([5, 6])
    await blob.commitBlockList([id(1), id(2)])
    expect(await text('big')).toBe('hello world')
    expect((await blob.getBlockList('committed')).committedBlocks).toEqual([
      { name: id(1), size: 6 },
      { name: id(2), size: 5 },
    ])
    expect(world.lab.azure.uncommittedBlobs(ACCOUNT, CONTAINER)).toEqual([])
  })

  it('must have been put before they are committed', async () => {
    const blob = container.getBlockBlobClient('big')
    await blob.stageBlock(id(1), 'x', 1)
    expect(await azureRefusal(blob.commitBlockList([id(1), id(2)]))).toMatchObject({ status: 400, code: 'InvalidBlockList' })
  })

  it('have ids of one length', async () => {
    const blob = container.getBlockBlobClient('big')
    await blob.stageBlock(id(1), 'x', 1)
    const other = Buffer.from('another').toString('base64')
    expect(await azureRefusal(blob.stageBlock(other, 'x', 1))).toMatchObject({ status: 400, code: 'InvalidBlobOrBlock' })
  })

  it('carry what the client uploads in parallel', async () => {
    const bytes = randomBytes(9 * 1024 * 1024)
    await container.getBlockBlobClient('big').uploadData(bytes, { blockSize: 1024 * 1024, maxSingleShotSize: 1024 })
    expect(world.lab.requests.entries().filter(({ operation }) => operation === 'azure.PutBlock')).toHaveLength(9)
    expect((await container.getBlobClient('big').downloadToBuffer(0, undefined, { blockSize: 1024 * 1024 })).equals(bytes)).toBe(true)
  })
})

describe('listings', () => {
  const names = async (options = {}) => {
    const found: string[] = []
    for await (const item of container.listBlobsFlat(options)) found.push(item.name)
    return found
  }

  it('are in order and go by prefix', async () => {
    fill('b', 'a', 'dir/2', 'dir/1', 'Z', 'ü', 'dir')
    expect(await names()).toEqual(['Z', 'a', 'b', 'dir', 'dir/1', 'dir/2', 'ü'])
    expect(await names({ prefix: 'dir/' })).toEqual(['dir/1', 'dir/2'])
  })

  it('come in pages that lose and repeat nothing', async () => {
    const all = Array.from({ length: 23 }, (_, index) => `k${String(index).padStart(2, '0')}`)
    fill(...all)
    const pages: (readonly string[])[] = []
    const iterator = container.listBlobsFlat().byPage({ maxPageSize: 5 })
    for await (const page of iterator as AsyncIterable<ContainerListBlobFlatSegmentResponse>)
      pages.push(page.segment.blobItems.map(({ name }) => name))
    expect(pages.map((page) => page.length)).toEqual([5, 5, 5, 5, 3])
    expect(pages.flat()).toEqual(all)
  })

  it('show folders where they are asked to', async () => {
    fill('a', 'd/1', 'd/2', 'd/e/1', 'f')
    const found: string[] = []
    for await (const item of container.listBlobsByHierarchy('/')) found.push(`${item.kind} ${item.name}`)
    expect(found.toSorted()).toEqual(['blob a', 'blob f', 'prefix d/'])
  })

  it('carry names that XML cannot', async () => {
    fill('a\u0001b', 'a&b<c>')
    expect(await names()).toEqual(['a\u0001b', 'a&b<c>'])
  })

  it('show metadata and properties', async () => {
    await put('k', 'hello', { metadata: { author: 'me' } })
    for await (const item of container.listBlobsFlat({ includeMetadata: true })) {
      expect(item.metadata).toEqual({ author: 'me' })
      expect(item.properties).toMatchObject({ contentLength: 5, blobType: 'BlockBlob', accessTier: 'Hot' })
      expect(item.properties.etag).toBe((await container.getBlobClient('k').getProperties()).etag?.replaceAll('"', ''))
    }
  })
})

describe('containers', () => {
  it('are made, described, listed and removed', async () => {
    const made = world.service.getContainerClient('made')
    await made.create({ metadata: { team: 'data' } })
    expect(await azureRefusal(made.create())).toMatchObject({ status: 409, code: 'ContainerAlreadyExists' })
    expect(await made.getProperties()).toMatchObject({ metadata: { team: 'data' }, hasLegalHold: false })
    const found: string[] = []
    for await (const item of world.service.listContainers()) found.push(item.name)
    expect(found).toEqual(['landing', 'made'])
    await made.delete()
    expect(await azureRefusal(made.getProperties())).toMatchObject({ status: 404 })
    expect(await azureRefusal(world.service.getContainerClient('Bad_Name').create())).toMatchObject({
      status: 400,
      code: 'InvalidResourceName',
    })
  })

  it('lie in an account that says what it is', async () => {
    expect(await world.service.getAccountInfo()).toMatchObject({ isHierarchicalNamespaceEnabled: false, accountKind: 'StorageV2' })
  })
})

it('names what it does not implement', async () => {
  expect(await azureRefusal(container.getAppendBlobClient('log').create())).toMatchObject({ status: 501, code: 'NotImplemented' })
  fill('k')
  expect(await azureRefusal(container.getBlobClient('k').createSnapshot())).toMatchObject({ status: 501, code: 'NotImplemented' })
})
