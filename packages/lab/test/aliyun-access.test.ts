import type { PolicyDocument } from '@sluice/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AliyunCredentials } from '../src/index.ts'
import { ossRequest } from './aliyun-raw.ts'
import {
  ALIYUN_BUCKET,
  ALIYUN_ROLE,
  ALIYUN_TRUST,
  CUSTOMER_UID,
  oss,
  PLATFORM_UID,
  ramAllow,
  ramPolicy,
  startAliyun,
  type AliyunWorld,
} from './aliyun-world.ts'
import { send, type RawAnswer } from './raw.ts'

const OBJECTS = `acs:oss:*:*:${ALIYUN_BUCKET}/*`
const HOST = `${ALIYUN_BUCKET}.oss-cn-hangzhou.aliyuncs.com`

let world: AliyunWorld
let users = 0

beforeAll(async () => {
  world = await startAliyun()
})
afterAll(() => world.lab.close())

beforeEach(() => {
  const { aliyun } = world.lab
  aliyun.configureBucket(ALIYUN_BUCKET, { acl: 'private', blockPublicAccess: true })
  aliyun.putBucketPolicy(ALIYUN_BUCKET, undefined)
  aliyun.putObject(ALIYUN_BUCKET, 'data/a.txt', { body: 'hello' })
})

/** A new user of the customer, with these statements for a policy. */
function userWith(...statements: readonly PolicyDocument[]): AliyunCredentials {
  users += 1
  const name = `user-${users}`
  world.lab.aliyun.putUser(CUSTOMER_UID, { name, policies: { [name]: { Version: '1', Statement: statements } } })
  return world.lab.aliyun.createAccessKey(CUSTOMER_UID, name)
}

const get = (credentials: AliyunCredentials, path = '/data/a.txt') => ossRequest(world.lab, credentials, { method: 'GET', path })
const list = (credentials: AliyunCredentials, query: { readonly [name: string]: string } = {}) =>
  ossRequest(world.lab, credentials, { method: 'GET', path: '/' }, { query: { 'list-type': '2', ...query } })
const anonymous = (method = 'GET', path = '/data/a.txt', headers = {}) => send(world.lab, { host: HOST, method, path, headers })

/** What OSS tells of a denial. */
function detailOf(answer: RawAnswer): { readonly [name: string]: string | undefined } {
  const names = ['PolicyType', 'NoPermissionType', 'AuthAction', 'AuthPrincipalType', 'AuthPrincipalDisplayName', 'EC']
  return Object.fromEntries(names.map((name) => [name, new RegExp(`<${name}>(.*?)</${name}>`).exec(answer.text)?.[1]]))
}

