import type { JsonObject } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  accountToken,
  ADMIN,
  BUCKET,
  exchange,
  goodClaims,
  google,
  ISSUER,
  issuer,
  objectsUrl,
  PROJECT,
  startGcpWorld,
  SUBJECT,
  textOf,
  type GcpWorld,
  type GoogleAnswer,
} from './gcp-world.ts'

let world: GcpWorld
let admin: string
beforeEach(async () => {
  world = await startGcpWorld()
  admin = world.lab.gcp.issueToken(ADMIN)
})
afterEach(() => world.lab.close())

const IAM = `https://iam.googleapis.com/v1/projects/${PROJECT}`
const CRM = `https://cloudresourcemanager.googleapis.com/v1/projects/${PROJECT}`
const BUCKET_URL = `https://storage.googleapis.com/storage/v1/b/${BUCKET}`

const call = (method: string, url: string, json?: unknown, token = admin): Promise<GoogleAnswer> =>
  google(world.lab, url, { method, token, ...(json === undefined ? {} : { json }) })

async function done(method: string, url: string, json?: unknown): Promise<JsonObject> {
  const answer = await call(method, url, json)
  expect(answer.status, answer.text).toBe(200)
  return answer.json
}

const failed = (status: number, code: string) => ({ status, json: { error: { code: status, status: code } } })

describe('what a customer’s admin sets up through the APIs', () => {
  it('lets a principal of a new pool read the bucket by a custom role, under a condition', async () => {
    await done('POST', `${IAM}/locations/global/workloadIdentityPools?workloadIdentityPoolId=sluice-new`, { displayName: 'Sluice' })
    const created = await done(
      'POST',
      `${IAM}/locations/global/workloadIdentityPools/sluice-new/providers?workloadIdentityPoolProviderId=sluice`,
      {
        oidc: { issuerUri: ISSUER },
        attributeMapping: { 'google.subject': 'assertion.sub' },
        attributeCondition: `assertion.sub == '${SUBJECT}'`,
      },
    )
    const name = 'projects/123456789012/locations/global/workloadIdentityPools/sluice-new'
    expect(created).toMatchObject({ done: true, response: { name: `${name}/providers/sluice`, state: 'ACTIVE' } })
    expect(await done('GET', `https://iam.googleapis.com/v1/${textOf(created, 'name')}`)).toMatchObject({ done: true })

    await done('POST', `${IAM}/roles`, {
      roleId: 'sluiceReader',
      role: { title: 'Sluice', includedPermissions: ['storage.objects.get', 'storage.objects.list'], stage: 'GA' },
    })
    const policy = await done('GET', `${BUCKET_URL}/iam?optionsRequestedPolicyVersion=3`)
    const { bindings } = policy
    await done('PUT', `${BUCKET_URL}/iam`, {
      ...policy,
      version: 3,
      bindings: [
        ...(Array.isArray(bindings) ? bindings : []),
        {
          role: `projects/${PROJECT}/roles/sluiceReader`,
          members: [`principal://iam.googleapis.com/${name}/subject/${SUBJECT}`],
          condition: { title: 'bucket only', expression: `resource.name == 'projects/_/buckets/${BUCKET}'` },
        },
      ],
    })

    const audience = `//iam.googleapis.com/${name}/providers/sluice`
    const token = textOf(
      (await exchange(world, await issuer.sign({ ...goodClaims(world), aud: `https:${audience}` }), { audience })).json,
      'access_token',
    )
    expect((await call('GET', objectsUrl(), undefined, token)).status).toBe(200)
    expect((await call('GET', `${objectsUrl()}/a`, undefined, token)).status).toBe(403)
  })

  it('makes an account, lets it be impersonated, and hands out a key once', async () => {
    const account = await done('POST', `${IAM}/serviceAccounts`, { accountId: 'sluice-acme', serviceAccount: { displayName: 'Sluice' } })
    const email = textOf(account, 'email')
    expect(email).toBe(`sluice-acme@${PROJECT}.iam.gserviceaccount.com`)
    await done('POST', `${IAM}/serviceAccounts/${email}:setIamPolicy`, {
      policy: { bindings: [{ role: 'roles/iam.serviceAccountTokenCreator', members: [`serviceAccount:${world.reader}`] }] },
    })
    expect(await done('POST', `${IAM}/serviceAccounts/${email}:getIamPolicy`)).toMatchObject({
      bindings: [{ members: [`serviceAccount:${world.reader}`] }],
    })
    const impersonated = await call(
      'POST',
      `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${email}:generateAccessToken`,
      { scope: ['https://www.googleapis.com/auth/cloud-platform'] },
      accountToken(world, world.reader),
    )
    expect(impersonated.status).toBe(200)

    const key = await done('POST', `${IAM}/serviceAccounts/${email}/keys`)
    const file: unknown = JSON.parse(Buffer.from(textOf(key, 'privateKeyData'), 'base64').toString())
    expect(file).toMatchObject({ type: 'service_account', client_email: email, token_uri: 'https://oauth2.googleapis.com/token' })
    const { keys } = await done('GET', `${IAM}/serviceAccounts/${email}/keys?keyTypes=USER_MANAGED`)
    expect(keys).toMatchObject([{ name: textOf(key, 'name'), keyType: 'USER_MANAGED' }])
    expect(JSON.stringify(keys)).not.toContain('PRIVATE')
    await done('DELETE', `https://iam.googleapis.com/v1/${textOf(key, 'name')}`)
    expect(await done('GET', `${IAM}/serviceAccounts/${email}/keys?keyTypes=USER_MANAGED`)).toEqual({})
    await done('DELETE', `${IAM}/serviceAccounts/${email}`)
    expect(await call('GET', `${IAM}/serviceAccounts/${email}`)).toMatchObject(failed(404, 'NOT_FOUND'))
  })

  it('gives the project’s own policy and number', async () => {
    expect(await done('GET', CRM)).toMatchObject({ projectId: PROJECT, projectNumber: '123456789012' })
    const policy = await done('POST', `${CRM}:getIamPolicy`)
    await done('POST', `${CRM}:setIamPolicy`, {
      policy: {
        ...policy,
        bindings: [
          ...(Array.isArray(policy['bindings']) ? policy['bindings'] : []),
          { role: 'roles/viewer', members: ['user:ann@acme.example'] },
        ],
      },
    })
    expect(world.lab.gcp.getPolicy({ project: PROJECT }).bindings).toHaveLength(2)
    expect(await done('POST', `${CRM}:testIamPermissions`, { permissions: ['storage.buckets.create', 'storage.objects.get'] })).toEqual({
      permissions: ['storage.buckets.create'],
    })
  })

  it('makes, changes and removes a bucket', async () => {
    const buckets = 'https://storage.googleapis.com/storage/v1/b'
    await done('POST', `${buckets}?project=${PROJECT}`, { name: 'acme-new', location: 'eu', labels: { a: '1' } })
    expect(await done('PATCH', `${buckets}/acme-new`, { versioning: { enabled: true }, labels: { b: '2' } })).toMatchObject({
      location: 'EU',
      locationType: 'multi-region',
      versioning: { enabled: true },
      labels: { a: '1', b: '2' },
      metageneration: '2',
    })
    expect(await done('GET', `${buckets}?project=${PROJECT}`)).toMatchObject({ items: [{ name: BUCKET }, { name: 'acme-new' }] })
    expect((await call('POST', `${buckets}?project=${PROJECT}`, { name: 'acme-new' })).status).toBe(409)
    world.lab.gcp.putObject('acme-new', 'a', { body: 'x' })
    expect((await call('DELETE', `${buckets}/acme-new`)).status).toBe(409)
    world.lab.gcp.configureBucket('acme-new', { versioning: false })
    world.lab.gcp.deleteObject('acme-new', 'a')
    expect((await call('DELETE', `${buckets}/acme-new`)).status).toBe(204)
    expect((await call('GET', `${buckets}/acme-new`)).status).toBe(404)
  })
})

