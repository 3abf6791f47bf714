import { createHmac } from 'node:crypto'
import { BlobSASPermissions, generateBlobSASQueryParameters, StorageSharedKeyCredential, type ContainerClient } from '@azure/storage-blob'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { azureRefusal, blobService, blobText } from './azure-client.ts'
import { ACCOUNT, CONTAINER, startAzure, type AzureWorld } from './azure-world.ts'

const TREE = 'laketree'
const HOST = `${TREE}.blob.core.windows.net`

let world: AzureWorld
let tree: ContainerClient
let key: StorageSharedKeyCredential
beforeEach(async () => {
  world = await startAzure()
  const { azure } = world.lab
  azure.createStorageAccount({ name: TREE, hierarchical: true })
  azure.createContainer(TREE, CONTAINER)
  key = new StorageSharedKeyCredential(TREE, azure.accountKeys(TREE)[0])
  tree = blobService(world.lab, HOST, key).getContainerClient(CONTAINER)
  for (const name of ['a/b/1', 'a/b/2', 'a/c', 'a-b/x', 'd']) azure.putBlob(TREE, CONTAINER, name, { body: name })
})
afterEach(() => world.lab.close())

async function flat(container: ContainerClient, prefix?: string): Promise<readonly string[]> {
  const names: string[] = []
  for await (const { name } of container.listBlobsFlat(prefix === undefined ? {} : { prefix })) names.push(name)
  return names
}

async function folders(container: ContainerClient, prefix = '', maxPageSize = 100): Promise<readonly string[]> {
  const found: string[] = []
  for await (const { segment } of container.listBlobsByHierarchy('/', { prefix }).byPage({ maxPageSize }))
    found.push(...(segment.blobPrefixes ?? []).map(({ name }) => name), ...segment.blobItems.map(({ name }) => name))
  return found
}

describe('an account with a hierarchical namespace', () => {
  it('says that it is one', async () => {
    expect(await blobService(world.lab, HOST, key).getAccountInfo()).toMatchObject({ isHierarchicalNamespaceEnabled: true })
  })

  it('makes directories of the paths of blobs, and lists them', async () => {
    expect(await flat(tree)).toEqual(['a', 'a-b', 'a-b/x', 'a/b', 'a/b/1', 'a/b/2', 'a/c', 'd'])
    expect((await tree.getBlobClient('a/b').getProperties()).metadata).toEqual({ hdi_isfolder: 'true' })
    expect(world.lab.azure.listBlobNames(TREE, CONTAINER)).toEqual(['a-b/x', 'a/b/1', 'a/b/2', 'a/c', 'd'])
  })

  it.each([1, 2, 100])('shows them as folders, in pages of %i', async (pageSize) => {
    expect((await folders(tree, '', pageSize)).toSorted()).toEqual(['a-b/', 'a/', 'd'])
    expect((await folders(tree, 'a/', pageSize)).toSorted()).toEqual(['a/b/', 'a/c'])
  })

  it('keeps a directory that nothing lies in any more, and takes away none that something lies in', async () => {
    expect(await azureRefusal(tree.getBlobClient('a').delete())).toMatchObject({ status: 409, code: 'DirectoryIsNotEmpty' })
    await tree.getBlobClient('a-b/x').delete()
    expect((await folders(tree)).toSorted()).toEqual(['a-b/', 'a/', 'd'])
    await tree.getBlobClient('a-b').delete()
    expect((await folders(tree)).toSorted()).toEqual(['a/', 'd'])
  })

  it('has no blob below a blob', async () => {
    expect(await azureRefusal(tree.getBlockBlobClient('d/x').upload('x', 1))).toMatchObject({ status: 409 })
  })
})

