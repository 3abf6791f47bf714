import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import type { PolicyDocument } from '@sluice/core'
import { contentBytes, memoryContent, type Content } from '../../http/content.ts'
import { partitionOf } from '../arn.ts'
import { addKey, type KeyInput } from '../kms/keys.ts'
import { settleKey } from '../s3/encryption.ts'
import { replaceVersion } from '../../storage/versions.ts'
import { removeObject, storeObject } from '../s3/write.ts'
import { createBucket, lockBucket } from '../state/buckets.ts'
import { hexId } from '../state/ids.ts'
import { checkPolicy } from '../state/policies.ts'
import { presentPolicy, storePolicy } from '../state/principals.ts'
import { ensureAccount } from '../state/state.ts'
import {
  OWNERSHIPS,
  type AwsState,
  type Bucket,
  type CannedAcl,
  type Encryption,
  type KeyGrant,
  type KmsKey,
  type ObjectLock,
  type ObjectLockConfiguration,
  type Ownership,
  type PublicAccessBlock,
  type StoredObject,
} from '../state/types.ts'

export interface BucketInput {
  readonly name: string
  readonly region: string
  readonly policy?: PolicyDocument
  readonly ownership?: Ownership
  readonly publicAccessBlock?: Partial<PublicAccessBlock>
  readonly encryption?: Encryption
  readonly requesterPays?: boolean
  readonly versioning?: 'Enabled' | 'Suspended'
  /** Turns versions on, too. */
  readonly objectLock?: ObjectLockConfiguration
  readonly tags?: { readonly [key: string]: string }
}

export interface ObjectInput {
  /** Bytes or text; or a file, of which only what is asked for is read. */
  readonly body: Uint8Array | string | { readonly file: string }
  readonly contentType?: string
  /** `x-amz-meta-…` and other headers to answer. */
  readonly headers?: { readonly [name: string]: string }
  readonly storageClass?: string
  /** Whoever wrote it, where the bucket does not enforce its owner's ownership. */
  readonly ownerAccount?: string
  readonly acl?: CannedAcl
  readonly encryption?: Encryption
  readonly lock?: ObjectLock
  /** As S3 keeps it of a key of the writer's own: its MD5, in base64. */
  readonly customerKeyMd5?: string
  readonly archiveTier?: StoredObject['archiveTier']
}

export interface AccessPointInput {
  readonly name: string
  readonly bucket: string
  readonly policy?: PolicyDocument
}

/** A bucket as its owner sees it: its policy with dead principals shown as ids. */
export interface BucketView extends Omit<Bucket, 'policy' | 'objects'> {
  readonly policy: PolicyDocument | undefined
}

/** Buckets, objects and keys, without asking for permission. */
export interface StorageAdmin {
  createBucket(accountId: string, input: BucketInput): void
  getBucket(name: string): BucketView | undefined
  deleteBucket(name: string): void
  /** Changes what is given and leaves the rest. */
  configureBucket(name: string, change: Partial<Omit<BucketInput, 'name' | 'region' | 'policy'>>): void
  /** undefined removes it. */
  putBucketPolicy(name: string, document: PolicyDocument | undefined): void
  /** Gives the ETag. */
  putObject(bucket: string, key: string, input: ObjectInput): string
  getObject(bucket: string, key: string): Promise<Uint8Array | undefined>
  deleteObject(bucket: string, key: string): void
  /** Makes a copy of an archived object readable for a while. */
  restoreObject(bucket: string, key: string, days: number): void
  /** Holds the current version of an object otherwise, or no more. */
  lockObject(bucket: string, key: string, lock: ObjectLock): void
  /** Keys of current objects, in S3's order. */
  listKeys(bucket: string, prefix?: string): readonly string[]
  /** Uploads that were neither completed nor aborted. */
  openUploads(bucket: string): readonly { readonly key: string; readonly uploadId: string }[]
  /** Gives the ARN. */
  putKey(input: KeyInput): string
  /** The policies of all keys by ARN, but for those that AWS manages. */
  keyPolicies(): { readonly [arn: string]: PolicyDocument }
  setKeyState(arn: string, to: KmsKey['state']): void
  /** As it is gone once its waiting period is over. */
  deleteKey(arn: string): void
  setKeyPolicy(arn: string, document: PolicyDocument): void
  /** Gives the id. */
  putGrant(arn: string, grant: Omit<KeyGrant, 'id'>): string
  revokeGrants(arn: string): void
  /** Makes an access point, or replaces the one of that name. */
  putAccessPoint(accountId: string, input: AccessPointInput): { readonly arn: string; readonly alias: string }
  putDirectoryBucket(accountId: string, input: { readonly name: string; readonly region: string; readonly policy?: PolicyDocument }): void
  /** Whether AWS has suspended an account. */
  setSuspended(accountId: string, suspended: boolean): void
}

