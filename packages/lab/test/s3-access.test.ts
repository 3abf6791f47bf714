import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketRequestPaymentCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketRequestPaymentCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { PolicyDocument } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { send, signed } from './raw.ts'
import { allow, BUCKET, CUSTOMER, CUSTOMER_ROLE, PLATFORM, PLATFORM_ROLE, refusal, REGION, s3, startWorld, type World } from './world.ts'

let world: World
let role: S3Client
let admin: S3Client
let platform: S3Client
beforeEach(async () => {
  world = await startWorld()
  role = s3(world.lab, world.lab.aws.issueSession(CUSTOMER_ROLE))
  admin = s3(world.lab, world.admin)
  platform = s3(world.lab, world.platform)
  world.lab.aws.putObject(BUCKET, 'k', { body: 'hello' })
})
afterEach(() => world.lab.close())

const Bucket = BUCKET
const get = (client: S3Client, Key = 'k', more: object = {}) => client.send(new GetObjectCommand({ Bucket, Key, ...more }))
const head = (client: S3Client, Key = 'k') => client.send(new HeadObjectCommand({ Bucket, Key }))
const put = (client: S3Client, more: object = {}) => client.send(new PutObjectCommand({ Bucket, Key: 'new', Body: 'x', ...more }))
const list = (client: S3Client, more: object = {}) => client.send(new ListObjectsV2Command({ Bucket, ...more }))
const SESSION = `arn:aws:sts::${CUSTOMER}:assumed-role/lake-test/lab`
const grant = (document: PolicyDocument) => world.lab.aws.putRolePolicy(CUSTOMER_ROLE, 'lake-test', document)
const PLAIN = { status: 403, code: 'AccessDenied', message: 'Access Denied' }
const objects = `arn:aws:s3:::${BUCKET}/*`
const because = (action: string, resource: string, reason: string) => ({
  status: 403,
  code: 'AccessDenied',
  message: `User: ${SESSION} is not authorized to perform: ${action} on resource: "${resource}" because no ${reason} allows the ${action} action`,
})

describe('a denial', () => {
  it('names who, what and which policy within one account', async () => {
    grant(allow('s3:ListBucket', `arn:aws:s3:::${BUCKET}`))
    expect(await refusal(get(role))).toEqual(because('s3:GetObject', `arn:aws:s3:::${BUCKET}/k`, 'identity-based policy'))
    world.lab.aws.putBucketPolicy(BUCKET, {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [`arn:aws:s3:::${BUCKET}`, objects] }],
    })
    expect(await refusal(list(role))).toMatchObject({
      message: `User: ${SESSION} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::${BUCKET}" with an explicit deny in a resource-based policy`,
    })
  })

  it('says no more than Access Denied to another account', async () => {
    expect(await refusal(get(platform))).toEqual(PLAIN)
    expect(await refusal(list(platform))).toEqual(PLAIN)
  })

  it('has no body for HEAD', async () => {
    grant(allow('s3:PutObject', objects))
    expect(await refusal(head(role))).toMatchObject({ status: 403 })
  })

  it('of ListBucket is the answer to a missing key for whoever may not list', async () => {
    grant(allow('s3:GetObject', objects))
    expect(await refusal(get(role, 'missing'))).toEqual(because('s3:ListBucket', `arn:aws:s3:::${BUCKET}`, 'identity-based policy'))
    grant({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] })
    expect(await refusal(get(role, 'missing'))).toMatchObject({ status: 404, code: 'NoSuchKey' })
    expect(await refusal(head(role, 'missing'))).toMatchObject({ status: 404 })
  })

  it('comes before news of an upload', async () => {
    const part = (client: S3Client) =>
      client.send(new UploadPartCommand({ Bucket, Key: 'k', UploadId: 'no-such', PartNumber: 1, Body: 'x' }))
    grant(allow('s3:GetObject', objects))
    expect(await refusal(part(role))).toMatchObject({ status: 403, code: 'AccessDenied' })
    expect(await refusal(role.send(new AbortMultipartUploadCommand({ Bucket, Key: 'k', UploadId: 'x' })))).toMatchObject({ status: 403 })
    expect(await refusal(part(admin))).toMatchObject({ status: 404, code: 'NoSuchUpload' })
  })

  it('is told key by key when many are deleted', async () => {
    world.lab.aws.putObject(BUCKET, 'in/1', { body: 'x' })
    grant(allow('s3:DeleteObject', `arn:aws:s3:::${BUCKET}/in/*`))
    const answer = await role.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'in/1' }, { Key: 'k' }] } }))
    expect(answer.Deleted).toMatchObject([{ Key: 'in/1' }])
    expect(answer.Errors).toMatchObject([{ Key: 'k', Code: 'AccessDenied' }])
  })

  it('names the boundary that does not allow', async () => {
    const { aws } = world.lab
    aws.setBoundary(CUSTOMER_ROLE, aws.putPolicy(CUSTOMER, { name: 'bound', document: allow('s3:ListBucket', '*') }))
    expect(await refusal(get(role))).toEqual(because('s3:GetObject', `arn:aws:s3:::${BUCKET}/k`, 'permissions boundary'))
  })
})

