import { ContainerSASPermissions, generateBlobSASQueryParameters } from '@azure/storage-blob'
import type { DenyAssignment } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { azureRefusal, blobService, blobText } from './azure-client.ts'
import { ACCOUNT, CONTAINER, HOST, startAzure, type AzureWorld } from './azure-world.ts'
import { manualClock, type ManualClock } from './manual-clock.ts'
import { send } from './raw.ts'

const TENANT = '11111111-1111-4111-8111-111111111111'
const OTHER_TENANT = '99999999-9999-4999-8999-999999999999'
const TREE = 'laketree'
const HOUR = 3_600_000

let clock: ManualClock
let world: AzureWorld
beforeEach(async () => {
  clock = manualClock()
  world = await startAzure({ clock })
})
afterEach(() => world.lab.close())

/** Azure's client with a token of an identity. */
function containerAs(principalId: string, account = ACCOUNT) {
  const token = world.lab.azure.issueAccessToken({ principalId })
  const source = { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) }
  return blobService(world.lab, account === ACCOUNT ? HOST : `${account}.blob.core.windows.net`, source).getContainerClient(CONTAINER)
}

describe('an account that cannot use its customer’s key', () => {
  const refused = { status: 403, code: 'KeyVaultEncryptionKeyNotFound' }

  it('lists blobs, and neither reads nor writes them', async () => {
    const { azure } = world.lab
    azure.putBlob(ACCOUNT, CONTAINER, 'k', { body: 'hello' })
    azure.configureStorageAccount(ACCOUNT, { customerKey: 'key-missing' })
    const blob = world.container.getBlockBlobClient('k')
    expect(await azureRefusal(blob.download())).toMatchObject({
      ...refused,
      message: expect.stringContaining('The key vault key is not found to unwrap the encryption key.'),
    })
    expect(await azureRefusal(blob.getProperties())).toMatchObject(refused)
    expect(await azureRefusal(blob.upload('x', 1))).toMatchObject(refused)
    const names: string[] = []
    for await (const { name } of world.container.listBlobsFlat()) names.push(name)
    expect(names).toEqual(['k'])
    azure.configureStorageAccount(ACCOUNT, { customerKey: 'usable' })
    expect(await blobText(blob)).toBe('hello')
  })
})

describe('a deny assignment', () => {
  const accountId = (): string => {
    const { id } = world.lab.azure.storageAccount(ACCOUNT)
    return typeof id === 'string' ? id : ''
  }
  const denial = (change: Partial<DenyAssignment> = {}): DenyAssignment => ({
    principalIds: ['00000000-0000-0000-0000-000000000000'],
    excludedPrincipalIds: [],
    scope: accountId(),
    permissions: [{ actions: [], notActions: [], dataActions: ['*/blobs/read'], notDataActions: [] }],
    ...change,
  })

  it('counts before roles, for whom it means and where, and not for whom it excludes', async () => {
    const { azure } = world.lab
    azure.putBlob(ACCOUNT, CONTAINER, 'k', { body: 'hello' })
    const { objectId } = azure.createApplication({ name: 'reader' })
    azure.assignRole({ principalId: objectId, role: 'Storage Blob Data Owner', scope: { account: ACCOUNT } })
    const blob = containerAs(objectId).getBlockBlobClient('k')
    azure.putDenyAssignment('stack', denial())
    expect(await azureRefusal(blob.download())).toMatchObject({ status: 403, code: 'AuthorizationPermissionMismatch' })
    await blob.upload('x', 1)
    for (const change of [
      { excludedPrincipalIds: [objectId] },
      { principalIds: ['88888888-8888-4888-8888-888888888888'] },
      { scope: `${denial().scope}/blobServices/default/containers/another` },
    ]) {
      azure.putDenyAssignment('stack', denial(change))
      expect(await blobText(blob)).toBe('x')
    }
    expect(azure.denyAssignments()).toHaveLength(1)
    azure.deleteDenyAssignment('stack')
    expect(azure.denyAssignments()).toEqual([])
  })
})

