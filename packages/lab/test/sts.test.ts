import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts'
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import type { PolicyDocument } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LabCredentials } from '../src/index.ts'
import { manualClock, type ManualClock } from './manual-clock.ts'
import {
  allow,
  BUCKET,
  CUSTOMER,
  CUSTOMER_ROLE,
  EXTERNAL_ID,
  iam,
  PLATFORM,
  PLATFORM_ROLE,
  refusal,
  s3,
  startWorld,
  sts,
  TRUST,
  whoami,
  type World,
} from './world.ts'
import { CreateRoleCommand, DeleteRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam'

let world: World
let clock: ManualClock
beforeEach(async () => {
  clock = manualClock()
  world = await startWorld({ clock })
})
afterEach(() => world.lab.close())

const CALLER = 'arn:aws:sts::123456789012:assumed-role/xxxxxxx-tnabcdefg/lab'
const DENIED = {
  status: 403,
  code: 'AccessDenied',
  message: `User: ${CALLER} is not authorized to perform: sts:AssumeRole on resource: ${CUSTOMER_ROLE}`,
}

async function assume(input: Partial<AssumeRoleCommandInput> = {}, credentials: LabCredentials = world.platform): Promise<LabCredentials> {
  const answer = await sts(world.lab, credentials).send(
    new AssumeRoleCommand({ RoleArn: CUSTOMER_ROLE, RoleSessionName: 'sluice', ExternalId: EXTERNAL_ID, ...input }),
  )
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = answer.Credentials ?? {}
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiresAt: Expiration?.getTime() ?? 0 }
}

