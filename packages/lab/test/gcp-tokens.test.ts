import { importPKCS8, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { manualClock, type ManualClock } from './manual-clock.ts'
import {
  accountToken,
  ADMIN,
  BUCKET,
  downscope,
  exchange,
  goodClaims,
  google,
  issuer,
  objectsUrl,
  objectUrl,
  PROJECT,
  SCOPE,
  startGcpWorld,
  storageError,
  textOf,
  uploadUrl,
  type GcpWorld,
  type GoogleAnswer,
} from './gcp-world.ts'

let world: GcpWorld
let clock: ManualClock
beforeEach(async () => {
  clock = manualClock()
  world = await startGcpWorld({ clock })
  world.lab.gcp.putObject(BUCKET, 'in/a.csv', { body: 'a,b\n1,2\n' })
  world.lab.gcp.putObject(BUCKET, 'out/b.csv', { body: 'secret' })
})
afterEach(() => world.lab.close())

const list = (token: string, query = ''): Promise<GoogleAnswer> => google(world.lab, `${objectsUrl()}${query}`, { token })
const read = (token: string, key: string): Promise<GoogleAnswer> => google(world.lab, `${objectUrl(key)}?alt=media`, { token })

describe('a key of a service account', () => {
  type Change = { readonly [claim: string]: unknown }

  async function assertion(
    key: { readonly private_key: string; readonly private_key_id: string; readonly client_email: string },
    changes: Change = {},
  ) {
    const seconds = Math.floor(clock.now() / 1000)
    const claims = {
      iss: key.client_email,
      scope: SCOPE,
      aud: 'https://oauth2.googleapis.com/token',
      iat: seconds,
      exp: seconds + 3600,
      ...changes,
    }
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: key.private_key_id })
      .sign(await importPKCS8(key.private_key, 'RS256'))
  }

  const grant = (token: string): Promise<GoogleAnswer> =>
    google(world.lab, 'https://oauth2.googleapis.com/token', {
      form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: token },
    })

  it('gets a token that is good for an hour', async () => {
    const answer = await grant(await assertion(world.lab.gcp.createKey(world.reader)))
    expect(answer).toMatchObject({ status: 200, json: { token_type: 'Bearer', expires_in: 3599 } })
    const token = textOf(answer.json, 'access_token')
    expect((await read(token, 'in/a.csv')).text).toBe('a,b\n1,2\n')
    clock.advance(3_600_000)
    expect(await read(token, 'in/a.csv')).toMatchObject(storageError('Invalid Credentials', 401, 'authError'))
  })

  it.each([
    ["another account's key", 'Invalid JWT Signature.', {}, 'other'],
    ['a disabled key', 'Invalid JWT Signature.', {}, 'disabled'],
    ['a deleted key', 'Invalid JWT Signature.', {}, 'deleted'],
    ['a key beyond its time', 'Invalid JWT Signature.', {}, 'late'],
    ['a disabled account', 'Invalid grant: account not found', {}, 'account-disabled'],
    ['an account that is gone', 'Invalid grant: account not found', {}, 'account-deleted'],
    ['another audience', 'Invalid JWT: Failed audience check.', { aud: 'https://sts.googleapis.com/v1/token' }, ''],
    ['a clock that is behind', /^Invalid JWT: Token must be a short-lived token/, { iat: 1, exp: 3601 }, ''],
    ['a life of two hours', /^Invalid JWT: Token must be a short-lived token/, { exp: Math.floor(Date.now() / 1000) + 7200 }, ''],
  ])('is refused as invalid_grant with %s', async (_, message, claims, trouble) => {
    const { gcp } = world.lab
    const key = gcp.createKey(world.reader, trouble === 'late' ? { validBefore: clock.now() - 1 } : {})
    const other = gcp.createKey(gcp.putServiceAccount(PROJECT, { id: 'another' }))
    if (trouble === 'disabled') gcp.setKeyDisabled(world.reader, key.private_key_id, true)
    if (trouble === 'deleted') gcp.deleteKey(world.reader, key.private_key_id)
    if (trouble === 'account-disabled') gcp.setServiceAccountDisabled(world.reader, true)
    if (trouble === 'account-deleted') gcp.deleteServiceAccount(world.reader)
    const signed = await assertion(trouble === 'other' ? { ...key, private_key: other.private_key } : key, claims)
    const answer = await grant(signed)
    expect(answer).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    expect(answer.json['error_description']).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  })

  it('is refused without a scope', async () => {
    expect(await grant(await assertion(world.lab.gcp.createKey(world.reader), { scope: '' }))).toMatchObject({
      status: 400,
      json: { error: 'invalid_scope' },
    })
  })

  it('loses its tokens when its account is disabled, and is another account when made again', async () => {
    const token = accountToken(world, world.reader)
    world.lab.gcp.setServiceAccountDisabled(world.reader, true)
    expect((await list(token)).status).toBe(401)
    world.lab.gcp.setServiceAccountDisabled(world.reader, false)
    expect((await list(token)).status).toBe(200)
    world.lab.gcp.putServiceAccount(PROJECT, { id: 'reader' })
    expect((await list(token)).status).toBe(401)
  })
})

