import {
  BlobSASPermissions,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  type BlobSASSignatureValues,
  type UserDelegationKey,
} from '@azure/storage-blob'
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { azureRefusal, blobService, blobText } from './azure-client.ts'
import { ACCOUNT, CONTAINER, HOST, startAzure, type AzureWorld } from './azure-world.ts'
import { manualClock, type ManualClock } from './manual-clock.ts'
import { send } from './raw.ts'

const ISSUER = 'https://sluice.example.com'
const SUBJECT = 'organization:acme:project:lake:connection:c1'
const AUDIENCE = 'api://AzureADTokenExchange'
const TENANT = '11111111-1111-4111-8111-111111111111'
const HOUR = 3600_000

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>
let keys: KeyPair
let stranger: KeyPair
beforeAll(async () => {
  keys = await generateKeyPair('RS256')
  stranger = await generateKeyPair('RS256')
})

let clock: ManualClock
let world: AzureWorld
let app: { readonly clientId: string; readonly objectId: string }
beforeEach(async () => {
  clock = manualClock()
  world = await startAzure({ clock })
  const { lab } = world
  lab.trustIssuer(ISSUER, { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }] })
  lab.azure.putBlob(ACCOUNT, CONTAINER, 'dir/k', { body: 'hello' })
  app = lab.azure.createApplication({
    name: 'sluice',
    credentials: [{ name: 'sluice', issuer: ISSUER, subject: SUBJECT, audiences: [AUDIENCE] }],
  })
})
afterEach(() => world.lab.close())

async function assertion(claims: JWTPayload = {}, key = keys.privateKey, kid = 'one'): Promise<string> {
  const now = Math.floor(clock.now() / 1000)
  return new SignJWT({ iss: ISSUER, sub: SUBJECT, aud: AUDIENCE, iat: now, nbf: now, exp: now + 300, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid })
    .sign(key)
}