describe('AssumeRole', () => {
  it('issues a session to whom the trust policy names, with the right external id', async () => {
    const session = await assume()
    expect(session.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
    expect(session.expiresAt).toBe(clock.now() + 3_600_000)
    expect(await whoami(world.lab, session)).toBe(`arn:aws:sts::${CUSTOMER}:assumed-role/lake-test/sluice`)
  })

  it.each([
    ['a wrong external id', { ExternalId: 'my-external-id-124' }],
    ['an external id in another case', { ExternalId: EXTERNAL_ID.toUpperCase() }],
    ['a missing external id', { ExternalId: undefined }],
  ])('refuses %s in words that do not say why', async (_, input) => {
    expect(await refusal(assume(input))).toEqual(DENIED)
  })

  it('refuses a caller the trust policy does not name', async () => {
    const { aws } = world.lab
    const other = aws.putRole(PLATFORM, { name: 'other', trust: TRUST, policies: { assume: allow('sts:AssumeRole', '*') } })
    const refused = await refusal(assume({}, aws.issueSession(other)))
    expect(refused).toMatchObject({ status: 403, code: 'AccessDenied' })
  })

  it('refuses a trusted caller whose own policies do not let it assume roles', async () => {
    world.lab.aws.deleteRolePolicy(PLATFORM_ROLE, 'assume')
    expect(await refusal(assume())).toEqual(DENIED)
  })

  it('says the same of a role that does not exist', async () => {
    const missing = `arn:aws:iam::${CUSTOMER}:role/missing`
    expect(await refusal(assume({ RoleArn: missing }))).toEqual({ ...DENIED, message: DENIED.message.replace(CUSTOMER_ROLE, missing) })
  })

  it('does not find a role without its path', async () => {
    world.lab.aws.putRole(CUSTOMER, { name: 'deep', path: '/data/', trust: TRUST })
    expect(await refusal(assume({ RoleArn: `arn:aws:iam::${CUSTOMER}:role/deep` }))).toMatchObject({ code: 'AccessDenied' })
    await expect(assume({ RoleArn: `arn:aws:iam::${CUSTOMER}:role/data/deep` })).resolves.toBeDefined()
  })

  it('no longer trusts a principal that was deleted and made again', async () => {
    await expect(assume()).resolves.toBeDefined()
    const { aws } = world.lab
    const before = aws.getRole(PLATFORM_ROLE)?.id
    aws.deleteRole(PLATFORM_ROLE)
    aws.putRole(PLATFORM, {
      name: 'xxxxxxx-tnabcdefg',
      path: '/xxxxxxx/tnabcdefg/',
      trust: TRUST,
      policies: { assume: allow('sts:AssumeRole', '*') },
    })
    expect(await refusal(assume({}, aws.issueSession(PLATFORM_ROLE)))).toMatchObject({ status: 403, code: 'AccessDenied' })
    expect(JSON.stringify(aws.getRole(CUSTOMER_ROLE)?.trust)).toContain(`"AWS":"${before}"`)
    aws.setTrust(CUSTOMER_ROLE, TRUST)
    await expect(assume({}, aws.issueSession(PLATFORM_ROLE))).resolves.toBeDefined()
  })

  it('does not see a new role before IAM has spread it', async () => {
    world.lab.aws.putRole(CUSTOMER, { name: 'late', trust: TRUST, visibleAfterMs: 20_000 })
    const RoleArn = `arn:aws:iam::${CUSTOMER}:role/late`
    clock.advance(19_999)
    expect(await refusal(assume({ RoleArn }))).toMatchObject({ code: 'AccessDenied' })
    clock.advance(1)
    await expect(assume({ RoleArn })).resolves.toBeDefined()
  })

  it.each([
    [
      { DurationSeconds: 899 },
      'ValidationError',
      /'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900/,
    ],
    [{ DurationSeconds: 43_201 }, 'ValidationError', /less than or equal to 43200/],
    [{ DurationSeconds: 3601 }, 'ValidationError', /exceeds the 1 hour session limit for roles assumed by role chaining/],
    [{ RoleSessionName: 'a b' }, 'ValidationError', /'roleSessionName' failed to satisfy constraint/],
    [{ ExternalId: 'x' }, 'ValidationError', /'externalId' failed to satisfy constraint/],
    [{ Policy: '{"Version":"2012-10-17"' }, 'MalformedPolicyDocumentException', /Syntax errors/],
    [
      { Policy: JSON.stringify(allow('s3:GetObject', 'x'.repeat(2100))) },
      'PackedPolicyTooLargeException',
      /Packed policy consumes \d+% of allotted space/,
    ],
  ] satisfies [Partial<AssumeRoleCommandInput>, string, RegExp][])('refuses %o as %s', async (input, code, message) => {
    const refused = await refusal(assume(input))
    expect(refused).toMatchObject({ status: 400, code })
    expect(refused.message).toMatch(message)
  })

  it('lets a user have what the role allows, and no longer', async () => {
    const { aws } = world.lab
    aws.putUser(PLATFORM, { name: 'sluice', policies: { assume: allow('sts:AssumeRole', '*') } })
    const user = aws.createAccessKey(PLATFORM, 'sluice')
    aws.setTrust(CUSTOMER_ROLE, {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: PLATFORM }, Action: 'sts:AssumeRole' }],
    })
    expect((await assume({ DurationSeconds: 43_200 }, user)).expiresAt).toBe(clock.now() + 43_200_000)
    aws.putRole(CUSTOMER, {
      name: 'short',
      trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: PLATFORM }, Action: 'sts:AssumeRole' }] },
    })
    const refused = await refusal(assume({ RoleArn: `arn:aws:iam::${CUSTOMER}:role/short`, DurationSeconds: 3601 }, user))
    expect(refused).toMatchObject({
      code: 'ValidationError',
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    })
  })

  it('narrows a session by its session policy, condition and all', async () => {
    const policy: PolicyDocument = allow('s3:ListBucket', `arn:aws:s3:::${BUCKET}`, { Condition: { StringLike: { 's3:prefix': 'in/*' } } })
    const client = s3(world.lab, await assume({ Policy: JSON.stringify(policy) }))
    await expect(client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'in/' }))).resolves.toBeDefined()
    expect(await refusal(client.send(new ListObjectsV2Command({ Bucket: BUCKET })))).toEqual({
      status: 403,
      code: 'AccessDenied',
      message: `User: arn:aws:sts::${CUSTOMER}:assumed-role/lake-test/sluice is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::${BUCKET}" because no session policy allows the s3:ListBucket action`,
    })
    expect(await refusal(client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'in/x', Body: '' })))).toMatchObject({
      code: 'AccessDenied',
    })
  })

  it('takes managed policies as session policies', async () => {
    const client = s3(world.lab, await assume({ PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' }] }))
    await expect(client.send(new ListObjectsV2Command({ Bucket: BUCKET }))).resolves.toBeDefined()
    expect(await refusal(client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'x', Body: '' })))).toMatchObject({ code: 'AccessDenied' })
  })

  it('says of a parameter it does not have that it does not', async () => {
    const refused = await refusal(assume({ Tags: [{ Key: 'a', Value: 'b' }] }))
    expect(refused).toMatchObject({ status: 501, code: 'NotImplemented', message: 'The lab does not implement sts:AssumeRole with Tags.' })
  })
})