describe('access control lists of an account with directories', () => {
  let objectId: string
  beforeEach(() => {
    const { azure } = world.lab
    azure.createStorageAccount({ name: TREE, hierarchical: true })
    azure.createContainer(TREE, CONTAINER)
    azure.putBlob(TREE, CONTAINER, 'a/b/old', { body: 'old' })
    objectId = azure.createApplication({ name: 'reader' }).objectId
  })

  function give(path: string, permissions: string, more = ''): void {
    const acl = `user::rwx,user:${objectId}:${permissions},group::r-x,mask::rwx,other::---${more}`
    world.lab.azure.setPathAccess(TREE, CONTAINER, path, { acl })
  }

  /** By a SAS that the identity signs. */
  async function containerBySas() {
    const [start, end] = [new Date(clock.now()), new Date(clock.now() + HOUR)]
    const token = world.lab.azure.issueAccessToken({ principalId: objectId })
    const source = { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) }
    const host = `${TREE}.blob.core.windows.net`
    const key = await blobService(world.lab, host, source).getUserDelegationKey(start, end)
    const values = { containerName: CONTAINER, permissions: ContainerSASPermissions.parse('rl'), expiresOn: end }
    return blobService(world.lab, host, generateBlobSASQueryParameters(values, key, TREE).toString()).getContainerClient(CONTAINER)
  }

  const refused = { status: 403, code: 'AuthorizationPermissionMismatch' }
  const read = (name: string) => blobText(containerAs(objectId, TREE).getBlobClient(name))
  const list = async () => {
    const found: string[] = []
    for await (const { name } of containerAs(objectId, TREE).listBlobsFlat({ prefix: 'a/b/' })) found.push(name)
    return found
  }

  it('let in who has execute on every directory, and read on the file', async () => {
    give('a/b', 'r-x')
    give('a/b/old', 'r--')
    expect(await azureRefusal(read('a/b/old'))).toMatchObject(refused)
    give('', '--x')
    expect(await azureRefusal(read('a/b/old'))).toMatchObject(refused)
    give('a', '--x')
    expect(await read('a/b/old')).toBe('old')
    expect(await list()).toEqual(['a/b/old'])
    give('a/b', '--x')
    expect(await azureRefusal(list())).toMatchObject(refused)
  })

  it('hand on what a directory has as default to what is new in it, and to nothing that was there', async () => {
    for (const path of ['', 'a']) give(path, '--x')
    give('a/b', 'rwx', `,default:user::rwx,default:user:${objectId}:r--,default:group::r-x,default:mask::r-x,default:other::---`)
    expect(await azureRefusal(read('a/b/old'))).toMatchObject(refused)
    world.lab.azure.putBlob(TREE, CONTAINER, 'a/b/new', { body: 'new' })
    expect(await read('a/b/new')).toBe('new')
    expect(world.lab.azure.pathAccess(TREE, CONTAINER, 'a/b/new').acl).toBe(
      `user::rwx,user:${objectId}:r--,group::r-x,mask::r-x,other::---`,
    )
  })

  it('are not asked where a role lets in, nor about a SAS of an identity’s own key', async () => {
    const { azure } = world.lab
    for (const path of ['', 'a']) give(path, '--x')
    give('a/b', 'r-x')
    give('a/b/old', 'r--')
    azure.assignRole({ principalId: objectId, role: 'Storage Blob Delegator', scope: { account: TREE } })
    expect(await read('a/b/old')).toBe('old')
    expect(await azureRefusal(blobText((await containerBySas()).getBlobClient('a/b/old')))).toMatchObject(refused)
    const other = azure.createApplication({ name: 'with a role' }).objectId
    azure.assignRole({ principalId: other, role: 'Storage Blob Data Reader', scope: { account: TREE } })
    expect(await blobText(containerAs(other, TREE).getBlobClient('a/b/old'))).toBe('old')
  })

  it('are refused where they cannot be read', () => {
    expect(() => world.lab.azure.setPathAccess(TREE, CONTAINER, '', { acl: 'user::rwx,everybody' })).toThrow('cannot read')
  })
})

describe('an application that signs in with a secret', () => {
  const signIn = async (clientId: string, secret: string, tenant = TENANT) => {
    const form = {
      grant_type: 'client_credentials',
      client_id: clientId,
      scope: 'https://storage.azure.com/.default',
      client_secret: secret,
    }
    const body = new URLSearchParams(form).toString()
    const { status, text } = await send(world.lab, {
      method: 'POST',
      host: 'login.microsoftonline.com',
      path: `/${tenant}/oauth2/v2.0/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) },
      body,
    })
    const { error_codes: codes }: { readonly error_codes?: readonly number[] } = JSON.parse(text)
    return [status, codes?.[0]]
  }

  it('is let in with one that has not ended, unless it is disabled, blocked or unknown in the tenant', async () => {
    const { azure } = world.lab
    const { clientId } = azure.createApplication({ name: 'sluice' })
    const secret = azure.addSecret(clientId, clock.now() + HOUR)
    expect(await signIn(clientId, secret)).toEqual([200, undefined])
    expect(await signIn(clientId, 'its-id')).toEqual([401, 7000215])
    azure.createTenant(OTHER_TENANT)
    expect(await signIn(clientId, secret, OTHER_TENANT)).toEqual([401, 7000229])
    azure.configureApplication(clientId, { blocked: true })
    expect(await signIn(clientId, secret)).toEqual([400, 53003])
    azure.configureApplication(clientId, { blocked: false, disabled: true })
    expect(await signIn(clientId, secret)).toEqual([400, 7000112])
    azure.configureApplication(clientId, { disabled: false })
    clock.advance(HOUR)
    expect(await signIn(clientId, secret)).toEqual([401, 7000222])
  })
})