describe('a denial', () => {
  it('by nobody having allowed it says which action was missing', async () => {
    const answer = await get(userWith(ramAllow('oss:PutObject', OBJECTS)))
    expect(answer).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      message: 'You have no right to access this object because of bucket acl.',
    })
    expect(detailOf(answer)).toMatchObject({
      PolicyType: 'AccountLevelIdentityBasedPolicy',
      NoPermissionType: 'ImplicitDeny',
      AuthAction: 'oss:GetObject',
      AuthPrincipalType: 'SubUser',
      EC: '0003-00000001',
    })
    expect(answer.text).toContain('<EncodedDiagnosticMessage>')
  })

  it('of a bucket operation says that the bucket is not yours', async () => {
    const answer = await list(userWith(ramAllow('oss:ListObjects', OBJECTS)))
    expect(answer).toMatchObject({ status: 403, message: 'The bucket you access does not belong to you.' })
    expect(detailOf(answer)).toMatchObject({ AuthAction: 'oss:ListObjects' })
  })

  it('by a policy of the user has another number', async () => {
    const answer = await get(userWith(ramAllow('oss:*', '*'), { Effect: 'Deny', Action: 'oss:GetObject', Resource: OBJECTS }))
    expect(answer).toMatchObject({ status: 403, message: 'Access denied by bucket policy.' })
    expect(detailOf(answer)).toMatchObject({
      PolicyType: 'AccountLevelIdentityBasedPolicy',
      NoPermissionType: 'ExplicitDeny',
      EC: '0003-00000201',
    })
  })

  it('by the policy of the bucket, and by both, too', async () => {
    const deny = { Effect: 'Deny', Action: ['oss:GetObject'], Resource: [OBJECTS] }
    world.lab.aliyun.putBucketPolicy(ALIYUN_BUCKET, ramPolicy({ ...deny, Principal: [CUSTOMER_UID] }))
    const byBucket = await get(userWith(ramAllow('oss:*', '*')))
    expect(detailOf(byBucket)).toMatchObject({ PolicyType: 'ResourceBasedPolicy', NoPermissionType: 'ExplicitDeny', EC: '0003-00000101' })
    expect(detailOf(await get(userWith(ramAllow('oss:*', '*'), deny)))).toMatchObject({ EC: '0003-00000203' })
  })

  it('by the policy of a session names the session', async () => {
    const session = world.lab.aliyun.issueSession(ALIYUN_ROLE, { sessionName: 's1', policy: ramPolicy(ramAllow('oss:PutObject', '*')) })
    const answer = await get(session)
    expect(answer).toMatchObject({ status: 403, message: "Access denied by authorizer's policy." })
    expect(detailOf(answer)).toMatchObject({
      PolicyType: 'SessionPolicy',
      AuthPrincipalType: 'AssumedRoleUser',
      AuthPrincipalDisplayName: 'lake-test:s1',
      EC: '0003-00000301',
    })
  })

  it('of somebody unsigned says nothing of policies', async () => {
    const answer = await anonymous()
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied' })
    expect(answer.text).not.toContain('AccessDeniedDetail')
    expect(await anonymous('GET', '/?list-type=2')).toMatchObject({
      status: 403,
      message: 'Anonymous access is forbidden for this operation.',
    })
  })
})

describe('policies of users and roles', () => {
  it('narrow a listing to a prefix', async () => {
    const user = userWith({
      ...ramAllow('oss:ListObjects', `acs:oss:*:*:${ALIYUN_BUCKET}`),
      Condition: { StringLike: { 'oss:Prefix': 'data/*' } },
    })
    expect((await list(user, { prefix: 'data/' })).status).toBe(200)
    for (const query of [{ prefix: 'other/' }, { prefix: '' }, {}]) expect((await list(user, query)).status).toBe(403)
  })

  it('count by address, by TLS and by time', async () => {
    const only = (Condition: PolicyDocument) => userWith({ ...ramAllow('oss:GetObject', OBJECTS), Condition })
    expect((await get(only({ IpAddress: { 'acs:SourceIp': '127.0.0.0/8' } }))).status).toBe(200)
    expect((await get(only({ IpAddress: { 'acs:SourceIp': '203.0.113.0/24' } }))).status).toBe(403)
    expect((await get(only({ Bool: { 'acs:SecureTransport': 'true' } }))).status).toBe(200)
    expect((await get(only({ DateLessThan: { 'acs:CurrentTime': '2020-01-01T00:00:00Z' } }))).status).toBe(403)
  })

  it('tell versions from objects', async () => {
    const { aliyun } = world.lab
    aliyun.createBucket(CUSTOMER_UID, { name: 'kept', region: 'cn-hangzhou', versioning: 'Enabled' })
    aliyun.putObject('kept', 'k', { body: 'x' })
    const user = userWith(ramAllow('oss:GetObject', 'acs:oss:*:*:kept/*'))
    const read = (query: { readonly [name: string]: string }) =>
      ossRequest(world.lab, user, { method: 'GET', path: '/k', bucket: 'kept' }, { query })
    expect((await read({})).status).toBe(200)
    expect(detailOf(await read({ versionId: 'x' }))).toMatchObject({ AuthAction: 'oss:GetObjectVersion' })
  })

  it('reach authorisation late where RAM is slow', async () => {
    const { aliyun } = world.lab
    aliyun.setRamDelay(60_000)
    const arn = aliyun.putRole(CUSTOMER_UID, { name: 'slow', trust: ALIYUN_TRUST, visibleAfterMs: 0 })
    const session = aliyun.issueSession(arn)
    aliyun.attachRolePolicy(arn, { type: 'System', name: 'AliyunOSSReadOnlyAccess' })
    expect((await get(session)).status).toBe(403)
    aliyun.setRamDelay(0)
  })

  it('are not asked for a bucket of another account', async () => {
    world.lab.aliyun.putUser(PLATFORM_UID, { name: 'mighty', attached: ['AdministratorAccess'] })
    const stranger = world.lab.aliyun.createAccessKey(PLATFORM_UID, 'mighty')
    const answer = await get(stranger)
    expect(answer.status).toBe(403)
    expect(detailOf(answer)).toMatchObject({ PolicyType: 'ResourceBasedPolicy', NoPermissionType: 'ImplicitDeny' })
  })
})

