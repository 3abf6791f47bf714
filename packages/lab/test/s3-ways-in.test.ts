import { GetObjectCommand, HeadBucketCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { GetKeyPolicyCommand, KMSClient, ListGrantsCommand } from '@aws-sdk/client-kms'
import type { PolicyDocument } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { send, signed } from './raw.ts'
import {
  allow,
  BUCKET,
  clientOptions,
  CUSTOMER,
  CUSTOMER_ROLE,
  PLATFORM,
  PLATFORM_ROLE,
  refusal,
  REGION,
  s3,
  startWorld,
  type World,
} from './world.ts'

const Bucket = BUCKET
const Key = 'k'
const SESSION = `arn:aws:sts::${CUSTOMER}:assumed-role/lake-test/lab`

let world: World
let role: S3Client
let admin: S3Client
beforeEach(async () => {
  world = await startWorld()
  role = s3(world.lab, world.lab.aws.issueSession(CUSTOMER_ROLE))
  admin = s3(world.lab, world.admin)
  world.lab.aws.putObject(BUCKET, Key, { body: 'hello' })
})
afterEach(() => world.lab.close())

const by = (principal: string, action: string | readonly string[], resource: string | readonly string[], more: PolicyDocument = {}) =>
  allow(action, resource, { Principal: { AWS: principal }, ...more })

describe('an access point', () => {
  const POINT = `arn:aws:s3:${REGION}:${CUSTOMER}:accesspoint/reports`
  const DELEGATION = by('*', '*', [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`], {
    Condition: { StringEquals: { 's3:DataAccessPointAccount': CUSTOMER } },
  })
  const policy = by(CUSTOMER_ROLE, 's3:GetObject', `${POINT}/object/*`)

  it('is a bucket by its alias, to who is allowed both', async () => {
    const { arn, alias } = world.lab.aws.putAccessPoint(CUSTOMER, { name: 'reports', bucket: BUCKET })
    expect(arn).toBe(POINT)
    const get = () => role.send(new GetObjectCommand({ Bucket: alias, Key }))
    expect(await refusal(get())).toEqual({
      status: 403,
      code: 'AccessDenied',
      message: `User: ${SESSION} is not authorized to perform: s3:GetObject on resource: "${POINT}/object/k" because no identity-based policy allows the s3:GetObject action`,
    })
    world.lab.aws.putAccessPoint(CUSTOMER, { name: 'reports', bucket: BUCKET, policy })
    await expect(get()).resolves.toBeDefined()
    expect(await admin.send(new HeadBucketCommand({ Bucket: alias }))).toMatchObject({ AccessPointAlias: true })
    expect(await admin.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ AccessPointAlias: false })
  })

  it('lets others in where the bucket leaves it to its points', async () => {
    world.lab.aws.putRolePolicy(PLATFORM_ROLE, 's3', allow('s3:*', '*'))
    const platform = s3(world.lab, world.platform)
    const { alias } = world.lab.aws.putAccessPoint(CUSTOMER, {
      name: 'reports',
      bucket: BUCKET,
      policy: by(PLATFORM_ROLE, ['s3:GetObject', 's3:ListBucket'], [POINT, `${POINT}/object/*`]),
    })
    const get = (of: string) => platform.send(new GetObjectCommand({ Bucket: of, Key }))
    expect(await refusal(get(alias))).toEqual({ status: 403, code: 'AccessDenied', message: 'Access Denied' })
    world.lab.aws.putBucketPolicy(BUCKET, DELEGATION)
    await expect(get(alias)).resolves.toBeDefined()
    await expect(platform.send(new ListObjectsV2Command({ Bucket: alias }))).resolves.toBeDefined()
    expect(await refusal(get(BUCKET))).toMatchObject({ code: 'AccessDenied' })
  })

  it('answers at a host of its own', async () => {
    world.lab.aws.putAccessPoint(CUSTOMER, { name: 'reports', bucket: BUCKET, policy })
    const ask = async (name: string) => {
      const host = `${name}-${CUSTOMER}.s3-accesspoint.${REGION}.amazonaws.com`
      return send(world.lab, await signed(world.lab, { host, path: '/k' }, { credentials: world.admin }))
    }
    expect(await ask('reports')).toMatchObject({ status: 200, text: 'hello' })
    expect(await ask('absent')).toMatchObject({ status: 404, code: 'NoSuchAccessPoint' })
  })
})

describe('an endpoint of a VPC', () => {
  const through = (policy: PolicyDocument) => world.lab.aws.setNetwork({ endpoint: { id: 'vpce-0a1b2c3d', vpc: 'vpc-0a1b2c3d', policy } })
  const get = () => role.send(new GetObjectCommand({ Bucket, Key }))

  it('lets through what its policy allows', async () => {
    through(by('*', 's3:ListBucket', '*'))
    await expect(role.send(new ListObjectsV2Command({ Bucket }))).resolves.toBeDefined()
    expect((await refusal(get())).message).toBe(
      `User: ${SESSION} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::${BUCKET}/k" because no VPC endpoint policy allows the s3:GetObject action`,
    )
    through(by('*', '*', '*'))
    await expect(get()).resolves.toBeDefined()
  })

  it('is what a bucket knows its callers by', async () => {
    const condition = (key: string, value: string) => ({ Condition: { StringNotEquals: { [key]: value } } })
    const deny = (more: PolicyDocument) =>
      world.lab.aws.putBucketPolicy(BUCKET, {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/*`, ...more }],
      })
    deny(condition('aws:SourceVpce', 'vpce-0a1b2c3d'))
    expect((await refusal(get())).message).toContain('with an explicit deny in a resource-based policy')
    through(by('*', '*', '*'))
    await expect(get()).resolves.toBeDefined()
    // Inside of a VPC nobody has an address of the internet.
    deny({ Condition: { NotIpAddress: { 'aws:SourceIp': '127.0.0.0/8' } } })
    expect((await refusal(get())).message).toContain('with an explicit deny')
  })
})

describe('a suspended account', () => {
  it('is served no more, nor is what lies in it', async () => {
    world.lab.aws.setSuspended(CUSTOMER, true)
    expect(await refusal(admin.send(new GetObjectCommand({ Bucket, Key })))).toEqual({
      status: 403,
      code: 'AllAccessDisabled',
      message: 'All access to this object has been disabled',
    })
    world.lab.aws.createBucket(PLATFORM, { name: 'of-another-account', region: REGION })
    const elsewhere = { Bucket: 'of-another-account', Key, Body: 'x' }
    expect(await refusal(admin.send(new PutObjectCommand(elsewhere)))).toMatchObject({ status: 403, code: 'AccountProblem' })
    world.lab.aws.setSuspended(CUSTOMER, false)
    await expect(admin.send(new GetObjectCommand({ Bucket, Key }))).resolves.toBeDefined()
  })
})

describe('a directory bucket', () => {
  const NAME = 'fast--usw2-az1--x-s3'
  const ARN = `arn:aws:s3express:${REGION}:${CUSTOMER}:bucket/${NAME}`
  const open = async (mode?: string) => {
    const raw = {
      host: `${NAME}.s3express-usw2-az1.${REGION}.amazonaws.com`,
      query: { session: '' },
      headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...(mode === undefined ? {} : { 'x-amz-create-session-mode': mode }) },
    }
    return send(world.lab, await signed(world.lab, raw, { credentials: world.lab.aws.issueSession(CUSTOMER_ROLE), service: 's3express' }))
  }

  it('takes a permission of its own, in the mode that is asked for', async () => {
    world.lab.aws.putDirectoryBucket(CUSTOMER, { name: NAME, region: REGION })
    world.lab.aws.putRolePolicy(CUSTOMER_ROLE, 'all', allow('s3:*', '*'))
    expect(await open()).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      message: `User: ${SESSION} is not authorized to perform: s3express:CreateSession on resource: ${ARN} because no identity-based policy allows the s3express:CreateSession action`,
    })
    const readOnly = { Condition: { StringEquals: { 's3express:SessionMode': 'ReadOnly' } } }
    world.lab.aws.putRolePolicy(CUSTOMER_ROLE, 'express', allow('s3express:CreateSession', ARN, readOnly))
    expect(await open('ReadOnly')).toMatchObject({ status: 200, text: expect.stringContaining('<SessionToken>') })
    expect(await open()).toMatchObject({ status: 403 })
    world.lab.aws.putRolePolicy(CUSTOMER_ROLE, 'express', allow('s3express:CreateSession', ARN))
    expect(await open()).toMatchObject({ status: 200 })
  })

  it('is not there under another name', async () => {
    expect(await open()).toMatchObject({ status: 404, code: 'NoSuchBucket' })
  })
})

describe('a grant on a KMS key', () => {
  it('stands beside the key’s policy', async () => {
    const kmsKeyArn = world.lab.aws.putKey({
      accountId: CUSTOMER,
      region: REGION,
      policy: by(`arn:aws:iam::${CUSTOMER}:user/admin`, 'kms:*', '*'),
    })
    world.lab.aws.putObject(BUCKET, 'e', { body: 'x', encryption: { algorithm: 'aws:kms', kmsKeyArn } })
    const get = () => role.send(new GetObjectCommand({ Bucket, Key: 'e' }))
    expect((await refusal(get())).message).toContain('kms:Decrypt')
    const id = world.lab.aws.putGrant(kmsKeyArn, { grantee: CUSTOMER_ROLE, operations: ['Decrypt'] })
    await expect(get()).resolves.toBeDefined()
    const kms = new KMSClient(clientOptions(world.lab, world.admin))
    expect(await kms.send(new ListGrantsCommand({ KeyId: kmsKeyArn }))).toMatchObject({
      Grants: [{ GrantId: id, GranteePrincipal: CUSTOMER_ROLE, Operations: ['Decrypt'] }],
    })
    expect((await kms.send(new GetKeyPolicyCommand({ KeyId: kmsKeyArn }))).Policy).not.toContain('lake-test')
    world.lab.aws.revokeGrants(kmsKeyArn)
    expect((await refusal(get())).message).toContain('kms:Decrypt')
  })
})
