import {
  AccountSASPermissions,
  ContainerSASPermissions,
  BlobSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  SASProtocol,
  type BlobSASSignatureValues,
} from '@azure/storage-blob'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { azureRefusal, blobService, blobText } from './azure-client.ts'
import { ACCOUNT, CONTAINER, HOST, startAzure, type AzureWorld } from './azure-world.ts'
import { manualClock, type ManualClock } from './manual-clock.ts'

let clock: ManualClock
let world: AzureWorld
beforeEach(async () => {
  clock = manualClock()
  world = await startAzure({ clock })
  world.lab.azure.putBlob(ACCOUNT, CONTAINER, 'dir/k', { body: 'hello' })
})
afterEach(() => world.lab.close())

const HOUR = 3600_000
const VERSIONS = [
  '2015-04-05',
  '2018-11-09',
  '2020-02-10',
  '2020-12-06',
  '2022-11-02',
  '2025-07-05',
  '2025-11-05',
  '2026-04-06',
  '2026-10-06',
]

function accountSas(more: object = {}): string {
  return generateAccountSASQueryParameters(
    {
      services: 'b',
      resourceTypes: 'co',
      permissions: AccountSASPermissions.parse('rwdlac'),
      expiresOn: new Date(clock.now() + HOUR),
      protocol: SASProtocol.Https,
      ...more,
    },
    world.key,
  ).toString()
}

function containerSas(more: Partial<BlobSASSignatureValues> = {}): string {
  return generateBlobSASQueryParameters(
    {
      containerName: CONTAINER,
      permissions: ContainerSASPermissions.parse('rl'),
      expiresOn: new Date(clock.now() + HOUR),
      protocol: SASProtocol.Https,
      ...more,
    },
    world.key,
  ).toString()
}

const at = (sas: string) => blobService(world.lab, HOST, sas).getContainerClient(CONTAINER)
const read = (sas: string) => blobText(at(sas).getBlobClient('dir/k'))
const list = async (sas: string, prefix?: string) => {
  const names: string[] = []
  for await (const { name } of at(sas).listBlobsFlat(prefix === undefined ? {} : { prefix })) names.push(name)
  return names
}
const write = (sas: string, name = 'new') => at(sas).getBlockBlobClient(name).upload('x', 1)

describe('an account SAS', () => {
  it.each(VERSIONS)('of version %s opens what it names', async (version) => {
    expect(await read(accountSas({ version }))).toBe('hello')
    expect(await list(accountSas({ version }))).toEqual(['dir/k'])
  })

  it.each([
    [{ services: 'q' }, 'AuthorizationServiceMismatch'],
    [{ resourceTypes: 'o' }, 'AuthorizationResourceTypeMismatch'],
    [{ permissions: AccountSASPermissions.parse('r') }, 'AuthorizationPermissionMismatch'],
  ])('with %o does not list', async (more, code) => {
    expect(await azureRefusal(list(accountSas(more)))).toMatchObject({ status: 403, code })
  })

  it('reaches what is a container’s own, which a service SAS does not', async () => {
    expect(await at(accountSas()).getProperties()).toMatchObject({ hasLegalHold: false })
    expect(await azureRefusal(at(containerSas()).getProperties())).toMatchObject({ status: 403 })
  })
})