describe('the policy of a bucket', () => {
  it('lets in a user of another account, by UID', async () => {
    const id = world.lab.aliyun.putUser(PLATFORM_UID, { name: 'partner' })
    const partner = world.lab.aliyun.createAccessKey(PLATFORM_UID, 'partner')
    world.lab.aliyun.putBucketPolicy(ALIYUN_BUCKET, ramPolicy({ ...ramAllow(['oss:GetObject'], [OBJECTS]), Principal: [id] }))
    expect((await get(partner)).text).toBe('hello')
    expect((await list(partner)).status).toBe(403)
  })

  it('is put, shown and deleted by those who may', async () => {
    const client = oss(world.lab, world.admin)
    const document = {
      Version: '1',
      Statement: [{ Effect: 'Allow' as const, Action: ['oss:GetObject'], Principal: [PLATFORM_UID], Resource: [OBJECTS] }],
    }
    await client.putBucketPolicy(ALIYUN_BUCKET, document)
    expect((await client.getBucketPolicy(ALIYUN_BUCKET)).policy).toEqual(document)
    await client.deleteBucketPolicy(ALIYUN_BUCKET)
    const settings = (method: string, subresource: string, body?: string) =>
      ossRequest(world.lab, world.admin, { method, path: '/' }, { query: { [subresource]: '' }, ...(body === undefined ? {} : { body }) })
    expect(await settings('GET', 'policy')).toMatchObject({ status: 404, code: 'NoSuchBucketPolicy' })
    expect(await settings('PUT', 'policy', '{"Version":"2012-10-17"}')).toMatchObject({ status: 400, code: 'InvalidPolicyDocument' })
    expect((await settings('GET', 'policyStatus')).text).toContain('<IsPublic>false</IsPublic>')
    expect(await ossRequest(world.lab, userWith(), { method: 'PUT', path: '/' }, { query: { policy: '' }, body: '{}' })).toMatchObject({
      status: 403,
    })
  })

  it('opens a bucket to everybody only where public access is not blocked', async () => {
    const { aliyun } = world.lab
    const open = ramPolicy({ ...ramAllow(['oss:GetObject'], [OBJECTS]), Principal: ['*'] })
    const put = () =>
      ossRequest(world.lab, world.admin, { method: 'PUT', path: '/' }, { query: { policy: '' }, body: JSON.stringify(open) })
    expect(await put()).toMatchObject({ status: 403, code: 'AccessDenied' })
    aliyun.configureBucket(ALIYUN_BUCKET, { blockPublicAccess: false })
    expect((await put()).status).toBe(200)
    expect((await anonymous()).text).toBe('hello')
    aliyun.configureBucket(ALIYUN_BUCKET, { blockPublicAccess: true })
    expect((await anonymous()).status).toBe(403)
  })
})