describe('credentials', () => {
  it('end when their time is over', async () => {
    const session = await assume({ DurationSeconds: 900 })
    clock.advance(899_000)
    await expect(whoami(world.lab, session)).resolves.toBeDefined()
    clock.advance(1000)
    expect(await refusal(whoami(world.lab, session))).toMatchObject({ status: 403, code: 'ExpiredToken' })
    expect(await refusal(s3(world.lab, session).send(new ListObjectsV2Command({ Bucket: BUCKET })))).toEqual({
      status: 400,
      code: 'ExpiredToken',
      message: 'The provided token has expired.',
    })
  })

  it.each([
    ['an unknown key', { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' }, 'InvalidClientTokenId'],
    ['a wrong secret', { secretAccessKey: 'x' }, 'SignatureDoesNotMatch'],
    ['a tampered token', { sessionToken: 'IQoJxxxx' }, 'InvalidClientTokenId'],
  ])('are refused with %s', async (_, change, code) => {
    expect(await refusal(whoami(world.lab, { ...world.platform, ...change }))).toMatchObject({ status: 403, code })
  })

  it('of a deleted role are nobody’s', async () => {
    const session = await assume()
    world.lab.aws.deleteRole(CUSTOMER_ROLE)
    expect(await refusal(whoami(world.lab, session))).toMatchObject({ code: 'InvalidClientTokenId' })
  })

  it('of a user can be exchanged for temporary ones, once', async () => {
    const client = sts(world.lab, world.admin)
    const { Credentials: given } = await client.send(new GetSessionTokenCommand({ DurationSeconds: 900 }))
    const temporary = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    }
    expect(await whoami(world.lab, temporary)).toBe(`arn:aws:iam::${CUSTOMER}:user/admin`)
    expect(await refusal(sts(world.lab, temporary).send(new GetSessionTokenCommand({})))).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    })
  })
})

it('answers GetCallerIdentity at the regional host of a route', async () => {
  const answer = await sts(world.lab, world.admin).send(new GetCallerIdentityCommand())
  expect(answer).toMatchObject({ Account: CUSTOMER, Arn: `arn:aws:iam::${CUSTOMER}:user/admin` })
  expect(answer.UserId).toMatch(/^AIDA/)
})

it('shows changes of IAM at once to the IAM API and late to authorisation', async () => {
  world.lab.aws.setIamDelay(5000)
  const client = iam(world.lab, world.admin)
  await client.send(new CreateRoleCommand({ RoleName: 'fresh', AssumeRolePolicyDocument: JSON.stringify(TRUST) }))
  const RoleArn = `arn:aws:iam::${CUSTOMER}:role/fresh`
  expect((await client.send(new GetRoleCommand({ RoleName: 'fresh' }))).Role?.Arn).toBe(RoleArn)
  expect(await refusal(assume({ RoleArn }))).toMatchObject({ code: 'AccessDenied' })
  clock.advance(5000)
  await expect(assume({ RoleArn })).resolves.toBeDefined()
  await client.send(new DeleteRoleCommand({ RoleName: 'fresh' }))
  await expect(assume({ RoleArn })).resolves.toBeDefined()
  clock.advance(5000)
  expect(await refusal(assume({ RoleArn }))).toMatchObject({ code: 'AccessDenied' })
})