async function signIn(jwt: string, more: { readonly [name: string]: string } = {}, tenant = TENANT) {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: app.clientId,
    scope: 'https://storage.azure.com/.default',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: jwt,
    ...more,
  })
  const answer = await send(world.lab, {
    method: 'POST',
    host: 'login.microsoftonline.com',
    path: `/${tenant}/oauth2/v2.0/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(form.toString())) },
    body: form.toString(),
  })
  const body: { readonly access_token: string; readonly expires_in: number; readonly error: string; readonly error_description: string } =
    JSON.parse(answer.text)
  return { status: answer.status, ...body }
}

/** Azure's client with a token. */
const as = (token: string) => blobService(world.lab, HOST, { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + HOUR }) })
const tokenOf = (principalId: string, more = {}) => world.lab.azure.issueAccessToken({ principalId, ...more })
const grant = (role: string, more: { container?: string; condition?: string } = {}) =>
  world.lab.azure.assignRole({
    principalId: app.objectId,
    role,
    scope: { account: ACCOUNT, ...(more.container === undefined ? {} : { container: more.container }) },
    ...(more.condition === undefined ? {} : { condition: more.condition }),
  })
const mine = () => as(tokenOf(app.objectId)).getContainerClient(CONTAINER)

describe('signing in with a token of ours', () => {
  it('opens what the application has a role on', async () => {
    grant('Storage Blob Data Reader')
    const { status, access_token: token, expires_in: seconds } = await signIn(await assertion())
    expect([status, seconds]).toEqual([200, 3599])
    expect(await blobText(as(token).getContainerClient(CONTAINER).getBlobClient('dir/k'))).toBe('hello')
    clock.advance(HOUR)
    expect(await azureRefusal(as(token).getContainerClient(CONTAINER).getBlobClient('dir/k').download())).toMatchObject({
      status: 401,
      code: 'InvalidAuthenticationInfo',
      detail: 'Lifetime validation failed. The token is expired.',
    })
  })

  it.each<[string, JWTPayload, string]>([
    [
      'issuer',
      { iss: 'https://other.example.com' },
      'AADSTS700211: No matching federated identity record found for presented assertion issuer',
    ],
    ['subject', { sub: 'organization:acme:project:lake:connection:c2' }, 'AADSTS700213: No matching federated identity record found'],
    ['case of the subject', { sub: SUBJECT.toUpperCase() }, 'AADSTS7002138: '],
    [
      'audience',
      { aud: 'https://storage.azure.com' },
      'AADSTS700212: No matching federated identity record found for presented assertion audience',
    ],
    ['time', { exp: 1_000_000_000 }, 'AADSTS700024: Client assertion is not within its valid time range.'],
  ])('is refused for another %s', async (_, claims, message) => {
    const answer = await signIn(await assertion(claims))
    expect(answer).toMatchObject({ status: 401, error: 'invalid_client' })
    expect(answer.error_description).toContain(message)
  })

  it('is refused for a key that the issuer does not publish, and for a signature that is none of its keys’', async () => {
    expect((await signIn(await assertion({}, stranger.privateKey, 'two'))).error_description).toContain('AADSTS7000272: ')
    expect((await signIn(await assertion({}, stranger.privateKey))).error_description).toContain('AADSTS50013: ')
  })

  it('is refused for an issuer that cannot be reached', async () => {
    const issuer = 'https://unreachable.example.com'
    world.lab.azure.putFederatedCredential(app.clientId, { name: 'other', issuer, subject: SUBJECT, audiences: [AUDIENCE] })
    expect(await signIn(await assertion({ iss: issuer }))).toMatchObject({
      status: 400,
      error_description: expect.stringContaining('AADSTS501661: Request to External OIDC endpoint failed.'),
    })
  })

  it.each<[string, { readonly [name: string]: string }, string, string]>([
    ['an application that is not there', { client_id: '99999999-9999-4999-8999-999999999999' }, TENANT, 'AADSTS700016: '],
    ['a tenant that is not there', {}, '99999999-9999-4999-8999-999999999999', 'AADSTS90002: '],
    ['a scope without /.default', { scope: 'https://storage.azure.com' }, TENANT, 'AADSTS1002012: '],
    ['a resource that is not there', { scope: 'https://nothing.example.com/.default' }, TENANT, 'AADSTS500011: '],
  ])('is refused for %s', async (_, more, tenant, message) => {
    const answer = await signIn(await assertion(), more, tenant)
    expect(answer.status).toBe(400)
    expect(answer.error_description).toContain(message)
  })

  it('goes by a credential that is still on its way only once it has arrived', async () => {
    world.lab.azure.setPropagationDelay(60_000)
    world.lab.azure.deleteFederatedCredential(app.clientId, 'sluice')
    expect((await signIn(await assertion())).status).toBe(200)
    clock.advance(60_000)
    expect((await signIn(await assertion())).error_description).toContain('AADSTS70021: ')
  })
})

describe('a managed identity', () => {
  const ask = async (query: string, headers: { readonly [name: string]: string } = { Metadata: 'true' }) => {
    const answer = await send(world.lab, { path: `/metadata/identity/oauth2/token?${query}`, headers })
    const body: { readonly access_token: string; readonly error_description?: string } = JSON.parse(answer.text)
    return { status: answer.status, ...body }
  }
  const QUERY = 'api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com%2F'

  it('gets a token of the machine that it is on', async () => {
    const identity = world.lab.azure.createManagedIdentity({ name: 'platform' })
    world.lab.azure.assignRole({ principalId: identity.principalId, role: 'Storage Blob Data Reader', scope: { account: ACCOUNT } })
    const { status, access_token: token } = await ask(QUERY)
    expect(status).toBe(200)
    expect(await blobText(as(token).getContainerClient(CONTAINER).getBlobClient('dir/k'))).toBe('hello')
    const second = world.lab.azure.createManagedIdentity({ name: 'other' })
    expect(await ask(QUERY)).toMatchObject({ status: 400, error_description: expect.stringContaining('Multiple user assigned identities') })
    expect((await ask(`${QUERY}&client_id=${second.clientId}`)).status).toBe(200)
    expect(await ask(`${QUERY}&client_id=${app.clientId}`)).toMatchObject({ status: 400, error_description: 'Identity not found' })
  })

  it('gets none without the header that tells a request was meant', async () => {
    world.lab.azure.createManagedIdentity({ name: 'platform' })
    expect(await ask(QUERY, {})).toMatchObject({ status: 400, error_description: 'Required metadata header not specified' })
    expect((await ask(QUERY, { Metadata: 'true', 'X-Forwarded-For': '203.0.113.1' })).status).toBe(400)
  })
})

describe('roles', () => {
  it('are needed: a token alone opens nothing', async () => {
    expect(await azureRefusal(mine().getBlobClient('dir/k').download())).toMatchObject({
      status: 403,
      code: 'AuthorizationPermissionMismatch',
    })
  })

  it.each(['Owner', 'Contributor', 'Reader'])('of the control plane read no blob: %s', async (role) => {
    grant(role)
    expect(await azureRefusal(mine().getBlobClient('dir/k').download())).toMatchObject({ code: 'AuthorizationPermissionMismatch' })
    expect(await azureRefusal(mine().listBlobsFlat().next())).toMatchObject({ code: 'AuthorizationPermissionMismatch' })
  })

  it('allow what they say', async () => {
    grant('Storage Blob Data Reader', { container: CONTAINER })
    expect(await blobText(mine().getBlobClient('dir/k'))).toBe('hello')
    expect(await azureRefusal(mine().getBlockBlobClient('new').upload('x', 1))).toMatchObject({ code: 'AuthorizationPermissionMismatch' })
    grant('Storage Blob Data Contributor', { container: CONTAINER })
    await mine().getBlockBlobClient('new').upload('x', 1)
    await mine().getBlobClient('new').delete()
  })

  it('on one container open no other', async () => {
    grant('Storage Blob Data Reader', { container: CONTAINER })
    world.lab.azure.createContainer(ACCOUNT, 'other')
    const other = as(tokenOf(app.objectId)).getContainerClient('other')
    expect(await azureRefusal(other.listBlobsFlat().next())).toMatchObject({ code: 'AuthorizationPermissionMismatch' })
  })

  it('arrive late, and go late', async () => {
    world.lab.azure.setPropagationDelay(60_000)
    const id = grant('Storage Blob Data Reader')
    expect(await azureRefusal(mine().getBlobClient('dir/k').download())).toMatchObject({ code: 'AuthorizationPermissionMismatch' })
    clock.advance(60_000)
    expect(await blobText(mine().getBlobClient('dir/k'))).toBe('hello')
    world.lab.azure.removeRole(id)
    expect(await blobText(mine().getBlobClient('dir/k'))).toBe('hello')
    clock.advance(60_000)
    expect(await azureRefusal(mine().getBlobClient('dir/k').download())).toMatchObject({ status: 403 })
  })

  it('under a condition allow what the condition holds for', async () => {
    const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'
    grant('Storage Blob Data Reader', {
      condition: `((!(ActionMatches{'${blobs}/read'} AND NOT SubOperationMatches{'Blob.List'})) OR (@Resource[${blobs}:path] StringStartsWith 'dir/')) AND ((!(ActionMatches{'${blobs}/read'} AND SubOperationMatches{'Blob.List'})) OR (@Request[${blobs}:prefix] StringStartsWith 'dir/'))`,
    })
    world.lab.azure.putBlob(ACCOUNT, CONTAINER, 'other/k', { body: 'x' })
    expect(await blobText(mine().getBlobClient('dir/k'))).toBe('hello')
    expect((await mine().listBlobsFlat({ prefix: 'dir/' }).next()).value).toMatchObject({ name: 'dir/k' })
    expect(await azureRefusal(mine().getBlobClient('other/k').download())).toMatchObject({ code: 'AuthorizationPermissionMismatch' })
    expect(await azureRefusal(mine().listBlobsFlat().next())).toMatchObject({ code: 'AuthorizationPermissionMismatch' })
  })
})

describe('an access token', () => {
  it('is for one resource and of one tenant', async () => {
    grant('Storage Blob Data Reader')
    const read = (token: string) => as(token).getContainerClient(CONTAINER).getBlobClient('dir/k').download()
    const refused = (detail: string) => ({ status: 401, code: 'InvalidAuthenticationInfo', detail })
    expect(await azureRefusal(read(tokenOf(app.objectId, { resource: 'https://management.azure.com' })))).toMatchObject(
      refused('Audience validation failed. Audience did not match.'),
    )
    expect(await azureRefusal(read(tokenOf(app.objectId, { tenantId: '33333333-3333-4333-8333-333333333333' })))).toMatchObject(
      refused('Issuer validation failed. Issuer did not match.'),
    )
    expect(await azureRefusal(read(`${tokenOf(app.objectId)}x`))).toMatchObject({ status: 401 })
    await read(tokenOf(app.objectId, { resource: `https://${HOST}` }))
  })

  it('opens an account that allows no keys', async () => {
    grant('Storage Blob Data Reader')
    world.lab.azure.configureStorageAccount(ACCOUNT, { allowSharedKeyAccess: false })
    expect(await blobText(mine().getBlobClient('dir/k'))).toBe('hello')
  })
})

