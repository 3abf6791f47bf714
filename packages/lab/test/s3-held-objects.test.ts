import { createHash } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { allow, BUCKET, CUSTOMER_ROLE, refusal, s3, startWorld, type World } from './world.ts'

const DAY_MS = 86_400_000
const Bucket = BUCKET
const Key = 'k'
const LOCKED = { status: 403, code: 'AccessDenied', message: 'Access Denied because object protected by object lock.' }

let clock: ManualClock
let world: World
let admin: S3Client
let role: S3Client
beforeEach(async () => {
  clock = manualClock()
  world = await startWorld({ clock })
  admin = s3(world.lab, world.admin)
  role = s3(world.lab, world.lab.aws.issueSession(CUSTOMER_ROLE))
})
afterEach(() => world.lab.close())

const put = (more: object = {}) => admin.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }))
const get = (more: object = {}) => admin.send(new GetObjectCommand({ Bucket, Key, ...more }))
const remove = (VersionId?: string, more: object = {}) => admin.send(new DeleteObjectCommand({ Bucket, Key, VersionId, ...more }))
const until = (days: number) => new Date(clock.now() + days * DAY_MS)

describe('Object Lock', () => {
  beforeEach(() => world.lab.aws.configureBucket(BUCKET, { objectLock: {} }))

  it('keeps a version and nothing else of its key', async () => {
    const { VersionId } = await put({ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: until(1) })
    expect(await refusal(remove(VersionId))).toEqual(LOCKED)
    const { Errors } = await admin.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key, VersionId }] } }))
    expect(Errors).toMatchObject([{ Code: LOCKED.code, Message: LOCKED.message }])
    expect(await put()).toMatchObject({ VersionId: expect.any(String) })
    expect(await remove()).toMatchObject({ DeleteMarker: true })
    expect(await get({ VersionId })).toMatchObject({ ObjectLockMode: 'COMPLIANCE' })
  })

  it('lets a version go when its retention ends', async () => {
    const { VersionId } = await put({ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: new Date(clock.now() + 60_000) })
    expect(await refusal(remove(VersionId))).toEqual(LOCKED)
    clock.advance(61_000)
    await remove(VersionId)
  })

  it('gives way in governance to who asks for it and may', async () => {
    const { VersionId } = await put({ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until(1) })
    expect(await refusal(remove(VersionId))).toEqual(LOCKED)
    world.lab.aws.putRolePolicy(CUSTOMER_ROLE, 'delete', allow('s3:DeleteObjectVersion', `arn:aws:s3:::${BUCKET}/*`))
    const bypassing = new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention: true })
    expect((await refusal(role.send(bypassing))).message).toContain('s3:BypassGovernanceRetention')
    await remove(VersionId, { BypassGovernanceRetention: true })
  })

  it('holds as long as a legal hold is on', async () => {
    const { VersionId } = await put({ ObjectLockLegalHoldStatus: 'ON' })
    expect(await refusal(remove(VersionId))).toEqual(LOCKED)
    expect(await admin.send(new GetObjectLegalHoldCommand({ Bucket, Key }))).toMatchObject({ LegalHold: { Status: 'ON' } })
    await admin.send(new PutObjectLegalHoldCommand({ Bucket, Key, LegalHold: { Status: 'OFF' } }))
    await remove(VersionId)
  })

  it('lets a retention be made longer, not shorter', async () => {
    await put()
    const retain = (days: number) =>
      admin.send(new PutObjectRetentionCommand({ Bucket, Key, Retention: { Mode: 'COMPLIANCE', RetainUntilDate: until(days) } }))
    expect(await refusal(admin.send(new GetObjectRetentionCommand({ Bucket, Key })))).toMatchObject({
      code: 'NoSuchObjectLockConfiguration',
    })
    await retain(2)
    await retain(3)
    expect(await refusal(retain(1))).toEqual(LOCKED)
    expect(await admin.send(new GetObjectRetentionCommand({ Bucket, Key }))).toMatchObject({ Retention: { Mode: 'COMPLIANCE' } })
  })

  it('gives what is written the bucket’s default, and shows it to who may know', async () => {
    world.lab.aws.configureBucket(BUCKET, { objectLock: { retention: { mode: 'GOVERNANCE', days: 1 } } })
    const { VersionId } = await put()
    expect(await refusal(remove(VersionId))).toEqual(LOCKED)
    const head = (client: S3Client) => client.send(new HeadObjectCommand({ Bucket, Key }))
    expect(await head(admin)).toMatchObject({ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: expect.any(Date) })
    expect((await head(role)).ObjectLockMode).toBeUndefined()
    const { ObjectLockConfiguration } = await admin.send(new GetObjectLockConfigurationCommand({ Bucket }))
    expect(ObjectLockConfiguration?.Rule?.DefaultRetention).toEqual({ Mode: 'GOVERNANCE', Days: 1 })
  })

  it('is asked for when a bucket is made, and of no other', async () => {
    const own = { Bucket: 'locked-bucket-123' }
    await admin.send(
      new CreateBucketCommand({ ...own, ObjectLockEnabledForBucket: true, CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } }),
    )
    expect(await admin.send(new GetObjectLockConfigurationCommand(own))).toMatchObject({
      ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' },
    })
    world.lab.aws.createBucket('987654321987', { name: 'open-bucket-123', region: 'us-west-2' })
    const open = { Bucket: 'open-bucket-123', Key }
    expect(await refusal(admin.send(new PutObjectCommand({ ...open, ObjectLockLegalHoldStatus: 'ON' })))).toMatchObject({
      status: 400,
      message: 'Bucket is missing Object Lock Configuration',
    })
  })
})

describe('a key of the writer’s own', () => {
  const keyed = (letter: string) => {
    const key = Buffer.alloc(32, letter)
    return {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: key.toString('base64'),
      SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
    }
  }

  it('is needed to read what was written with it', async () => {
    const { SSECustomerKey: _, ...shown } = keyed('a')
    expect(await put(keyed('a'))).toMatchObject(shown)
    expect(await get(keyed('a'))).toMatchObject(shown)
    expect(await refusal(get())).toEqual({
      status: 400,
      code: 'InvalidRequest',
      message:
        'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    })
    expect(await refusal(admin.send(new HeadObjectCommand({ Bucket, Key })))).toMatchObject({ status: 400 })
    expect(await refusal(get(keyed('b')))).toMatchObject({ status: 403, code: 'AccessDenied' })
  })

  it('means nothing for what was written without', async () => {
    await put()
    expect(await refusal(get(keyed('a')))).toMatchObject({
      status: 400,
      message: 'The encryption parameters are not applicable to this object.',
    })
  })
})

describe('an archived object', () => {
  it('says where it is archived, and is read once it is restored', async () => {
    world.lab.aws.putObject(BUCKET, Key, { body: 'x', storageClass: 'INTELLIGENT_TIERING', archiveTier: 'DEEP_ARCHIVE_ACCESS' })
    expect(await admin.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ArchiveStatus: 'DEEP_ARCHIVE_ACCESS' })
    expect(await refusal(get())).toMatchObject({ status: 403, code: 'InvalidObjectState' })
    await expect(get()).rejects.toMatchObject({ StorageClass: 'INTELLIGENT_TIERING', AccessTier: 'DEEP_ARCHIVE_ACCESS' })
    world.lab.aws.restoreObject(BUCKET, Key, 1)
    expect((await get()).Restore).toContain('ongoing-request="false"')
  })
})