export function storageAdmin(state: AwsState): StorageAdmin {
  const bucketOf = (name: string): Bucket => {
    const bucket = state.buckets.get(name)
    if (!bucket) throw new Error(`The lab has no bucket ${name}`)
    return bucket
  }
  const keyOf = (arn: string): KmsKey => {
    const key = state.keys.get(arn)
    if (!key) throw new Error(`The lab has no key ${arn}`)
    return key
  }
  const admin: StorageAdmin = {
    createBucket(accountId, { name, region, policy, ...settings }) {
      ensureAccount(state, accountId)
      createBucket(state, { name, accountId, region })
      admin.configureBucket(name, settings)
      admin.putBucketPolicy(name, policy)
    },
    getBucket(name) {
      const bucket = state.buckets.get(name)
      if (!bucket) return undefined
      const { policy, objects: _objects, ...rest } = bucket
      return { ...rest, policy: policy && presentPolicy(state, policy) }
    },
    deleteBucket: (name) => void state.buckets.delete(name),
    configureBucket(name, change) {
      const bucket = bucketOf(name)
      checkSettings(name, change)
      const { publicAccessBlock, objectLock, ...rest } = change
      Object.assign(bucket, rest)
      if (objectLock !== undefined) lockBucket(bucket, objectLock)
      bucket.publicAccessBlock = { ...bucket.publicAccessBlock, ...publicAccessBlock }
    },
    putBucketPolicy(name, document) {
      if (document) checkPolicy(document, 'resource', 'MalformedPolicy')
      bucketOf(name).policy = document && storePolicy(state, document)
    },
    putObject(bucketName, key, input) {
      const bucket = bucketOf(bucketName)
      const { content, etag } = contentOf(input.body)
      return storeObject(state, bucket, {
        key,
        content,
        etag,
        storageClass: input.storageClass ?? 'STANDARD',
        ownerAccount: input.ownerAccount ?? bucket.accountId,
        acl: input.acl ?? 'private',
        encryption: settleKey(state, bucket, input.encryption ?? bucket.encryption),
        ...(input.lock === undefined ? {} : { lock: input.lock }),
        ...(input.customerKeyMd5 === undefined ? {} : { customerKeyMd5: input.customerKeyMd5 }),
        ...(input.archiveTier === undefined ? {} : { archiveTier: input.archiveTier }),
        headers: { ...(input.contentType === undefined ? {} : { 'content-type': input.contentType }), ...input.headers },
      }).etag
    },
    async getObject(bucketName, key) {
      const object = bucketOf(bucketName).objects.current(key)
      return object && contentBytes(object.content)
    },
    deleteObject: (bucketName, key) => void removeObject(state, bucketOf(bucketName), key, undefined),
    restoreObject(bucketName, key, days) {
      changeObject(bucketOf(bucketName), key, { restoredUntil: state.clock.now() + days * DAY_MS })
    },
    lockObject(bucketName, key, lock) {
      changeObject(bucketOf(bucketName), key, { lock })
    },
    listKeys(bucketName, prefix = '') {
      const { objects } = bucketOf(bucketName)
      return objects.sortedKeys().filter((key) => key.startsWith(prefix) && objects.current(key))
    },
    openUploads: (bucketName) =>
      [...state.uploads.values()].filter((upload) => upload.bucket === bucketName).map(({ key, id }) => ({ key, uploadId: id })),
    putKey(input) {
      ensureAccount(state, input.accountId)
      return addKey(state, input).arn
    },
    keyPolicies: () =>
      Object.fromEntries(
        [...state.keys.values()]
          .filter(({ manager }) => manager === 'CUSTOMER')
          .map(({ arn, policy }): readonly [string, PolicyDocument] => [arn, presentPolicy(state, policy)]),
      ),
    setKeyState(arn, to) {
      keyOf(arn).state = to
    },
    deleteKey: (arn) => void state.keys.delete(arn),
    setKeyPolicy(arn, document) {
      checkPolicy(document, 'resource', 'MalformedPolicyDocumentException')
      keyOf(arn).policy = storePolicy(state, document)
    },
    putGrant(arn, grant) {
      const id = hexId(state.random, 32)
      keyOf(arn).grants.set(id, { id, ...grant })
      return id
    },
    revokeGrants: (arn) => keyOf(arn).grants.clear(),
    putAccessPoint(accountId, { name, bucket, policy }) {
      const { region } = bucketOf(bucket)
      if (policy) checkPolicy(policy, 'resource', 'MalformedPolicy')
      const arn = `arn:${partitionOf(region)}:s3:${region}:${accountId}:accesspoint/${name}`
      const known = [...state.accessPoints.values()].find((point) => point.arn === arn)
      const alias = known?.alias ?? `${name.slice(0, 20)}-${hexId(state.random, 17)}-s3alias`
      ensureAccount(state, accountId)
      state.accessPoints.set(alias, { arn, name, alias, accountId, bucket, policy: policy && storePolicy(state, policy) })
      return { arn, alias }
    },
    putDirectoryBucket(accountId, { name, region, policy }) {
      if (policy) checkPolicy(policy, 'resource', 'MalformedPolicy')
      ensureAccount(state, accountId)
      const arn = `arn:${partitionOf(region)}:s3express:${region}:${accountId}:bucket/${name}`
      state.directoryBuckets.set(name, { arn, name, accountId, region, policy: policy && storePolicy(state, policy) })
    },
    setSuspended(accountId, suspended) {
      ensureAccount(state, accountId).suspended = suspended
    },
  }
  return admin
}

