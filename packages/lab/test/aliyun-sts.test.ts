import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PolicyDocument } from '@sluice/core'
import type { AliyunCredentials } from '../src/index.ts'
import {
  ALIYUN_BUCKET,
  ALIYUN_EXTERNAL_ID,
  ALIYUN_ROLE,
  ALIYUN_TRUST,
  AssumeRoleRequest,
  aliyunRefusal,
  aliyunSts,
  CUSTOMER_UID,
  oss,
  PLATFORM_UID,
  ramAllow,
  ramPolicy,
  startAliyun,
  type AliyunWorld,
} from './aliyun-world.ts'
import { manualClock } from './manual-clock.ts'
import { send } from './raw.ts'

let world: AliyunWorld
const clock = manualClock()

beforeAll(async () => {
  world = await startAliyun({ clock })
})
afterAll(() => world.lab.close())

interface AssumeInput {
  readonly externalId?: string
  readonly roleArn?: string
  readonly roleSessionName?: string
  readonly durationSeconds?: number
  readonly policy?: PolicyDocument | string
}

/** Assumes the customer's role with Alibaba's own client. */
async function assume(input: AssumeInput = {}, credentials = world.platform): Promise<Required<AliyunCredentials>> {
  const { policy, ...rest } = input
  const request = new AssumeRoleRequest({
    roleArn: ALIYUN_ROLE,
    roleSessionName: 'sluice',
    externalId: ALIYUN_EXTERNAL_ID,
    ...(policy === undefined ? {} : { policy: typeof policy === 'string' ? policy : JSON.stringify(policy) }),
    ...rest,
  })
  const { body } = await aliyunSts(world.lab, credentials).assumeRole(request)
  const { accessKeyId = '', accessKeySecret = '', securityToken = '', expiration = '' } = body?.credentials ?? {}
  return { accessKeyId, accessKeySecret, securityToken, expiresAt: Date.parse(expiration) }
}

describe('GetCallerIdentity', () => {
  it('tells a user, and a session of a role', async () => {
    const user = await aliyunSts(world.lab, world.platform).getCallerIdentity()
    expect(user.body).toMatchObject({ accountId: PLATFORM_UID, arn: `acs:ram::${PLATFORM_UID}:user/sluice`, identityType: 'RAMUser' })
    const session = await aliyunSts(world.lab, await assume()).getCallerIdentity()
    expect(session.body).toMatchObject({
      accountId: CUSTOMER_UID,
      arn: `acs:ram::${CUSTOMER_UID}:assumed-role/lake-test/sluice`,
      identityType: 'AssumedRoleUser',
    })
  })
})

describe('AssumeRole', () => {
  it('issues a session that does what the role may', async () => {
    const client = oss(world.lab, await assume())
    await client.put('data/a.txt', Buffer.from('a'))
    expect(String((await client.get('data/a.txt')).content)).toBe('a')
  })

  it('narrows the session to the policy that is passed', async () => {
    const policy = ramPolicy(ramAllow('oss:GetObject', `acs:oss:*:*:${ALIYUN_BUCKET}/data/*`))
    const client = oss(world.lab, await assume({ policy }))
    world.lab.aliyun.putObject(ALIYUN_BUCKET, 'data/b.txt', { body: 'b' })
    expect(String((await client.get('data/b.txt')).content)).toBe('b')
    expect(await aliyunRefusal(client.put('data/b.txt', Buffer.from('x')))).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      message: "Access denied by authorizer's policy.",
    })
  })

  it('gives a session no more than the role has, whatever its policy allows', async () => {
    const client = oss(world.lab, await assume({ policy: ramPolicy(ramAllow('*', '*')) }))
    expect(await aliyunRefusal(client.putBucketACL(ALIYUN_BUCKET, 'private'))).toMatchObject({ status: 403, code: 'AccessDenied' })
  })

  it.each([
    ['another external id', { externalId: 'wrong' }],
    ['no external id', { externalId: '' }],
  ])('refuses %s', async (_, { externalId }) => {
    const input = externalId === '' ? new AssumeRoleRequest({ roleArn: ALIYUN_ROLE, roleSessionName: 's1' }) : undefined
    const call = input ? aliyunSts(world.lab, world.platform).assumeRole(input) : assume({ externalId })
    expect(await aliyunRefusal(call)).toMatchObject({ status: 403, code: 'NoPermission' })
  })

  it('says which policy does not allow it', async () => {
    const { lab } = world
    lab.aliyun.putUser(PLATFORM_UID, { name: 'weak' })
    const weak = lab.aliyun.createAccessKey(PLATFORM_UID, 'weak')
    const detail = async (call: Promise<unknown>): Promise<unknown> => {
      const error: unknown = await call.catch((thrown: unknown) => thrown)
      return error instanceof Error && 'accessDeniedDetail' in error ? error.accessDeniedDetail : undefined
    }
    expect(await detail(assume({}, weak))).toMatchObject({
      PolicyType: 'AccountLevelIdentityBasedPolicy',
      NoPermissionType: 'ImplicitDeny',
      AuthAction: 'sts:AssumeRole',
    })
    expect(await detail(assume({ externalId: 'wrong' }))).toMatchObject({ PolicyType: 'AssumeRolePolicy' })
  })

  it('refuses the account itself, whatever the trust policy says', async () => {
    const root = world.lab.aliyun.createRootAccessKey(PLATFORM_UID)
    expect(await aliyunRefusal(assume({}, root))).toMatchObject({ status: 403, code: 'NoPermission' })
  })

  it.each([
    ['a role that does not exist', { roleArn: `acs:ram::${CUSTOMER_UID}:role/none` }, 404, 'EntityNotExist.Role'],
    ['what is no role', { roleArn: 'arn:aws:iam::123456789012:role/x' }, 400, 'InvalidParameter.RoleArn'],
    ['a session name with a space', { roleSessionName: 'a b' }, 400, 'InvalidParameter.RoleSessionName'],
    ['a session of a minute', { durationSeconds: 60 }, 400, 'InvalidParameter.DurationSeconds'],
    ['a session longer than the role allows', { durationSeconds: 7200 }, 400, 'InvalidParameter.DurationSeconds'],
    ['a policy of AWS', { policy: { Version: '2012-10-17', Statement: [] } }, 400, 'InvalidParameter.PolicyGrammar'],
    [
      'a policy that is too long',
      { policy: JSON.stringify(ramPolicy(ramAllow('oss:GetObject', `acs:oss:*:*:${'x'.repeat(2048)}`))) },
      400,
      'InvalidParameter.PolicySize',
    ],
  ])('refuses %s', async (_, input, status, code) => {
    expect(await aliyunRefusal(assume(input))).toMatchObject({ status, code })
  })

  it('sees a role only once RAM has spread it', async () => {
    const { lab } = world
    const arn = lab.aliyun.putRole(CUSTOMER_UID, { name: 'late', trust: ALIYUN_TRUST, visibleAfterMs: 5000 })
    expect(await aliyunRefusal(assume({ roleArn: arn }))).toMatchObject({ code: 'EntityNotExist.Role' })
    clock.advance(5000)
    await assume({ roleArn: arn })
  })

  it('ends the sessions of a role that is deleted', async () => {
    const { lab } = world
    const arn = lab.aliyun.putRole(CUSTOMER_UID, { name: 'gone', trust: ALIYUN_TRUST, attached: ['AliyunOSSFullAccess'] })
    const session = await assume({ roleArn: arn })
    await oss(lab, session).list({ 'max-keys': 1 }, {})
    lab.aliyun.deleteRole(arn)
    expect(await aliyunRefusal(oss(lab, session).list({ 'max-keys': 1 }, {}))).toMatchObject({ code: 'InvalidAccessKeyId' })
  })
})