describe('workload identity federation', () => {
  const viewer = (member = world.principal): void =>
    world.lab.gcp.addBinding({ on: { bucket: BUCKET }, role: 'roles/storage.objectViewer', member })

  it('exchanges a token of the issuer for one of the principal it names', async () => {
    viewer()
    const answer = await exchange(world, await issuer.sign(goodClaims(world)))
    expect(answer).toMatchObject({
      status: 200,
      json: { token_type: 'Bearer', issued_token_type: 'urn:ietf:params:oauth:token-type:access_token', expires_in: 599 },
    })
    const token = textOf(answer.json, 'access_token')
    expect((await read(token, 'in/a.csv')).status).toBe(200)
    expect(world.lab.requests.entries().at(-1)?.principal).toBe(world.principal)
    clock.advance(600_000)
    expect((await read(token, 'in/a.csv')).status).toBe(401)
  })

  it('names a principal without access as Caller', async () => {
    const token = textOf((await exchange(world, await issuer.sign(goodClaims(world)))).json, 'access_token')
    expect(await list(token)).toMatchObject(
      storageError(
        "Caller does not have storage.objects.list access to the Google Cloud Storage bucket. Permission 'storage.objects.list' denied on resource (or it may not exist).",
      ),
    )
  })

  it.each([
    [
      'another issuer',
      { iss: 'https://other.example' },
      'invalid_grant',
      'The issuer in ID Token https://other.example does not match the expected one in config: https://sluice.example.',
    ],
    ['another audience', { aud: 'other' }, 'invalid_grant', 'The audience in ID Token [other] does not match the expected audience.'],
    ['a time that is over', { iat: 1, exp: 600 }, 'invalid_grant', 'ID Token issued at 1 is stale to sign-in.'],
  ])('refuses %s', async (_, changes, error, description) => {
    const token = await issuer.sign({ ...goodClaims(world), ...changes })
    expect(await exchange(world, token)).toMatchObject({ status: 400, json: { error, error_description: description } })
  })

  it.each([
    ['iss', 'invalid_grant', 'The issuer in ID Token null does not match the expected one in config: https://sluice.example.'],
    ['aud', 'invalid_grant', 'The audience in ID Token [] does not match the expected audience.'],
    ['iat', 'invalid_grant', 'ID Token issued at null is stale to sign-in.'],
    ['sub', 'unauthorized_client', 'Could not obtain a value for google.subject from the given credential.'],
  ])('refuses a token without %s', async (claim, error, description) => {
    const claims = Object.fromEntries(Object.entries(goodClaims(world)).filter(([name]) => name !== claim))
    expect(await exchange(world, await issuer.sign(claims))).toMatchObject({ status: 400, json: { error, error_description: description } })
  })

  it('refuses a token from the future', async () => {
    const claims = goodClaims(world)
    const iat = Math.floor(clock.now() / 1000) + 61
    expect(await exchange(world, await issuer.sign({ ...claims, iat }))).toMatchObject({
      json: { error_description: `ID Token issued at ${iat} is stale to sign-in.` },
    })
  })

  it('ends its tokens with the pool, and not with the provider', async () => {
    viewer()
    const token = textOf((await exchange(world, await issuer.sign(goodClaims(world)))).json, 'access_token')
    world.lab.gcp.deleteProvider(world.pool, 'sluice')
    expect((await list(token)).status).toBe(200)
    world.lab.gcp.putPool(PROJECT, { id: 'sluice-pool', disabled: true })
    expect((await list(token)).status).toBe(401)
    world.lab.gcp.putPool(PROJECT, { id: 'sluice-pool' })
    expect((await list(token)).status).toBe(200)
  })

  it('refuses a key that the issuer does not publish, and blames the issuer as Google does', async () => {
    const token = await issuer.sign(goodClaims(world), { kid: 'k2' })
    expect(await exchange(world, token)).toMatchObject({
      status: 400,
      json: { error: 'invalid_grant', error_description: "Error connecting to the given credential's issuer." },
    })
  })

  it.each([
    [
      'a provider that is not there',
      'invalid_target',
      '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/sluice-pool/providers/other',
    ],
    [
      "a pool by its project's id",
      'invalid_request',
      '//iam.googleapis.com/projects/acme-data/locations/global/workloadIdentityPools/sluice-pool/providers/sluice',
    ],
    [
      'an audience with https:',
      'invalid_request',
      'https://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/sluice-pool/providers/sluice',
    ],
  ])('refuses %s as %s', async (_, error, audience) => {
    expect(await exchange(world, await issuer.sign(goodClaims(world)), { audience })).toMatchObject({ status: 400, json: { error } })
  })

  it('refuses a provider that is disabled', async () => {
    world.lab.gcp.putProvider(world.pool, { id: 'sluice', issuerUri: 'https://sluice.example', disabled: true })
    expect(await exchange(world, await issuer.sign(goodClaims(world)))).toMatchObject({ status: 400, json: { error: 'invalid_target' } })
  })

  it('takes a subject of 127 bytes and no longer one', async () => {
    const subject = (length: number) => issuer.sign({ ...goodClaims(world), sub: 's'.repeat(length) })
    expect((await exchange(world, await subject(127))).status).toBe(200)
    expect(await exchange(world, await subject(128))).toMatchObject({
      status: 400,
      json: { error: 'invalid_grant', error_description: expect.stringContaining('exceeds the 127 bytes limit') },
    })
  })

  it('maps attributes, tests its condition on them, and lets in a set of principals by one of them', async () => {
    world.lab.gcp.putProvider(world.pool, {
      id: 'sluice',
      issuerUri: 'https://sluice.example',
      allowedAudiences: ['sluice'],
      attributeMapping: { 'google.subject': "'c/' + assertion.sub", 'attribute.project': 'assertion.project' },
      attributeCondition: "assertion.project == 'p' && google.subject.startsWith('c/')",
    })
    viewer(`principalSet://iam.googleapis.com/${world.pool}/attribute.project/p`)
    const claims = { ...goodClaims(world), aud: 'sluice', sub: 'one' }
    const token = textOf((await exchange(world, await issuer.sign({ ...claims, project: 'p' }))).json, 'access_token')
    expect((await list(token)).status).toBe(200)
    for (const project of ['q', undefined])
      expect(await exchange(world, await issuer.sign({ ...claims, ...(project ? { project } : {}) }))).toMatchObject({
        status: 400,
        json: { error: 'unauthorized_client', error_description: 'The given credential is rejected by the attribute condition.' },
      })
    expect(await exchange(world, await issuer.sign({ ...goodClaims(world), project: 'p' }))).toMatchObject({
      json: { error: 'invalid_grant', error_description: expect.stringContaining('The audience in ID Token') },
    })
  })
})