describe('conditions', () => {
  it('see prefix, delimiter and max-keys as they were sent', async () => {
    grant(
      allow('s3:ListBucket', `arn:aws:s3:::${BUCKET}`, {
        Condition: { StringLike: { 's3:prefix': ['in/*', 'in/'] }, NumericLessThanEquals: { 's3:max-keys': '10' } },
      }),
    )
    await expect(list(role, { Prefix: 'in/', MaxKeys: 10 })).resolves.toBeDefined()
    expect(await refusal(list(role, { Prefix: 'in/', MaxKeys: 11 }))).toMatchObject({ status: 403 })
    expect(await refusal(list(role, { Prefix: 'other/', MaxKeys: 1 }))).toMatchObject({ status: 403 })
    expect(await refusal(list(role, { MaxKeys: 1 }))).toMatchObject({ status: 403 })
  })

  it('see the encryption header a bucket insists on', async () => {
    world.lab.aws.putBucketPolicy(BUCKET, {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:PutObject',
          Resource: objects,
          Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'AES256' } },
        },
      ],
    })
    expect(await refusal(put(role))).toMatchObject({ status: 403 })
    await expect(put(role, { ServerSideEncryption: 'AES256' })).resolves.toMatchObject({ ServerSideEncryption: 'AES256' })
  })

  it('see TLS at AWS’s hosts, which a route stands for, and none at the lab’s own address', async () => {
    world.lab.aws.putBucketPolicy(BUCKET, {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: objects, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
    })
    expect(await refusal(get(role))).toMatchObject({ status: 403 })
    const routed = await signed(world.lab, { host: `${BUCKET}.s3.${REGION}.amazonaws.com`, path: '/k' }, { credentials: world.admin })
    expect(await send(world.lab, routed)).toMatchObject({ status: 200 })
  })
})

describe('another account', () => {
  it('reads and lists when both sides allow', async () => {
    const { aws } = world.lab
    aws.putRolePolicy(PLATFORM_ROLE, 's3', allow('s3:*', '*'))
    expect(await refusal(get(platform))).toEqual(PLAIN)
    aws.putBucketPolicy(BUCKET, {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: PLATFORM_ROLE },
          Action: ['s3:GetObject', 's3:GetBucketPolicy'],
          Resource: [objects, `arn:aws:s3:::${BUCKET}`],
        },
      ],
    })
    await expect(get(platform)).resolves.toBeDefined()
    expect(await refusal(platform.send(new GetBucketPolicyCommand({ Bucket })))).toMatchObject({ status: 405, code: 'MethodNotAllowed' })
    aws.deleteRolePolicy(PLATFORM_ROLE, 's3')
    expect(await refusal(get(platform))).toEqual(PLAIN)
  })

  it('pays where the requester pays', async () => {
    const { aws } = world.lab
    aws.putRolePolicy(PLATFORM_ROLE, 's3', allow('s3:*', '*'))
    aws.putBucketPolicy(BUCKET, {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: PLATFORM }, Action: 's3:*', Resource: objects }],
    })
    await admin.send(new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration: { Payer: 'Requester' } }))
    expect((await admin.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer).toBe('Requester')
    expect(await refusal(get(platform))).toEqual(PLAIN)
    expect(await get(platform, 'k', { RequestPayer: 'requester' })).toMatchObject({ RequestCharged: 'requester' })
    await expect(get(role)).resolves.toBeDefined()
  })

  it('is kept off a public policy by Block Public Access', async () => {
    const { aws } = world.lab
    const open: PolicyDocument = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: objects }],
    }
    aws.putBucketPolicy(BUCKET, open)
    const unsigned = { path: `/${BUCKET}/k` }
    expect(await send(world.lab, unsigned)).toMatchObject({ status: 403, code: 'AccessDenied', message: 'Access Denied' })
    aws.configureBucket(BUCKET, { publicAccessBlock: { restrictPublicBuckets: false } })
    expect(await send(world.lab, unsigned)).toMatchObject({ status: 200, text: 'hello' })
    expect((await admin.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic).toBe(true)
    const refused = await refusal(admin.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(open) })))
    expect(refused.message).toContain('public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access')
  })
})

