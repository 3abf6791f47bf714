import type { PolicyDocument } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AliyunCredentials } from '../src/index.ts'
import { ossRequest } from './aliyun-raw.ts'
import {
  ALIYUN_BUCKET,
  ALIYUN_REGION,
  aliyunRefusal,
  aliyunSts,
  AssumeRoleRequest,
  CUSTOMER_UID,
  oss,
  PLATFORM_UID,
  ramAllow,
  ramPolicy,
  startAliyun,
  type AliyunWorld,
} from './aliyun-world.ts'
import { callRpc } from './aliyun-rpc.ts'
import { send, type RawAnswer } from './raw.ts'

const HOST = `${ALIYUN_BUCKET}.oss-cn-hangzhou.aliyuncs.com`
const BOTH = [`acs:oss:*:*:${ALIYUN_BUCKET}`, `acs:oss:*:*:${ALIYUN_BUCKET}/*`]

let world: AliyunWorld
beforeEach(async () => {
  world = await startAliyun()
  world.lab.aliyun.putObject(ALIYUN_BUCKET, 'data/a.txt', { body: 'hello' })
})
afterEach(() => world.lab.close())

const get = (credentials: AliyunCredentials = world.admin) => ossRequest(world.lab, credentials, { method: 'GET', path: '/data/a.txt' })
const put = (path: string) => ossRequest(world.lab, world.admin, { method: 'PUT', path }, { body: 'new' })

function elementOf({ text }: RawAnswer, name: string): string | undefined {
  return new RegExp(`<${name}>(.*?)</${name}>`).exec(text)?.[1]
}

describe('the network that a request comes from', () => {
  const denyOthers = (condition: PolicyDocument): PolicyDocument =>
    ramPolicy({ Effect: 'Deny', Principal: ['*'], Action: 'oss:GetObject', Resource: BOTH, Condition: condition })

  it.each([
    ['address', { NotIpAddress: { 'acs:SourceIp': ['203.0.113.0/24'] } }, { address: '203.0.113.7' }, { address: '198.51.100.7' }],
    ['VPC', { StringNotEquals: { 'acs:SourceVpc': ['vpc-1'] } }, { vpc: 'vpc-1' }, {}],
  ] as const)('is a condition of a bucket policy by its %s', async (_, condition, inside, outside) => {
    const { aliyun } = world.lab
    aliyun.putBucketPolicy(ALIYUN_BUCKET, denyOthers(condition))
    aliyun.setCaller(inside)
    expect((await get()).status).toBe(200)
    aliyun.setCaller(outside)
    const answer = await get()
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied', message: 'Access denied by bucket policy.' })
    expect(elementOf(answer, 'EC')).toBe('0003-00000101')
    expect(elementOf(answer, 'PolicyType')).toBe('ResourceBasedPolicy')
  })

  it('tells which AccessKey signed', async () => {
    world.lab.aliyun.putBucketPolicy(ALIYUN_BUCKET, denyOthers({ StringEquals: { 'acs:AccessId': world.admin.accessKeyId } }))
    expect((await get()).status).toBe(403)
    expect((await get(world.lab.aliyun.createAccessKey(CUSTOMER_UID, 'admin'))).status).toBe(200)
  })

  it('lets through what the policy of its endpoint allows, and nothing else', async () => {
    const { aliyun } = world.lab
    aliyun.putVpcPolicy('vpc-1', ramPolicy({ ...ramAllow('oss:*', ['acs:oss:*:*:other', 'acs:oss:*:*:other/*']), Principal: '*' }))
    expect((await get()).status).toBe(200)
    aliyun.setCaller({ vpc: 'vpc-1' })
    const answer = await get()
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied', message: 'Access denied by VPC endpoint policy.' })
    expect(elementOf(answer, 'EC')).toBe('0003-00000401')
    aliyun.putVpcPolicy('vpc-1', ramPolicy({ ...ramAllow('oss:*', BOTH), Principal: '*' }))
    expect((await get()).status).toBe(200)
  })
})

describe('a control policy', () => {
  const FULL = ramPolicy(ramAllow('*', '*'))
  const noReads = ramPolicy({ Effect: 'Deny', Action: 'oss:Get*', Resource: '*' })

  it('keeps users from what the account may not do, and says that it was one', async () => {
    world.lab.aliyun.setControlPolicies(CUSTOMER_UID, [FULL, noReads])
    const answer = await get()
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied' })
    expect(elementOf(answer, 'PolicyType')).toBe('ControlPolicy')
    expect(elementOf(answer, 'NoPermissionType')).toBe('ExplicitDeny')
    await oss(world.lab, world.admin).list({ 'max-keys': 1 }, {})
    world.lab.aliyun.setControlPolicies(CUSTOMER_UID, undefined)
    expect((await get()).status).toBe(200)
  })

  it('lets through what it allows alone', async () => {
    world.lab.aliyun.setControlPolicies(CUSTOMER_UID, [ramPolicy(ramAllow('ram:*', '*'))])
    expect(elementOf(await get(), 'NoPermissionType')).toBe('ImplicitDeny')
    expect(await callRpc(world.lab, world.admin, 'ram', 'ListRoles')).toMatchObject({ Roles: expect.anything() })
  })

  it('does not hold for the account itself', async () => {
    world.lab.aliyun.setControlPolicies(CUSTOMER_UID, [noReads])
    expect((await get(world.lab.aliyun.createRootAccessKey(CUSTOMER_UID))).status).toBe(200)
  })

  it('keeps those who would assume a role from it', async () => {
    world.lab.aliyun.setControlPolicies(PLATFORM_UID, [FULL, ramPolicy({ Effect: 'Deny', Action: 'sts:*', Resource: '*' })])
    const request = new AssumeRoleRequest({ roleArn: `acs:ram::${CUSTOMER_UID}:role/lake-test`, roleSessionName: 'test' })
    expect(await aliyunRefusal(aliyunSts(world.lab, world.platform).assumeRole(request))).toMatchObject({ code: 'NoPermission' })
  })
})

