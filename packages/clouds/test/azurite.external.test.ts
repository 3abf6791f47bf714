import { ContainerSASPermissions, StorageSharedKeyCredential, generateBlobSASQueryParameters } from '@azure/storage-blob'
import { testObjectStore } from '@sluice/conformance'
import { Bucket, type Access, type Connection, type ObjectStore, accessError } from '@sluice/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { azureRefusal, blobService } from './support/azure-client.ts'
import { signServiceSas } from '../src/azure/sas-sign.ts'
import { type CloudDeps, createClouds, createTransport } from '../src/index.ts'
import { impatientClock, never, openWithLease, random } from './support/aws-world.ts'
import { type Azurite, startAzurite } from './support/azurite.ts'

const ACCOUNT = 'lakedata'
const HOST = `${ACCOUNT}.blob.core.windows.net`
const CONTAINER = 'landing'
const HOSTILE = ['a b', "quote'(1)!*", '100%', 'a+b', 'q?x#y', 'ü/é 🦆', 'a&b=c;d,e', '.hidden']

let azurite: Azurite
beforeAll(async () => {
  azurite = await startAzurite(ACCOUNT)
  await container().create()
})
afterAll(() => azurite.stop())

/** Azure's own client with the account's key. */
const container = () => blobService(azurite, HOST, new StorageSharedKeyCredential(ACCOUNT, azurite.key)).getContainerClient(CONTAINER)

/** The cloud, sent to Azurite for Azure's hosts. */
function reach() {
  const transport = createTransport({ routes: [{ host: '*.blob.core.windows.net', to: azurite.url }] })
  const deps: CloudDeps = {
    transport,
    clock: impatientClock(),
    random,
    platform: () => ({ regions: [], egressAddresses: [] }),
    platformCredentials: {},
  }
  const azure = createClouds(deps).find(({ id }) => id === 'azure')
  if (azure === undefined) throw new Error('no cloud azure')
  return { transport, deps, azure }
}

function connectionBy(azure: ReturnType<typeof reach>['azure'], method: string, fields: { readonly [name: string]: string }) {
  const owner = { id: 'conn_aaaaaaaaaaaaaaaaaaaa', organization: 'org', project: 'project' }
  const { auth, secret = {} } = azure.parseAuth(method, fields, {
    connectionName: 'lake',
    connection: owner,
    issuedExternalId: '',
    secretId: 'secret_a',
    platform: { regions: [], egressAddresses: [] },
    settings: {},
  })
  const connection: Connection = {
    ...owner,
    name: 'lake',
    description: '',
    labels: {},
    cloud: 'azure',
    auth,
    locations: [],
    purposes: ['backup'],
    access: ['list', 'read', 'write', 'delete'],
    settings: {},
    state: 'waiting',
    createdAt: '',
    updatedAt: '',
    version: 1,
  }
  return { connection, secret }
}

const ALL: readonly Access[] = ['list', 'read', 'write', 'delete']

/** Azurite answers a range that begins at the end of a blob, and lists in the order of UTF-16. */
const LACKS = ['fetch-owner', 'utf8-order', 'range-at-end'] as const
const IMPOSSIBLE = ['back\\slash']

/** What is presigned is for https alone, which Azurite does not speak here. */
function withoutPresigning(store: ObjectStore): ObjectStore {
  const refused = () => Promise.reject(accessError('store.unsupported', { message: 'Not over http.' }))
  return { ...store, capabilities: { ...store.capabilities, presign: false }, presign: refused }
}

testObjectStore('azure by account key on Azurite', {
  lacks: LACKS,
  impossible: IMPOSSIBLE,
  open: async () => {
    const { transport, azure } = reach()
    const { connection, secret } = connectionBy(azure, 'account-key', { accountName: ACCOUNT, accountKey: azurite.key })
    const { store } = await openWithLease(azure, connection, azure.parse(`https://${HOST}/${CONTAINER}/`), ALL, secret)
    return { store: withoutPresigning(store), prefix: 'by-key/', close: async () => transport.close() }
  },
})

testObjectStore('azure by a SAS for the container on Azurite', {
  lacks: LACKS,
  impossible: IMPOSSIBLE,
  open: async () => {
    const { transport, azure } = reach()
    const sas = generateBlobSASQueryParameters(
      { containerName: CONTAINER, permissions: ContainerSASPermissions.parse('rwdl'), expiresOn: new Date(Date.now() + 3_600_000) },
      new StorageSharedKeyCredential(ACCOUNT, azurite.key),
    )
    const { connection, secret } = connectionBy(azure, 'sas', { sasToken: sas.toString() })
    const { store } = await openWithLease(azure, connection, azure.parse(`https://${HOST}/${CONTAINER}/`), ALL, secret)
    return { store, prefix: 'by-sas/', close: async () => transport.close() }
  },
})

describe('a SAS that we sign', () => {
  it.each(HOSTILE)('for the blob %s is one to Azurite, but for its being for https alone', async (name) => {
    const grant = { account: ACCOUNT, container: CONTAINER, permissions: 'r', expiresAt: Date.now() + 3_600_000 }
    const read = (sas: string) => blobService(azurite, HOST, sas).getContainerClient(CONTAINER).getBlobClient(name).download()
    const sas = signServiceSas({ ...grant, target: { kind: 'blob', name } }, azurite.key)
    expect(await azureRefusal(read(sas))).toMatchObject({ status: 403, code: 'AuthorizationProtocolMismatch' })
    const other = signServiceSas({ ...grant, target: { kind: 'blob', name: `${name}x` } }, azurite.key)
    expect(await azureRefusal(read(other))).toMatchObject({ status: 403, code: expect.not.stringContaining('Protocol') })
  })
})

it('lists, in pages, names that are hostile', async () => {
  const { transport, azure } = reach()
  const { connection, secret } = connectionBy(azure, 'account-key', { accountName: ACCOUNT, accountKey: azurite.key })
  const location = azure.parse(`https://${HOST}/${CONTAINER}/names/`)
  for (const name of HOSTILE) await container().getBlockBlobClient(`names/${name}`).upload('x', 1)
  const { store } = await openWithLease(azure, connection, location, ALL, secret)
  const keys: string[] = []
  for await (const { key } of new Bucket(store, location).list({}, never)) keys.push(key)
  expect(keys.toSorted()).toEqual(HOSTILE.map((name) => `names/${name}`).toSorted())
  transport.close()
})