describe('an expected owner', () => {
  it('must own the bucket', async () => {
    await expect(get(role, 'k', { ExpectedBucketOwner: CUSTOMER })).resolves.toBeDefined()
    expect(await refusal(get(role, 'k', { ExpectedBucketOwner: PLATFORM }))).toEqual(PLAIN)
    expect(await refusal(list(role, { ExpectedBucketOwner: PLATFORM }))).toEqual(PLAIN)
  })
})

describe('ownership', () => {
  it('keeps the bucket’s owner from what somebody else wrote, until it is enforced', async () => {
    const { aws } = world.lab
    aws.configureBucket(BUCKET, { ownership: 'ObjectWriter' })
    aws.putObject(BUCKET, 'foreign', { body: 'x', ownerAccount: PLATFORM })
    expect(await refusal(get(role, 'foreign'))).toEqual(PLAIN)
    expect(await refusal(head(role, 'foreign'))).toMatchObject({ status: 403 })
    const owners = (await list(role, { FetchOwner: true })).Contents?.map(({ Owner }) => Owner?.ID)
    expect(new Set(owners).size).toBe(2)
    aws.configureBucket(BUCKET, { ownership: 'BucketOwnerEnforced' })
    await expect(get(role, 'foreign')).resolves.toBeDefined()
  })

  it('passes to the bucket with bucket-owner-full-control where that is preferred', async () => {
    const { aws } = world.lab
    aws.configureBucket(BUCKET, { ownership: 'BucketOwnerPreferred' })
    aws.putRolePolicy(PLATFORM_ROLE, 's3', allow('s3:*', '*'))
    aws.putBucketPolicy(BUCKET, {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: PLATFORM }, Action: 's3:*', Resource: objects }],
    })
    await put(platform)
    expect(await refusal(get(role, 'new'))).toEqual(PLAIN)
    await put(platform, { ACL: 'bucket-owner-full-control' })
    await expect(get(role, 'new')).resolves.toBeDefined()
    expect((await admin.send(new GetObjectAclCommand({ Bucket, Key: 'new' }))).Grants).toMatchObject([{ Permission: 'FULL_CONTROL' }])
  })

  it('enforced, refuses ACLs that say anything', async () => {
    expect(await refusal(put(admin, { ACL: 'private' }))).toEqual({
      status: 400,
      code: 'AccessControlListNotSupported',
      message: 'The bucket does not allow ACLs',
    })
    await expect(put(admin, { ACL: 'bucket-owner-full-control' })).resolves.toBeDefined()
    grant(allow('s3:PutObject', objects))
    expect(await refusal(put(role, { ACL: 'bucket-owner-full-control' }))).toEqual(
      because('s3:PutObjectAcl', `arn:aws:s3:::${BUCKET}/new`, 'identity-based policy'),
    )
  })
})