describe('ACLs', () => {
  it('open objects to everybody, of the bucket or of their own', async () => {
    const { aliyun } = world.lab
    aliyun.configureBucket(ALIYUN_BUCKET, { acl: 'public-read', blockPublicAccess: false })
    expect((await anonymous()).text).toBe('hello')
    expect((await anonymous('PUT', '/new', { 'content-length': '0' })).status).toBe(403)
    aliyun.putObject(ALIYUN_BUCKET, 'data/secret', { body: 'x', acl: 'private' })
    expect((await anonymous('GET', '/data/secret')).status).toBe(403)
    aliyun.configureBucket(ALIYUN_BUCKET, { acl: 'public-read-write' })
    expect((await anonymous('PUT', '/new', { 'content-length': '0' })).status).toBe(200)
    aliyun.configureBucket(ALIYUN_BUCKET, { blockPublicAccess: true })
    expect((await anonymous()).status).toBe(403)
  })

  it('do not open what a session policy closes', async () => {
    world.lab.aliyun.configureBucket(ALIYUN_BUCKET, { acl: 'public-read', blockPublicAccess: false })
    const session = world.lab.aliyun.issueSession(ALIYUN_ROLE, { policy: ramPolicy(ramAllow('oss:PutObject', '*')) })
    expect((await get(session)).status).toBe(403)
  })

  it('are set and shown, and not made public where that is blocked', async () => {
    const client = oss(world.lab, world.admin)
    const acl = (path: string, query: { readonly [name: string]: string }, headers: { readonly [name: string]: string }) =>
      ossRequest(world.lab, world.admin, { method: 'PUT', path }, { query, headers })
    expect(await acl('/', { acl: '' }, { 'x-oss-acl': 'public-read' })).toMatchObject({ status: 403, code: 'AccessDenied' })
    expect(await acl('/data/a.txt', { acl: '' }, { 'x-oss-object-acl': 'public-read' })).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    })
    expect(await acl('/none', { acl: '' }, { 'x-oss-object-acl': 'private' })).toMatchObject({ status: 404, code: 'NoSuchKey' })
    world.lab.aliyun.configureBucket(ALIYUN_BUCKET, { blockPublicAccess: false })
    await client.putBucketACL(ALIYUN_BUCKET, 'public-read')
    expect((await client.getBucketACL(ALIYUN_BUCKET)).acl).toBe('public-read')
    await client.putACL('data/a.txt', 'private')
    expect((await client.getACL('data/a.txt')).acl).toBe('private')
  })
})