const DAY_MS = 86_400_000

function changeObject(bucket: Bucket, key: string, change: Partial<StoredObject>): void {
  const object = bucket.objects.current(key)
  if (!object) throw new Error(`The lab has no object ${key} in ${bucket.name}`)
  replaceVersion(bucket.objects, object, { ...object, ...change })
}

const ALLOWED: { readonly [setting: string]: (value: unknown) => boolean } = {
  ownership: (value) => OWNERSHIPS.some((known) => known === value),
  publicAccessBlock: (value) => typeof value === 'object',
  encryption: (value) =>
    typeof value === 'object' && value !== null && 'algorithm' in value && ALGORITHMS.some((known) => known === value.algorithm),
  requesterPays: (value) => typeof value === 'boolean',
  objectLock: (value) => typeof value === 'object',
  versioning: (value) => value === 'Enabled' || value === 'Suspended',
  tags: (value) => typeof value === 'object',
}

const ALGORITHMS = ['AES256', 'aws:kms', 'aws:kms:dsse']

// Seeds come from files: what the types promise is not sure.
function checkSettings(bucket: string, change: object): void {
  for (const [setting, value] of Object.entries(change))
    if (!ALLOWED[setting]?.(value)) throw new TypeError(`Bucket ${bucket} cannot have ${setting} = ${JSON.stringify(value)}`)
}

function contentOf(body: ObjectInput['body']): { readonly content: Content; readonly etag: string } {
  if (typeof body === 'object' && 'file' in body) {
    const { size, mtimeMs } = statSync(body.file)
    // The MD5 of a large file would cost its reading. A multipart ETag is opaque to clients, and this one changes with the file.
    const etag = createHash('md5').update(`${body.file}\n${size}\n${mtimeMs}`).digest('hex')
    return { content: { kind: 'file', size, path: body.file }, etag: `"${etag}-1"` }
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return { content: memoryContent(bytes), etag: `"${createHash('md5').update(bytes).digest('hex')}"` }
}
