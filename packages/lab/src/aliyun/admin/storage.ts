import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import type { PolicyDocument } from '@sluice/core'
import { contentBytes, memoryContent, type Content } from '../../http/content.ts'
import { uuid } from '../../state/uuid.ts'
import type { Versioning } from '../../storage/versions.ts'
import { AliyunError } from '../error.ts'
import { removeOssObject, storeOssObject } from '../oss/write.ts'
import { createOssBucket } from '../state/buckets.ts'
import { checkRamPolicy } from '../state/policies.ts'
import { ensureAliyunAccount } from '../state/state.ts'
import type { AliyunKey, AliyunState, BucketAcl, OssAcl, OssBucket, OssEncryption, OssReferers, StorageClass } from '../state/types.ts'

export interface OssBucketInput {
  readonly name: string
  /** `cn-hangzhou` */
  readonly region: string
  readonly storageClass?: StorageClass
  readonly policy?: PolicyDocument
  readonly acl?: BucketAcl
  readonly blockPublicAccess?: boolean
  readonly encryption?: OssEncryption
  readonly versioning?: Versioning
  readonly referers?: OssReferers | undefined
  readonly retentionDays?: number | undefined
}

export interface OssObjectInput {
  /** Bytes or text; or a file, of which only what is asked for is read. */
  readonly body: Uint8Array | string | { readonly file: string }
  readonly contentType?: string
  /** `x-oss-meta-…` and other headers to answer. */
  readonly headers?: { readonly [name: string]: string }
  readonly storageClass?: StorageClass
  readonly acl?: OssAcl
  readonly encryption?: OssEncryption
}

/** Buckets, objects and keys of Alibaba Cloud, without asking for permission. */
export interface AliyunStorageAdmin {
  createBucket(uid: string, input: OssBucketInput): void
  getBucket(name: string): Omit<OssBucket, 'objects'> | undefined
  deleteBucket(name: string): void
  /** Changes what is given and leaves the rest. */
  configureBucket(name: string, change: Partial<Omit<OssBucketInput, 'name' | 'region' | 'policy' | 'storageClass'>>): void
  /** undefined removes it. */
  putBucketPolicy(name: string, document: PolicyDocument | undefined): void
  /** Gives the ETag. */
  putObject(bucket: string, key: string, input: OssObjectInput): string
  getObject(bucket: string, key: string): Promise<Uint8Array | undefined>
  deleteObject(bucket: string, key: string): void
  /** Keys of current objects, in OSS's order. */
  listKeys(bucket: string, prefix?: string): readonly string[]
  /** Uploads that were neither completed nor aborted. */
  openUploads(bucket: string): readonly { readonly key: string; readonly uploadId: string }[]
  /** Makes a key of KMS and gives its resource name. */
  putKey(uid: string, region: string): string
  setKeyState(arn: string, to: AliyunKey['state']): void
  /** The address, and the VPC, from which requests seem to come: for conditions, endpoint policies and internal endpoints. */
  setCaller(caller: { readonly address?: string; readonly vpc?: string }): void
  /** Gives the gateway endpoint of a VPC a policy; undefined removes it. */
  putVpcPolicy(vpc: string, document: PolicyDocument | undefined): void
}

export function aliyunStorageAdmin(state: AliyunState): AliyunStorageAdmin {
  const bucketOf = (name: string): OssBucket => {
    const bucket = state.buckets.get(name)
    if (!bucket) throw new Error(`The lab has no bucket ${name}`)
    return bucket
  }
  const admin: AliyunStorageAdmin = {
    createBucket(uid, { name, region, storageClass, policy, ...settings }) {
      ensureAliyunAccount(state, uid)
      createOssBucket(state, { name, accountId: uid, region, ...(storageClass ? { storageClass } : {}) })
      admin.configureBucket(name, settings)
      admin.putBucketPolicy(name, policy)
    },
    getBucket(name) {
      const bucket = state.buckets.get(name)
      if (!bucket) return undefined
      const { objects: _objects, ...rest } = bucket
      return rest
    },
    deleteBucket: (name) => void state.buckets.delete(name),
    configureBucket: (name, change) => void Object.assign(bucketOf(name), change),
    putBucketPolicy(name, document) {
      if (document) checkRamPolicy(document, 'bucket', (message) => new AliyunError(400, 'InvalidPolicyDocument', message))
      bucketOf(name).policy = document
    },
    putObject(bucketName, key, input) {
      const bucket = bucketOf(bucketName)
      const encryption = input.encryption ?? bucket.encryption
      return storeOssObject(state, bucket, {
        key,
        ...contentOf(input.body),
        type: 'Normal',
        storageClass: input.storageClass ?? bucket.storageClass,
        acl: input.acl ?? 'default',
        ...(encryption ? { encryption } : {}),
        headers: { ...(input.contentType === undefined ? {} : { 'content-type': input.contentType }), ...input.headers },
      }).etag
    },
    async getObject(bucketName, key) {
      const object = bucketOf(bucketName).objects.current(key)
      return object && contentBytes(object.content)
    },
    deleteObject: (bucketName, key) => void removeOssObject(state, bucketOf(bucketName), key, undefined),
    listKeys(bucketName, prefix = '') {
      const { objects } = bucketOf(bucketName)
      return objects.sortedKeys().filter((key) => key.startsWith(prefix) && objects.current(key))
    },
    openUploads: (bucketName) =>
      [...state.uploads.values()].filter((upload) => upload.bucket === bucketName).map(({ key, id }) => ({ key, uploadId: id })),
    putKey(uid, region) {
      ensureAliyunAccount(state, uid)
      const id = uuid(state.random)
      const arn = `acs:kms:${region}:${uid}:key/${id}`
      state.keys.set(arn, { arn, id, accountId: uid, region, state: 'Enabled' })
      return arn
    },
    setKeyState(arn, to) {
      const key = state.keys.get(arn)
      if (!key) throw new Error(`The lab has no key ${arn}`)
      key.state = to
    },
    setCaller(caller) {
      state.origin = caller
    },
    putVpcPolicy(vpc, document) {
      if (document === undefined) return void state.vpcPolicies.delete(vpc)
      checkRamPolicy(document, 'bucket', (message) => new AliyunError(400, 'InvalidPolicyDocument', message))
      state.vpcPolicies.set(vpc, document)
    },
  }
  return admin
}

function contentOf(body: OssObjectInput['body']): { readonly content: Content; readonly etag: string } {
  if (typeof body === 'object' && 'file' in body) {
    const { size, mtimeMs } = statSync(body.file)
    // The MD5 of a large file would cost its reading. The ETag of an upload in parts is opaque to clients, and this one changes with the file.
    const etag = createHash('md5').update(`${body.file}\n${size}\n${mtimeMs}`).digest('hex').toUpperCase()
    return { content: { kind: 'file', size, path: body.file }, etag: `"${etag}-1"` }
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return { content: memoryContent(bytes), etag: `"${createHash('md5').update(bytes).digest('hex').toUpperCase()}"` }
}