describe('a KMS key', () => {
  const arnOf = () => world.lab.aws.putKey({ accountId: CUSTOMER, region: REGION, id: '0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd' })

  it('must be allowed to the role: Decrypt to read, GenerateDataKey to write, both to write in parts', async () => {
    const kmsKeyArn = arnOf()
    world.lab.aws.configureBucket(BUCKET, { encryption: { algorithm: 'aws:kms', kmsKeyArn, bucketKey: true } })
    const stored = await put(admin)
    expect(stored).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyArn, BucketKeyEnabled: true })
    expect(await head(role, 'new')).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyArn })
    const kms = (action: string) => ({
      status: 403,
      code: 'AccessDenied',
      message: `User: ${SESSION} is not authorized to perform: ${action} on resource: ${kmsKeyArn} because no identity-based policy allows the ${action} action`,
    })
    expect(await refusal(get(role, 'new'))).toEqual(kms('kms:Decrypt'))
    expect(await refusal(put(role))).toEqual(kms('kms:GenerateDataKey'))
    world.lab.aws.putRolePolicy(CUSTOMER_ROLE, 'kms', allow('kms:GenerateDataKey', kmsKeyArn))
    await expect(put(role)).resolves.toBeDefined()
    const { UploadId } = await role.send(new CreateMultipartUploadCommand({ Bucket, Key: 'm' }))
    expect(await refusal(role.send(new UploadPartCommand({ Bucket, Key: 'm', UploadId, PartNumber: 1, Body: 'x' })))).toEqual(
      kms('kms:Decrypt'),
    )
    world.lab.aws.putRolePolicy(CUSTOMER_ROLE, 'kms', allow(['kms:GenerateDataKey', 'kms:Decrypt'], kmsKeyArn))
    await expect(get(role, 'new')).resolves.toBeDefined()
    await expect(role.send(new UploadPartCommand({ Bucket, Key: 'm', UploadId, PartNumber: 1, Body: 'x' }))).resolves.toBeDefined()
  })

  it('must let the account decide, or the role in', async () => {
    const kmsKeyArn = arnOf()
    world.lab.aws.putObject(BUCKET, 'e', { body: 'x', encryption: { algorithm: 'aws:kms', kmsKeyArn } })
    world.lab.aws.putRolePolicy(CUSTOMER_ROLE, 'kms', allow('kms:*', '*'))
    await expect(get(role, 'e')).resolves.toBeDefined()
    const policy: PolicyDocument = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${CUSTOMER}:user/admin` }, Action: 'kms:*', Resource: '*' }],
    }
    world.lab.aws.setKeyPolicy(kmsKeyArn, policy)
    expect((await refusal(get(role, 'e'))).message).toContain('because no resource-based policy allows the kms:Decrypt action')
    await expect(get(admin, 'e')).resolves.toBeDefined()
  })

  it.each([
    ['Disabled', 'KMS.DisabledException', 'is disabled.'],
    ['PendingDeletion', 'KMS.KMSInvalidStateException', 'is pending deletion.'],
  ] as const)('that is %s is no use', async (state, code, words) => {
    const kmsKeyArn = arnOf()
    world.lab.aws.putObject(BUCKET, 'e', { body: 'x', encryption: { algorithm: 'aws:kms', kmsKeyArn } })
    world.lab.aws.setKeyState(kmsKeyArn, state)
    expect(await refusal(get(admin, 'e'))).toEqual({ status: 400, code, message: `${kmsKeyArn} ${words}` })
  })

  it('of another account is not even admitted to exist', async () => {
    const kmsKeyArn = world.lab.aws.putKey({ accountId: PLATFORM, region: REGION })
    world.lab.aws.putObject(BUCKET, 'e', { body: 'x', encryption: { algorithm: 'aws:kms', kmsKeyArn } })
    expect((await refusal(get(admin, 'e'))).message).toBe(
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    )
  })

  it('of S3’s own works for everybody of the account and for nobody else', async () => {
    world.lab.aws.configureBucket(BUCKET, { encryption: { algorithm: 'aws:kms' } })
    const { SSEKMSKeyId } = await put(role)
    expect(SSEKMSKeyId).toMatch(/^arn:aws:kms:us-west-2:987654321987:key\//)
    await expect(get(role, 'new')).resolves.toBeDefined()
    world.lab.aws.putRolePolicy(PLATFORM_ROLE, 's3', allow(['s3:*', 'kms:*'], '*'))
    world.lab.aws.putBucketPolicy(BUCKET, {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: PLATFORM }, Action: 's3:*', Resource: objects }],
    })
    await expect(get(platform, 'k')).resolves.toBeDefined()
    expect((await refusal(get(platform, 'new'))).message).toContain('customer master key that does not exist')
  })
})

describe('an archived object', () => {
  it('is there but cannot be read', async () => {
    world.lab.aws.putObject(BUCKET, 'old', { body: 'x', storageClass: 'GLACIER' })
    expect(await head(role, 'old')).toMatchObject({ StorageClass: 'GLACIER' })
    expect(await refusal(get(role, 'old'))).toMatchObject({ status: 403, code: 'InvalidObjectState' })
  })
})

describe('regions', () => {
  it('are told to whoever asks at the wrong endpoint, signed or not', async () => {
    const host = `${BUCKET}.s3.us-east-1.amazonaws.com`
    const unsigned = await send(world.lab, { method: 'HEAD', host })
    expect(unsigned).toMatchObject({ status: 301, text: '' })
    expect(unsigned.headers['x-amz-bucket-region']).toBe(REGION)
    const asked = await send(world.lab, await signed(world.lab, { host, path: '/k' }, { credentials: world.admin, region: 'us-east-1' }))
    expect(asked).toMatchObject({ status: 301, code: 'PermanentRedirect' })
    expect(asked.text).toContain(`<Endpoint>${BUCKET}.s3.${REGION}.amazonaws.com</Endpoint>`)
    expect(asked.headers['x-amz-bucket-region']).toBe(REGION)
    expect(await send(world.lab, { host: 's3.amazonaws.com', path: `/${BUCKET}/k` })).toMatchObject({ status: 301 })
  })

  it('are told by the right endpoint in every answer about the bucket', async () => {
    const host = `${BUCKET}.s3.${REGION}.amazonaws.com`
    const denied = await send(world.lab, { method: 'HEAD', host })
    expect(denied).toMatchObject({ status: 403 })
    expect(denied.headers['x-amz-bucket-region']).toBe(REGION)
    expect(await send(world.lab, { method: 'HEAD', host: `nobody-has-this.s3.${REGION}.amazonaws.com` })).toMatchObject({ status: 404 })
    expect((await role.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe(REGION)
  })
})

describe('buckets', () => {
  it('are made, listed, configured and removed by who may', async () => {
    expect(await refusal(role.send(new CreateBucketCommand({ Bucket: 'mine-1' })))).toMatchObject({ status: 403 })
    await admin.send(new CreateBucketCommand({ Bucket: 'mine-1', CreateBucketConfiguration: { LocationConstraint: REGION } }))
    expect(
      await refusal(admin.send(new CreateBucketCommand({ Bucket: 'mine-1', CreateBucketConfiguration: { LocationConstraint: REGION } }))),
    ).toMatchObject({ status: 409, code: 'BucketAlreadyOwnedByYou' })
    expect(
      await refusal(admin.send(new CreateBucketCommand({ Bucket: 'Bad_Name', CreateBucketConfiguration: { LocationConstraint: REGION } }))),
    ).toMatchObject({ code: 'InvalidBucketName' })
    expect((await admin.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual(['mine-1', BUCKET])
    expect((await admin.send(new GetBucketLocationCommand({ Bucket: 'mine-1' }))).LocationConstraint).toBe(REGION)
    expect(await refusal(admin.send(new DeleteBucketCommand({ Bucket })))).toMatchObject({ status: 409, code: 'BucketNotEmpty' })
    await admin.send(new DeleteBucketCommand({ Bucket: 'mine-1' }))
    expect(await refusal(admin.send(new HeadBucketCommand({ Bucket: 'mine-1' })))).toMatchObject({ status: 404 })
  })

  it('keep their settings', async () => {
    await admin.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true } }))
    expect((await admin.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    })
    await admin.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] } }))
    expect((await admin.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls?.Rules).toEqual([
      { ObjectOwnership: 'ObjectWriter' },
    ])
    await admin.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/aws/s3' } }],
        },
      }),
    )
    expect(
      (await admin.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules?.[0]
        ?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    ).toBe('aws:kms')
    expect((await admin.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined()
    expect((await admin.send(new GetBucketAclCommand({ Bucket }))).Grants).toMatchObject([{ Permission: 'FULL_CONTROL' }])
  })

  it('take policies that AWS would take', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: CUSTOMER_ROLE }, Action: 's3:GetObject', Resource: objects }],
    }
    const save = (document: object) => admin.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(document) }))
    expect(await refusal(admin.send(new GetBucketPolicyCommand({ Bucket })))).toMatchObject({ status: 404, code: 'NoSuchBucketPolicy' })
    await save(policy)
    expect(JSON.parse((await admin.send(new GetBucketPolicyCommand({ Bucket }))).Policy ?? '')).toEqual(policy)
    const [statement] = policy.Statement
    expect(
      await refusal(save({ ...policy, Statement: [{ ...statement, Principal: { AWS: `arn:aws:iam::${CUSTOMER}:role/nobody` } }] })),
    ).toEqual({ status: 400, code: 'MalformedPolicy', message: 'Invalid principal in policy' })
    expect(await refusal(save({ ...policy, Statement: [{ ...statement, Resource: 'arn:aws:s3:::other/*' }] }))).toMatchObject({
      code: 'MalformedPolicy',
      message: 'Policy has invalid resource',
    })
    expect(await refusal(save({ ...policy, Statement: [{ ...statement, Effect: 'Maybe' }] }))).toMatchObject({ code: 'MalformedPolicy' })
    await admin.send(new DeleteBucketPolicyCommand({ Bucket }))
    expect(await refusal(admin.send(new GetBucketPolicyCommand({ Bucket })))).toMatchObject({ code: 'NoSuchBucketPolicy' })
  })
})