describe('impersonation', () => {
  const generate = (token: string, email = world.reader, body: object = {}): Promise<GoogleAnswer> =>
    google(world.lab, `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${email}:generateAccessToken`, {
      token,
      json: { scope: [SCOPE], ...body },
    })
  const federated = async (): Promise<string> => textOf((await exchange(world, await issuer.sign(goodClaims(world)))).json, 'access_token')

  it('is refused, naming the permission, until a binding on the account allows it', async () => {
    const token = await federated()
    expect(await generate(token)).toMatchObject({
      status: 403,
      json: {
        error: {
          code: 403,
          status: 'PERMISSION_DENIED',
          message: "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
          details: [{ reason: 'IAM_PERMISSION_DENIED', metadata: { permission: 'iam.serviceAccounts.getAccessToken' } }],
        },
      },
    })
    world.lab.gcp.setIamDelay(90_000)
    world.lab.gcp.addBinding({ on: { serviceAccount: world.reader }, role: 'roles/iam.workloadIdentityUser', member: world.principal })
    expect((await generate(token)).status).toBe(403)
    clock.advance(90_000)
    const answer = await generate(token, world.reader, { lifetime: '300s' })
    expect(answer.json['expireTime']).toBe(new Date(clock.now() + 300_000).toISOString().replace('.000Z', 'Z'))
    expect((await list(textOf(answer.json, 'accessToken'))).status).toBe(200)
  })

  it.each([
    ['no life', { lifetime: '0s' }, 'Lifetime of access token must be larger then zero.'],
    ['a life of more than an hour', { lifetime: '3601s' }, 'can not have lifetimes of more than 1 hour'],
    ['no scope', { scope: [] }, 'Scope required.'],
  ])('is refused with %s', async (_, body, message) => {
    world.lab.gcp.addBinding({ on: { project: PROJECT }, role: 'roles/iam.serviceAccountTokenCreator', member: 'user:admin@acme.example' })
    expect(await generate(world.lab.gcp.issueToken(ADMIN), world.reader, body)).toMatchObject({
      status: 400,
      json: { error: { status: 'INVALID_ARGUMENT', message: expect.stringContaining(message) } },
    })
  })

  it('says of an account that is not there that it is not', async () => {
    expect(await generate(await federated(), 'gone@acme-data.iam.gserviceaccount.com')).toMatchObject({
      status: 404,
      json: { error: { message: 'Not found; Gaia id not found for email gone@acme-data.iam.gserviceaccount.com' } },
    })
  })

  it('takes no token that is good for storage only', async () => {
    const token = accountToken(world, world.reader, ['https://www.googleapis.com/auth/devstorage.read_only'])
    expect(await generate(token)).toMatchObject({
      status: 403,
      json: { error: { details: [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }] } },
    })
  })
})