describe('a user delegation SAS', () => {
  const VERSIONS = ['2018-11-09', '2020-02-10', '2020-12-06', '2025-07-05', '2025-11-05', '2026-04-06', '2026-10-06']

  async function delegationKey(seconds = 3600): Promise<UserDelegationKey> {
    return as(tokenOf(app.objectId)).getUserDelegationKey(new Date(clock.now()), new Date(clock.now() + seconds * 1000))
  }
  function sasWith(key: UserDelegationKey, more: Partial<BlobSASSignatureValues> = {}): string {
    return generateBlobSASQueryParameters(
      {
        containerName: CONTAINER,
        permissions: ContainerSASPermissions.parse('rl'),
        expiresOn: new Date(clock.now() + HOUR),
        ...more,
      },
      key,
      ACCOUNT,
    ).toString()
  }
  const at = (sas: string) => blobService(world.lab, HOST, sas).getContainerClient(CONTAINER)

  it.each(VERSIONS)('of version %s opens its container', async (version) => {
    grant('Storage Blob Data Reader')
    const sas = sasWith(await delegationKey(), { version })
    expect(await blobText(at(sas).getBlobClient('dir/k'))).toBe('hello')
    expect((await at(sas).listBlobsFlat().next()).value).toMatchObject({ name: 'dir/k' })
  })

  it('needs the right to ask for a key, on the account and not only on a container', async () => {
    grant('Storage Blob Data Contributor', { container: CONTAINER })
    expect(await azureRefusal(delegationKey())).toMatchObject({ status: 403, code: 'AuthorizationPermissionMismatch' })
    grant('Storage Blob Delegator')
    const sas = sasWith(await delegationKey())
    expect(await blobText(at(sas).getBlobClient('dir/k'))).toBe('hello')
  })

  it('does no more than the identity behind it, whatever its letters', async () => {
    const id = grant('Storage Blob Data Reader')
    const sas = sasWith(await delegationKey(), { permissions: ContainerSASPermissions.parse('racwdl') })
    expect(await blobText(at(sas).getBlobClient('dir/k'))).toBe('hello')
    expect(await azureRefusal(at(sas).getBlockBlobClient('new').upload('x', 1))).toMatchObject({ code: 'AuthorizationPermissionMismatch' })
    world.lab.azure.removeRole(id)
    expect(await azureRefusal(at(sas).getBlobClient('dir/k').download())).toMatchObject({ code: 'AuthorizationPermissionMismatch' })
  })

  it('does no more than its letters, whatever the identity may', async () => {
    grant('Storage Blob Data Owner')
    const sas = sasWith(await delegationKey(), { blobName: 'dir/k', permissions: BlobSASPermissions.parse('r') })
    expect(await blobText(at(sas).getBlobClient('dir/k'))).toBe('hello')
    expect(await azureRefusal(at(sas).getBlobClient('dir/k').delete())).toMatchObject({ code: 'AuthorizationPermissionMismatch' })
  })

  it('ends with its key, though it says to live longer', async () => {
    grant('Storage Blob Data Reader')
    const sas = sasWith(await delegationKey(600))
    clock.advance(600_000)
    expect(await azureRefusal(at(sas).getBlobClient('dir/k').download())).toMatchObject({
      code: 'AuthenticationFailed',
      detail: expect.stringContaining('Signature not valid in the specified key time frame'),
    })
  })

  it('is signed with a key of seven days at most, which can be revoked', async () => {
    grant('Storage Blob Data Reader')
    expect(await azureRefusal(delegationKey(7 * 24 * 3600 + 60))).toMatchObject({ status: 400 })
    const sas = sasWith(await delegationKey())
    world.lab.azure.revokeUserDelegationKeys(ACCOUNT)
    expect(await azureRefusal(at(sas).getBlobClient('dir/k').download())).toMatchObject({ code: 'AuthenticationFailed' })
  })

  it('cannot be passed off as somebody else’s', async () => {
    const other = world.lab.azure.createManagedIdentity({ name: 'powerful' })
    world.lab.azure.assignRole({ principalId: other.principalId, role: 'Storage Blob Data Owner', scope: { account: ACCOUNT } })
    grant('Storage Blob Data Reader')
    const sas = sasWith(await delegationKey(), { permissions: ContainerSASPermissions.parse('racwdl') })
    const forged = sas.replace(app.objectId, other.principalId)
    expect(await azureRefusal(at(forged).getBlockBlobClient('new').upload('x', 1))).toMatchObject({ code: 'AuthenticationFailed' })
  })

  it.each(['2020-02-10', '2020-12-06', '2025-11-05', '2026-10-06'])(
    'of a directory, of version %s, reaches what lies in it',
    async (version) => {
      const tree = 'laketree'
      world.lab.azure.createStorageAccount({ name: tree, hierarchical: true })
      world.lab.azure.createContainer(tree, CONTAINER)
      for (const name of ['a/b/1', 'a/c']) world.lab.azure.putBlob(tree, CONTAINER, name, { body: name })
      world.lab.azure.assignRole({ principalId: app.objectId, role: 'Storage Blob Data Reader', scope: { account: tree } })
      const host = `${tree}.blob.core.windows.net`
      const source = { getToken: async () => ({ token: tokenOf(app.objectId), expiresOnTimestamp: Date.now() + HOUR }) }
      const key = await blobService(world.lab, host, source).getUserDelegationKey(new Date(clock.now()), new Date(clock.now() + HOUR))
      const values = { containerName: CONTAINER, blobName: 'a/b', isDirectory: true, permissions: BlobSASPermissions.parse('r'), version }
      const sas = generateBlobSASQueryParameters({ ...values, expiresOn: new Date(clock.now() + HOUR) }, key, tree).toString()
      const inside = blobService(world.lab, host, sas).getContainerClient(CONTAINER)
      expect(await blobText(inside.getBlobClient('a/b/1'))).toBe('a/b/1')
      expect(await azureRefusal(inside.getBlobClient('a/c').download())).toMatchObject({ status: 403, code: 'AuthenticationFailed' })
    },
  )

  it('opens an account that allows no keys', async () => {
    grant('Storage Blob Data Reader')
    world.lab.azure.configureStorageAccount(ACCOUNT, { allowSharedKeyAccess: false })
    expect(await blobText(at(sasWith(await delegationKey())).getBlobClient('dir/k'))).toBe('hello')
  })

  it('asks for its key with a token, never with an account key or a SAS', async () => {
    expect(await azureRefusal(world.service.getUserDelegationKey(new Date(clock.now()), new Date(clock.now() + HOUR)))).toMatchObject({
      status: 403,
      detail: 'Only authentication scheme Bearer is supported',
    })
  })
})