describe('a service SAS', () => {
  it.each(VERSIONS)('of version %s opens its container', async (version) => {
    expect(await read(containerSas({ version }))).toBe('hello')
    expect(await list(containerSas({ version }))).toEqual(['dir/k'])
  })

  it('of one blob opens that one only', async () => {
    const sas = containerSas({ blobName: 'dir/k', permissions: BlobSASPermissions.parse('r') })
    expect(await read(sas)).toBe('hello')
    expect(await azureRefusal(at(sas).getBlobClient('dir/other').download())).toMatchObject({ status: 403, code: 'AuthenticationFailed' })
    expect(await azureRefusal(list(sas))).toMatchObject({ status: 403 })
  })

  it('allows its letters and no more', async () => {
    expect(await azureRefusal(write(containerSas()))).toMatchObject({ status: 403, code: 'AuthorizationPermissionMismatch' })
    const create = containerSas({ permissions: ContainerSASPermissions.parse('c') })
    await write(create)
    expect(await azureRefusal(write(create))).toMatchObject({ status: 403, code: 'AuthorizationPermissionMismatch' })
    const one = Buffer.from('1').toString('base64')
    const staged = at(create).getBlockBlobClient('big').stageBlock(one, 'x', 1)
    expect(await azureRefusal(staged)).toMatchObject({ status: 403, code: 'AuthorizationPermissionMismatch' })
    const all = containerSas({ permissions: ContainerSASPermissions.parse('wd') })
    await write(all)
    await at(all).getBlobClient('new').delete()
  })

  it('answers with the headers that are signed into it', async () => {
    const sas = containerSas({ contentDisposition: 'attachment; filename="a b.csv"', contentType: 'text/csv' })
    expect(await at(sas).getBlobClient('dir/k').download()).toMatchObject({
      contentDisposition: 'attachment; filename="a b.csv"',
      contentType: 'text/csv',
    })
  })

  it('takes from a stored access policy what it does not say, until the policy is gone', async () => {
    const identifier = 'readers'
    world.lab.azure.configureContainer(ACCOUNT, CONTAINER, {
      accessPolicies: [{ id: identifier, permissions: 'r', expiresAt: new Date(clock.now() + HOUR).toISOString() }],
    })
    const sas = generateBlobSASQueryParameters({ containerName: CONTAINER, identifier }, world.key).toString()
    expect(await read(sas)).toBe('hello')
    expect(await azureRefusal(list(sas))).toMatchObject({ code: 'AuthorizationPermissionMismatch' })
    world.lab.azure.configureContainer(ACCOUNT, CONTAINER, { accessPolicies: [] })
    expect(await azureRefusal(read(sas))).toMatchObject({ status: 403, code: 'AuthenticationFailed' })
  })

  it('takes stored access policies that the client itself has set', async () => {
    await world.container.setAccessPolicy(undefined, [
      { id: 'p', accessPolicy: { permissions: 'rl', expiresOn: new Date(clock.now() + HOUR), startsOn: new Date(clock.now() - HOUR) } },
    ])
    expect((await world.container.getAccessPolicy()).signedIdentifiers).toMatchObject([{ id: 'p', accessPolicy: { permissions: 'rl' } }])
    const sas = generateBlobSASQueryParameters({ containerName: CONTAINER, identifier: 'p' }, world.key).toString()
    expect(await list(sas)).toEqual(['dir/k'])
  })
})

describe('time', () => {
  it('ends a SAS', async () => {
    const sas = containerSas()
    clock.advance(HOUR)
    expect(await azureRefusal(read(sas))).toMatchObject({
      status: 403,
      code: 'AuthenticationFailed',
      detail: expect.stringMatching(/^Signed expiry time \[.* GMT\] must be after signed start time \[.* GMT\]$/),
    })
  })

  it('begins a SAS', async () => {
    const sas = containerSas({ startsOn: new Date(clock.now() + 60_000) })
    expect(await azureRefusal(read(sas))).toMatchObject({
      code: 'AuthenticationFailed',
      detail: expect.stringMatching(/^Signature not valid in the specified time frame: Start \[.*\] - Expiry \[.*\] - Current \[.*\]$/),
    })
    clock.advance(60_000)
    expect(await read(sas)).toBe('hello')
  })
})

describe('a signature', () => {
  it('holds for what was signed and nothing else', async () => {
    const widened = containerSas().replace('sp=rl', 'sp=racwdl')
    expect(await azureRefusal(read(widened))).toMatchObject({
      code: 'AuthenticationFailed',
      detail: expect.stringContaining('did not match'),
    })
    const longer = containerSas().replace(/se=[^&]+/, 'se=2099-01-01T00%3A00%3A00Z')
    expect(await azureRefusal(read(longer))).toMatchObject({ code: 'AuthenticationFailed' })
    const other = containerSas({ containerName: 'other' })
    expect(await azureRefusal(read(other))).toMatchObject({ code: 'AuthenticationFailed' })
  })

  it('holds no more once its key is rotated', async () => {
    const [service, account] = [containerSas(), accountSas()]
    world.lab.azure.rotateAccountKey(ACCOUNT, 1)
    expect(await read(service)).toBe('hello')
    world.lab.azure.rotateAccountKey(ACCOUNT, 0)
    for (const sas of [service, account]) expect(await azureRefusal(read(sas))).toMatchObject({ code: 'AuthenticationFailed' })
    expect(await azureRefusal(world.container.getProperties())).toMatchObject({ status: 403 })
  })

  it('with a plus sign that is not encoded is not well formed', async () => {
    for (let seconds = 0; ; seconds++) {
      const sas = containerSas({ expiresOn: new Date(clock.now() + HOUR + seconds * 1000) })
      if (!sas.includes('%2B')) continue
      expect(await azureRefusal(read(sas.replaceAll('%2B', '+')))).toMatchObject({ detail: 'Signature fields not well formed.' })
      expect(await read(sas)).toBe('hello')
      return
    }
  })
})