describe('signatures', () => {
  it.each([
    ['a key nobody has', { accessKeyId: 'LTAInobody', accessKeySecret: 'x' }, 404, 'InvalidAccessKeyId.NotFound'],
    ['a wrong secret', { accessKeySecret: 'wrong' }, 400, 'SignatureDoesNotMatch'],
    ['a token with a key that lives long', { securityToken: 'CAIS' }, 400, 'InvalidSecurityToken.Malformed'],
  ])('refuses %s', async (_, change, status, code) => {
    const call = aliyunSts(world.lab, { ...world.platform, ...change }).getCallerIdentity()
    expect(await aliyunRefusal(call)).toMatchObject({ status, code })
  })

  it('refuses a disabled key', async () => {
    const { lab } = world
    const key = lab.aliyun.createAccessKey(PLATFORM_UID, 'sluice')
    lab.aliyun.setAccessKeyStatus(key.accessKeyId, 'Inactive')
    expect(await aliyunRefusal(aliyunSts(lab, key).getCallerIdentity())).toMatchObject({ code: 'InvalidAccessKeyId.Inactive' })
    expect(await aliyunRefusal(oss(lab, key).get('x'))).toMatchObject({ status: 403, code: 'InvalidAccessKeyId' })
  })

  it('refuses a session without its token, with that of another, and once it has expired', async () => {
    const { lab } = world
    const [first, second] = [await assume({ durationSeconds: 900 }), await assume()]
    const { securityToken: _none, ...bare } = first
    const identity = (credentials: AliyunCredentials) => aliyunRefusal(aliyunSts(lab, credentials).getCallerIdentity())
    expect(await identity(bare)).toMatchObject({ code: 'MissingSecurityToken' })
    expect(await identity({ ...first, securityToken: second.securityToken })).toMatchObject({
      code: 'InvalidSecurityToken.MismatchWithAccessKey',
    })
    // Within the skew that is put up with, so that the clients' own clock still counts.
    const short = lab.aliyun.issueSession(ALIYUN_ROLE, { seconds: 60 })
    clock.advance(60_000)
    expect(await identity(short)).toMatchObject({ code: 'InvalidSecurityToken.Expired' })
    expect(await aliyunRefusal(oss(lab, short).get('x'))).toMatchObject({ status: 403, code: 'SecurityTokenExpired' })
  })

  it('asks for a signature, an action and the right version of the API', async () => {
    const host = 'sts.aliyuncs.com'
    const ask = async (query: { readonly [name: string]: string }) => {
      const answer = await send(world.lab, { host, query })
      return answer.code
    }
    expect(await ask({ Action: 'GetCallerIdentity', Version: '2015-04-01' })).toBe('MissingAccessKeyId')
    expect(await ask({ Version: '2015-04-01' })).toBe('MissingAction')
    expect(await ask({ Action: 'GetCallerIdentity', Version: '2011-06-15' })).toBe('InvalidVersion')
    expect(await ask({ Action: 'GenerateSessionAccessKey', Version: '2015-04-01' })).toBe('NotImplemented')
  })
})