describe('a SAS of a directory', () => {
  const directorySas = (blobName: string, permissions = 'rw', version = '2025-11-05', credential = key) =>
    generateBlobSASQueryParameters(
      {
        containerName: CONTAINER,
        blobName,
        isDirectory: true,
        permissions: BlobSASPermissions.parse(permissions),
        expiresOn: new Date(Date.now() + 3600_000),
        version,
      },
      credential,
    ).toString()
  // Azure's client signs no letter l for a directory, though the service takes it: signed by the documentation's words.
  function listingSas(directory: string): string {
    const [expiry, version] = ['2099-01-01T00:00:00Z', '2025-11-05']
    const resource = `/blob/${TREE}/${CONTAINER}/${directory}`
    const text = ['l', '', expiry, resource, '', '', '', version, 'd', '', '', '', '', '', '', ''].join('\n')
    const signature = createHmac('sha256', Buffer.from(world.lab.azure.accountKeys(TREE)[1], 'base64'))
      .update(text)
      .digest('base64')
    const depth = directory.split('/').length
    return `sv=${version}&se=${expiry}&sr=d&sdd=${depth}&sp=l&sig=${encodeURIComponent(signature)}`
  }
  const at = (sas: string, host = HOST) => blobService(world.lab, host, sas).getContainerClient(CONTAINER)

  it.each(['2020-02-10', '2020-12-06', '2025-11-05', '2026-10-06'])('of version %s reaches what lies in it', async (version) => {
    const inside = at(directorySas('a/b', 'rw', version))
    expect(await blobText(inside.getBlobClient('a/b/1'))).toBe('a/b/1')
    await inside.getBlockBlobClient('a/b/c/d/new').upload('x', 1)
    expect(await azureRefusal(inside.getBlobClient('a/c').download())).toMatchObject({ status: 403, code: 'AuthenticationFailed' })
    expect(await azureRefusal(inside.getBlobClient('d').download())).toMatchObject({ detail: 'Signed Directory Depth Invalid' })
    expect(await azureRefusal(inside.getBlobClient('a/b2/1').download())).toMatchObject({ status: 403, code: 'AuthenticationFailed' })
  })

  it('lists what lies in it, where the prefix lies in it', async () => {
    world.lab.azure.putBlob(TREE, CONTAINER, 'a/b2', { body: 'x' })
    const inside = at(listingSas('a/b'))
    expect(await flat(inside, 'a/b/')).toEqual(['a/b/1', 'a/b/2'])
    expect(await flat(inside, 'a/b')).toEqual(['a/b', 'a/b/1', 'a/b/2'])
    expect(await folders(inside, 'a/b/')).toEqual(['a/b/1', 'a/b/2'])
    for (const prefix of [undefined, 'a', 'a/'])
      expect(await azureRefusal(flat(inside, prefix))).toMatchObject({ status: 403, detail: 'Signed Directory Depth Invalid' })
    expect(await azureRefusal(flat(inside, 'a/c/'))).toMatchObject({ status: 403, code: 'AuthenticationFailed' })
  })

  it('on an account without such directories is of no use before version 2026-06-06', async () => {
    world.lab.azure.putBlob(ACCOUNT, CONTAINER, 'a/b', { body: 'x' })
    const host = `${ACCOUNT}.blob.core.windows.net`
    const old = at(directorySas('a', 'r', '2025-11-05', world.key), host)
    expect(await azureRefusal(old.getBlobClient('a/b').download())).toMatchObject({ status: 403, code: 'AuthenticationFailed' })
    const recent = at(directorySas('a', 'r', '2026-06-06', world.key), host)
    expect(await blobText(recent.getBlobClient('a/b'))).toBe('x')
  })
})