describe('the way a request comes', () => {
  it('must be one of the addresses of the SAS', async () => {
    const sas = containerSas({ ipRange: { start: '203.0.113.10', end: '203.0.113.20' } })
    world.lab.azure.setCaller({ address: '203.0.113.20' })
    expect(await read(sas)).toBe('hello')
    world.lab.azure.setCaller({ address: '203.0.113.21' })
    expect(await azureRefusal(read(sas))).toMatchObject({
      status: 403,
      code: 'AuthorizationSourceIPMismatch',
      message: expect.stringContaining('203.0.113.21'),
    })
  })

  it('must be the protocol of the SAS', async () => {
    world.lab.azure.configureStorageAccount(ACCOUNT, { supportsHttpsTrafficOnly: false })
    world.lab.azure.setCaller({ protocol: 'http' })
    expect(await azureRefusal(read(containerSas()))).toMatchObject({ code: 'AuthorizationProtocolMismatch' })
    expect(await read(containerSas({ protocol: SASProtocol.HttpsAndHttp }))).toBe('hello')
  })
})

describe('an account', () => {
  it('that allows no keys refuses what is signed with one', async () => {
    world.lab.azure.configureStorageAccount(ACCOUNT, { allowSharedKeyAccess: false })
    const calls = [() => read(containerSas()), () => read(accountSas()), () => world.container.getBlobClient('dir/k').download()]
    for (const call of calls) expect(await azureRefusal(call())).toMatchObject({ status: 403, code: 'KeyBasedAuthenticationNotPermitted' })
  })

  it('behind a firewall refuses addresses that are not let in', async () => {
    world.lab.azure.configureStorageAccount(ACCOUNT, { firewall: { defaultAction: 'Deny', addresses: ['203.0.113.0/24'] } })
    expect(await azureRefusal(read(containerSas()))).toMatchObject({ status: 403, code: 'AuthorizationFailure' })
    world.lab.azure.setCaller({ address: '203.0.113.7' })
    expect(await read(containerSas())).toBe('hello')
    world.lab.azure.configureStorageAccount(ACCOUNT, { firewall: { publicNetworkAccess: 'Disabled' } })
    expect(await azureRefusal(read(containerSas()))).toMatchObject({ status: 403, code: 'AuthorizationFailure' })
  })

  it('that is disabled refuses everybody', async () => {
    world.lab.azure.configureStorageAccount(ACCOUNT, { disabled: true })
    expect(await azureRefusal(read(containerSas()))).toMatchObject({ status: 403, code: 'AccountIsDisabled' })
  })

  it('keeps out those who show no credential', async () => {
    expect(await azureRefusal(read(''))).toMatchObject({ status: 409, code: 'PublicAccessNotPermitted' })
    world.lab.azure.configureStorageAccount(ACCOUNT, { allowBlobPublicAccess: true })
    expect(await azureRefusal(read(''))).toMatchObject({ status: 401, code: 'NoAuthenticationInformation' })
    world.lab.azure.configureContainer(ACCOUNT, CONTAINER, { publicAccess: 'blob' })
    expect(await read('')).toBe('hello')
    expect(await azureRefusal(list(''))).toMatchObject({ status: 401 })
  })
})

describe('a deployed template', () => {
  const template = (value: string): string =>
    JSON.stringify({
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      parameters: {
        storageAccountName: { type: 'string' },
        expiry: { type: 'string', defaultValue: "[dateTimeAdd(utcNow('u'), 'P180D', 'yyyy-MM-ddTHH:mm:ssZ')]" },
      },
      variables: {
        service: {
          canonicalizedResource: `[concat('/blob/', parameters('storageAccountName'), '/${CONTAINER}')]`,
          signedResource: 'c',
          signedPermission: 'rl',
          signedProtocol: 'https',
          signedExpiry: "[parameters('expiry')]",
          keyToSign: 'key2',
        },
        account: {
          signedServices: 'b',
          signedResourceTypes: 'co',
          signedPermission: 'rl',
          signedProtocol: 'https',
          signedExpiry: "[parameters('expiry')]",
          keyToSign: 'key1',
        },
      },
      resources: [],
      outputs: { sas: { type: 'string', value } },
    })

  it.each([
    ["[listServiceSas(parameters('storageAccountName'), '2023-05-01', variables('service')).serviceSasToken]", 1 as const],
    ["[listAccountSas(parameters('storageAccountName'), '2023-05-01', variables('account')).accountSasToken]", 0 as const],
  ])('gives a SAS that holds: %s', async (value, key) => {
    const { sas = '' } = world.lab.azure.applyTemplate(template(value), { storageAccountName: ACCOUNT })
    expect(await read(sas)).toBe('hello')
    expect(await list(sas)).toEqual(['dir/k'])
    expect(await azureRefusal(write(sas))).toMatchObject({ code: 'AuthorizationPermissionMismatch' })
    world.lab.azure.rotateAccountKey(ACCOUNT, key)
    expect(await azureRefusal(read(sas))).toMatchObject({ code: 'AuthenticationFailed' })
  })
})