describe('a credential access boundary', () => {
  const rule = (prefix: string, permissions = ['inRole:roles/storage.objectViewer'], bucket = BUCKET) => ({
    availableResource: `//storage.googleapis.com/projects/_/buckets/${bucket}`,
    availablePermissions: permissions,
    availabilityCondition: {
      expression: `resource.name.startsWith('projects/_/buckets/${bucket}/objects/${prefix}') || api.getAttribute('storage.googleapis.com/objectListPrefix', '').startsWith('${prefix}')`,
    },
  })
  const narrow = async (...rules: readonly object[]): Promise<string> => {
    const answer = await downscope(world, accountToken(world, world.reader), { accessBoundaryRules: rules })
    expect(answer.status, answer.text).toBe(200)
    return textOf(answer.json, 'access_token')
  }

  it('leaves the objects and listings of its prefix and nothing else', async () => {
    const token = await narrow(rule('in/'))
    expect((await read(token, 'in/a.csv')).status).toBe(200)
    expect((await read(token, 'out/b.csv')).status).toBe(403)
    expect((await list(token, '?prefix=in/')).status).toBe(200)
    expect((await list(token, '?prefix=out/')).status).toBe(403)
    expect((await list(token)).status).toBe(403)
    expect((await google(world.lab, 'https://storage.googleapis.com/storage/v1/b/acme-lake', { token })).status).toBe(403)
  })

  it('gives nothing that its source does not have', async () => {
    const token = await narrow(rule('in/', ['inRole:roles/storage.objectAdmin']))
    expect((await google(world.lab, uploadUrl('in/c.csv'), { token, body: 'x' })).status).toBe(403)
  })

  it('ends with its source', async () => {
    const token = await narrow(rule('in/'))
    clock.advance(3_600_000)
    expect((await read(token, 'in/a.csv')).status).toBe(401)
  })

  it('leaves nothing to an expression that is not understood', async () => {
    const token = await narrow({ ...rule('in/'), availabilityCondition: { expression: "resource.name.matches('.*')" } })
    expect((await read(token, 'in/a.csv')).status).toBe(403)
  })

  it.each([
    ['no rule', []],
    ['eleven rules', Array.from({ length: 11 }, () => rule('in/'))],
    ['a resource that is no bucket', [{ ...rule('in/'), availableResource: '//storage.googleapis.com/projects/p' }]],
    ['a bare permission', [rule('in/', ['storage.objects.get'])]],
    ['an expression that cannot be read', [{ ...rule('in/'), availabilityCondition: { expression: 'resource.name.startsWith(' } }]],
    ['more than 2048 characters', [rule('p'.repeat(1000)), rule('q'.repeat(100))]],
  ])('is refused with %s', async (_, rules) => {
    const answer = await downscope(world, accountToken(world, world.reader), { accessBoundaryRules: rules })
    expect(answer).toMatchObject({ status: 400, json: { error: 'invalid_request' } })
  })

  it('narrows a federated token as well, without saying when it ends', async () => {
    world.lab.gcp.addBinding({ on: { bucket: BUCKET }, role: 'roles/storage.objectViewer', member: world.principal })
    const claims = goodClaims(world)
    const source = textOf((await exchange(world, await issuer.sign(claims))).json, 'access_token')
    const answer = await downscope(world, source, { accessBoundaryRules: [rule('in/')] })
    expect(answer.json).not.toHaveProperty('expires_in')
    expect((await read(textOf(answer.json, 'access_token'), 'in/a.csv')).status).toBe(200)
    expect((await read(textOf(answer.json, 'access_token'), 'out/b.csv')).status).toBe(403)
  })
})