describe('an account that OSS does not serve', () => {
  it('is told so, and so is who wants its buckets', async () => {
    const { aliyun } = world.lab
    aliyun.putBucketPolicy(
      ALIYUN_BUCKET,
      ramPolicy({ Effect: 'Allow', Principal: [PLATFORM_UID], Action: 'oss:GetObject', Resource: [`acs:oss:*:*:${ALIYUN_BUCKET}/*`] }),
    )
    expect((await get(world.platform)).status).toBe(200)
    aliyun.setStanding(CUSTOMER_UID, 'suspended')
    expect(await get()).toMatchObject({ status: 403, code: 'UserDisable' })
    expect(await get(world.platform)).toMatchObject({ status: 403, code: 'AbnormalBucketOwnerStatus' })
    aliyun.setStanding(CUSTOMER_UID, 'good')
    expect((await get()).status).toBe(200)
  })
})

describe('hotlink protection', () => {
  const open = (headers = {}) => send(world.lab, { host: HOST, path: '/data/a.txt', headers })

  beforeEach(() =>
    world.lab.aliyun.configureBucket(ALIYUN_BUCKET, {
      acl: 'public-read',
      blockPublicAccess: false,
      referers: { allowsEmpty: false, allowed: ['https://*.acme.example'] },
    }),
  )

  it('keeps out who comes from no page, or from one that is not listed', async () => {
    const empty = await open()
    expect(empty).toMatchObject({ status: 403, code: 'AccessDenied', message: 'You are denied by bucket referer policy.' })
    expect(elementOf(empty, 'EC')).toBe('0003-00000501')
    expect(elementOf(await open({ referer: 'https://elsewhere.example/' }), 'EC')).toBe('0003-00000503')
    expect((await open({ referer: 'https://www.acme.example/page' })).status).toBe(200)
  })

  it('holds for signed URLs, and not for who signs in a header', async () => {
    const url = new URL(oss(world.lab, world.admin, { endpoint: 'https://oss-cn-hangzhou.aliyuncs.com' }).signatureUrl('data/a.txt'))
    const answer = await send(world.lab, { host: HOST, path: url.pathname, query: Object.fromEntries(url.searchParams) })
    expect(elementOf(answer, 'EC')).toBe('0003-00000501')
    expect((await get()).status).toBe(200)
  })
})

describe('a retention policy', () => {
  beforeEach(() => world.lab.aliyun.configureBucket(ALIYUN_BUCKET, { retentionDays: 30 }))

  it('lets new objects be written, and none be replaced or deleted', async () => {
    expect((await put('/data/new.txt')).status).toBe(200)
    expect(await put('/data/a.txt')).toMatchObject({ status: 409, code: 'FileImmutable' })
    const client = oss(world.lab, world.admin)
    expect(await aliyunRefusal(client.delete('data/a.txt'))).toMatchObject({ status: 409, code: 'FileImmutable' })
    expect(await aliyunRefusal(client.deleteMulti(['data/a.txt', 'data/new.txt']))).toMatchObject({ code: 'FileImmutable' })
    expect((await get()).text).toBe('hello')
  })

  it('is over with its days', async () => {
    world.lab.aliyun.configureBucket(ALIYUN_BUCKET, { retentionDays: 0 })
    await oss(world.lab, world.admin).delete('data/a.txt')
    expect((await get()).status).toBe(404)
  })
})

describe('a key of KMS', () => {
  it('that is disabled is no use to anybody, and OSS does not say why', async () => {
    const kmsKey = world.lab.aliyun.putKey(CUSTOMER_UID, ALIYUN_REGION)
    world.lab.aliyun.putObject(ALIYUN_BUCKET, 'data/a.txt', { body: 'hello', encryption: { algorithm: 'KMS', kmsKey } })
    expect((await get()).status).toBe(200)
    world.lab.aliyun.setKeyState(kmsKey, 'Disabled')
    const answer = await get()
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied', message: 'This request is forbidden by kms.' })
    expect(answer.text).not.toContain('AccessDeniedDetail')
  })
})