it('answers what gcloud asks before it acts', async () => {
  const { permissions } = await done('POST', 'https://iam.googleapis.com/v1/permissions:queryTestablePermissions', {
    fullResourceName: `//cloudresourcemanager.googleapis.com/projects/${PROJECT}`,
  })
  expect(permissions).toContainEqual({ name: 'storage.objects.get', stage: 'GA' })
  world.lab.gcp.addBinding({ on: { bucket: BUCKET }, role: 'roles/storage.objectViewer', member: 'user:admin@acme.example' })
  expect(await done('GET', `${BUCKET_URL}/storageLayout`)).toMatchObject({
    location: 'EUROPE-WEST3',
    hierarchicalNamespace: { enabled: false },
  })
})

describe('what the APIs refuse', () => {
  it('without a token, and without a permission, which they name', async () => {
    expect(await google(world.lab, `${IAM}/roles`)).toMatchObject(failed(401, 'UNAUTHENTICATED'))
    const answer = await call('POST', `${IAM}/roles`, {}, accountToken(world, world.reader))
    expect(answer).toMatchObject({
      status: 403,
      json: {
        error: {
          status: 'PERMISSION_DENIED',
          message: `Permission 'iam.roles.create' denied on resource '//cloudresourcemanager.googleapis.com/projects/${PROJECT}' (or it may not exist).`,
          details: [{ metadata: { permission: 'iam.roles.create' } }],
        },
      },
    })
  })

  it.each([
    [
      'a role with a permission that is none',
      'roles',
      { roleId: 'abc', role: { includedPermissions: ['storage.objects'] } },
      400,
      'INVALID_ARGUMENT',
    ],
    ['an account with a name too short', 'serviceAccounts', { accountId: 'abc' }, 400, 'INVALID_ARGUMENT'],
    ['an account that is there', 'serviceAccounts', { accountId: 'reader' }, 409, 'ALREADY_EXISTS'],
    ['a pool that is there', 'locations/global/workloadIdentityPools?workloadIdentityPoolId=sluice-pool', {}, 409, 'ALREADY_EXISTS'],
    [
      'a pool with a name of Google’s',
      'locations/global/workloadIdentityPools?workloadIdentityPoolId=gcp-pool',
      {},
      400,
      'INVALID_ARGUMENT',
    ],
  ])('%s', async (_, path, body, status, code) => {
    expect(await call('POST', `${IAM}/${path}`, body)).toMatchObject(failed(status, code))
  })

  it.each([
    ['an issuer without https', { oidc: { issuerUri: 'http://sluice.example' }, attributeMapping: { 'google.subject': 'assertion.sub' } }],
    ['no mapping of the subject', { oidc: { issuerUri: ISSUER }, attributeMapping: { 'attribute.a': 'assertion.a' } }],
    ['a mapping that cannot be read', { oidc: { issuerUri: ISSUER }, attributeMapping: { 'google.subject': 'assertion.' } }],
    [
      'keys of another kind',
      { oidc: { issuerUri: ISSUER, jwksJson: '{"keys":[{"kty":"OKP"}]}' }, attributeMapping: { 'google.subject': 'assertion.sub' } },
    ],
  ])('a provider with %s', async (_, body) => {
    const url = `${IAM}/locations/global/workloadIdentityPools/sluice-pool/providers?workloadIdentityPoolProviderId=other`
    expect(await call('POST', url, body)).toMatchObject(failed(400, 'INVALID_ARGUMENT'))
  })

  const binding = (changes: object): object => ({
    bindings: [{ role: 'roles/storage.objectViewer', members: ['user:ann@acme.example'], ...changes }],
  })

  it.each([
    ['a member without a kind', binding({ members: ['ann@acme.example'] }), 400],
    ['an account that is not there', binding({ members: [`serviceAccount:gone@${PROJECT}.iam.gserviceaccount.com`] }), 400],
    ['a custom role that is not there', binding({ role: `projects/${PROJECT}/roles/gone` }), 400],
    ['a condition in a policy of version 1', binding({ condition: { title: 't', expression: 'true' } }), 400],
    ['a condition that cannot be read', { version: 3, ...binding({ condition: { title: 't', expression: 'resource.name = "x"' } }) }, 400],
    [
      'a condition of thirteen parts',
      { version: 3, ...binding({ condition: { title: 't', expression: Array.from({ length: 14 }, () => 'true').join(' && ') } }) },
      400,
    ],
    [
      'a condition on a legacy role',
      { version: 3, ...binding({ role: 'roles/storage.legacyBucketReader', condition: { title: 't', expression: 'true' } }) },
      400,
    ],
    ['a policy that is not the latest', { etag: 'b3RoZXI=', ...binding({}) }, 412],
  ])('in a policy %s', async (_, policy, status) => {
    expect((await call('PUT', `${BUCKET_URL}/iam`, policy)).status).toBe(status)
  })

  it('a policy on a bucket that is open to everybody, where that is prevented', async () => {
    world.lab.gcp.configureBucket(BUCKET, { publicAccessPrevention: 'enforced' })
    expect((await call('PUT', `${BUCKET_URL}/iam`, binding({ members: ['allUsers'] }))).status).toBe(412)
  })

  it('to show a condition to who asks for an old policy', async () => {
    world.lab.gcp.addBinding({
      on: { bucket: BUCKET },
      role: 'roles/storage.objectViewer',
      member: 'user:ann@acme.example',
      condition: { title: 't', expression: 'true' },
    })
    const { bindings } = await done('GET', `${BUCKET_URL}/iam`)
    expect(bindings).toContainEqual({
      role: expect.stringMatching(/^roles\/storage\.objectViewer_withcond_[0-9a-f]{20}$/),
      members: ['user:ann@acme.example'],
    })
  })

  it('what the lab does not have, saying so', async () => {
    expect(await call('GET', 'https://compute.googleapis.com/compute/v1/projects/x')).toMatchObject(failed(501, 'UNIMPLEMENTED'))
    expect(await call('GET', `${IAM}/denyPolicies`)).toMatchObject(failed(501, 'UNIMPLEMENTED'))
    expect((await call('POST', `${BUCKET_URL}/o/a/compose`, {})).status).toBe(501)
  })
})