describe('versioning', () => {
  beforeEach(() => world.lab.azure.configureStorageAccount(ACCOUNT, { versioning: true }))
  const versions = async () => {
    const found: (readonly [string, boolean])[] = []
    for await (const { versionId, isCurrentVersion } of world.container.listBlobsFlat({ includeVersions: true }))
      found.push([versionId ?? '', isCurrentVersion === true])
    return found
  }

  it('keeps what is overwritten and what is deleted', async () => {
    const blob = world.container.getBlockBlobClient('k')
    const first = await blob.upload('one', 3)
    const second = await blob.upload('two', 3)
    expect(first.versionId).not.toBe(second.versionId)
    expect(await versions()).toEqual([
      [first.versionId, false],
      [second.versionId, true],
    ])
    expect(await blobText(blob.withVersion(first.versionId ?? ''))).toBe('one')
    await blob.delete()
    expect(await blob.exists()).toBe(false)
    expect(await blobText(blob.withVersion(second.versionId ?? ''))).toBe('two')
    await blob.withVersion(first.versionId ?? '').delete()
    expect(await versions()).toEqual([[second.versionId, false]])
  })

  it('asks for a letter of its own to delete a version', async () => {
    const blob = world.container.getBlockBlobClient('k')
    const { versionId = '' } = await blob.upload('one', 3)
    await blob.upload('two', 3)
    const sas = (permissions: string) =>
      generateBlobSASQueryParameters(
        {
          containerName: CONTAINER,
          blobName: 'k',
          permissions: BlobSASPermissions.parse(permissions),
          expiresOn: new Date(Date.now() + 3600_000),
        },
        world.key,
      ).toString()
    const version = (permissions: string) =>
      blobService(world.lab, `${ACCOUNT}.blob.core.windows.net`, sas(permissions))
        .getContainerClient(CONTAINER)
        .getBlobClient('k')
        .withVersion(versionId)
    expect(await azureRefusal(version('d').delete())).toMatchObject({ status: 403, code: 'AuthorizationPermissionMismatch' })
    await version('x').delete()
  })
})

describe('immutability', () => {
  it('by policy lets blobs be made, not changed or deleted', async () => {
    const blob = world.container.getBlockBlobClient('k')
    world.lab.azure.configureContainer(ACCOUNT, CONTAINER, { immutable: { until: Date.now() + 3600_000 } })
    await blob.upload('one', 3)
    const refused = { status: 409, code: 'BlobImmutableDueToPolicy' }
    expect(await azureRefusal(blob.upload('two', 3))).toMatchObject(refused)
    expect(await azureRefusal(blob.delete())).toMatchObject(refused)
    expect(await azureRefusal(blob.setMetadata({ a: 'b' }))).toMatchObject(refused)
    expect(await world.container.getProperties()).toMatchObject({ hasImmutabilityPolicy: true, hasLegalHold: false })
    world.lab.azure.configureContainer(ACCOUNT, CONTAINER, { immutable: { until: Date.now() - 1 } })
    await blob.delete()
  })

  it('by legal hold lasts until it is lifted', async () => {
    const blob = world.container.getBlockBlobClient('k')
    await blob.upload('one', 3)
    world.lab.azure.configureContainer(ACCOUNT, CONTAINER, { immutable: { legalHold: true } })
    expect(await azureRefusal(blob.delete())).toMatchObject({ status: 409, code: 'BlobImmutableDueToLegalHold' })
    world.lab.azure.configureContainer(ACCOUNT, CONTAINER, { immutable: null })
    await blob.delete()
  })
})

it('keeps what is archived from being read', async () => {
  world.lab.azure.putBlob(ACCOUNT, CONTAINER, 'old', { body: 'x', tier: 'Archive' })
  expect(await azureRefusal(world.container.getBlobClient('old').download())).toMatchObject({ status: 409, code: 'BlobArchived' })
  expect((await world.container.getBlobClient('old').getProperties()).accessTier).toBe('Archive')
})

it('has no host for an account that is not there', async () => {
  const nobody = blobService(world.lab, 'nobody.blob.core.windows.net', new StorageSharedKeyCredential('nobody', 'AAAA'))
  await expect(nobody.getContainerClient('c').getProperties()).rejects.toThrow(/socket hang up|ECONNRESET/)
})