describe('encryption with a key of KMS', () => {
  const kms = (...actions: readonly string[]) => ramAllow(actions, 'acs:kms:*:*:*')
  const write = (credentials: AliyunCredentials, key: string) =>
    ossRequest(
      world.lab,
      credentials,
      { method: 'PUT', path: '/kms' },
      {
        headers: { 'x-oss-server-side-encryption': 'KMS', 'x-oss-server-side-encryption-key-id': key.slice(key.lastIndexOf('/') + 1) },
        body: 'x',
      },
    )

  it('asks for permission to use the key, on reading and on writing', async () => {
    const { aliyun } = world.lab
    const key = aliyun.putKey(CUSTOMER_UID, 'cn-hangzhou')
    const objects = ramAllow(['oss:GetObject', 'oss:PutObject'], OBJECTS)
    const all = userWith(objects, kms('kms:Decrypt', 'kms:GenerateDataKey'))
    const answer = await write(all, key)
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'x-oss-server-side-encryption': 'KMS',
      'x-oss-server-side-encryption-key-id': key.slice(key.lastIndexOf('/') + 1),
    })
    expect((await get(all, '/kms')).text).toBe('x')
    for (const statements of [[objects], [objects, kms('kms:Decrypt')]]) {
      const denied = await write(userWith(...statements), key)
      expect(denied).toMatchObject({ status: 403, code: 'AccessDenied', message: 'This request is forbidden by kms.' })
    }
    const reader = userWith(objects)
    expect(detailOf(await get(reader, '/kms'))).toMatchObject({ AuthAction: 'kms:Decrypt' })
    expect((await ossRequest(world.lab, reader, { method: 'HEAD', path: '/kms' })).status).toBe(200)
  })

  it('fails with a key that is disabled or not there, whoever asks', async () => {
    const { aliyun } = world.lab
    const key = aliyun.putKey(CUSTOMER_UID, 'cn-hangzhou')
    expect((await write(world.admin, key)).status).toBe(200)
    aliyun.setKeyState(key, 'Disabled')
    for (const answer of [await write(world.admin, key), await get(world.admin, '/kms'), await write(world.admin, 'none')])
      expect(answer).toMatchObject({ status: 403, message: 'This request is forbidden by kms.' })
  })

  it('is asked for uploads in parts as well, and where the bucket asks for it', async () => {
    const { aliyun } = world.lab
    const key = aliyun.putKey(CUSTOMER_UID, 'cn-hangzhou')
    aliyun.configureBucket(ALIYUN_BUCKET, { encryption: { algorithm: 'KMS', kmsKey: key } })
    const uploader = userWith(ramAllow(['oss:GetObject', 'oss:PutObject'], OBJECTS))
    expect((await ossRequest(world.lab, uploader, { method: 'POST', path: '/up' }, { query: { uploads: '' } })).status).toBe(403)
    await oss(world.lab, world.admin).multipartUpload('up', Buffer.alloc(210 * 1024), { partSize: 105 * 1024 })
    const encryption = await ossRequest(world.lab, world.admin, { method: 'GET', path: '/' }, { query: { encryption: '' } })
    expect(encryption.text).toContain('<SSEAlgorithm>KMS</SSEAlgorithm>')
    // A key that OSS manages asks nobody.
    const body =
      '<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>KMS</SSEAlgorithm></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>'
    await ossRequest(world.lab, world.admin, { method: 'PUT', path: '/' }, { query: { encryption: '' }, body })
    expect((await ossRequest(world.lab, uploader, { method: 'PUT', path: '/managed' }, { body: 'x' })).status).toBe(200)
    await ossRequest(world.lab, world.admin, { method: 'DELETE', path: '/' }, { query: { encryption: '' } })
    expect(await ossRequest(world.lab, world.admin, { method: 'GET', path: '/' }, { query: { encryption: '' } })).toMatchObject({
      status: 404,
      code: 'NoSuchServerSideEncryptionRule',
    })
  })
})

describe('settings of a bucket', () => {
  it('are changed by those who may', async () => {
    const set = (subresource: string, body: string, credentials = world.admin) =>
      ossRequest(world.lab, credentials, { method: 'PUT', path: '/' }, { query: { [subresource]: '' }, body })
    const show = async (subresource: string): Promise<string> =>
      (await ossRequest(world.lab, world.admin, { method: 'GET', path: '/' }, { query: { [subresource]: '' } })).text
    await set(
      'publicAccessBlock',
      '<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess></PublicAccessBlockConfiguration>',
    )
    expect(await show('publicAccessBlock')).toContain('<BlockPublicAccess>true</BlockPublicAccess>')
    await ossRequest(world.lab, world.admin, { method: 'DELETE', path: '/' }, { query: { publicAccessBlock: '' } })
    expect(await show('publicAccessBlock')).toContain('<BlockPublicAccess>false</BlockPublicAccess>')
    expect(await show('versioning')).not.toContain('<Status>')
    await set('versioning', '<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>')
    expect(await show('versioning')).toContain('<Status>Suspended</Status>')
    expect(await set('versioning', '<VersioningConfiguration/>')).toMatchObject({ status: 400, code: 'MalformedXML' })
    expect(
      (await set('versioning', '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>', userWith())).status,
    ).toBe(403)
  })
})

it('says of faults what OSS and STS say', async () => {
  const { lab } = world
  lab.faults.add({ operation: 'oss.GetObject', effect: { kind: 'error', status: 503, code: 'ServiceUnavailable' }, times: 1 })
  expect(await get(world.admin)).toMatchObject({ status: 503, code: 'ServiceUnavailable' })
  expect((await get(world.admin)).status).toBe(200)
  expect(lab.requests.entries().at(-1)).toMatchObject({
    operation: 'oss.GetObject',
    principal: `acs:ram::${CUSTOMER_UID}:user/admin`,
    bucket: ALIYUN_BUCKET,
    key: 'data/a.txt',
  })
})
