import { statSync } from 'node:fs'
import { contentBytes, memoryContent, type Content } from '../../http/content.ts'
import { createBucket, touchBucket } from '../state/buckets.ts'
import { ensureProject } from '../state/state.ts'
import type { Bucket, GcpState, KmsKey, ObjectResource } from '../state/types.ts'
import type { BucketSettings } from '../storage/bucket-resource.ts'
import { removeObject } from '../storage/delete.ts'
import { serviceAgent } from '../storage/kms.ts'
import { changeObject } from '../storage/patch.ts'
import { hashesOf, storeObject } from '../storage/write.ts'

export interface GcpBucketInput extends Partial<BucketSettings> {
  readonly name: string
  /** `US` by default. */
  readonly location?: string
}

export interface GcpObjectInput extends Omit<ObjectResource, 'md5' | 'crc32c'> {
  /** Bytes or text; or a file, of which only what is asked for is read. */
  readonly body: Uint8Array | string | { readonly file: string }
}

/** Buckets, objects and keys of Cloud KMS, without asking for permission. */
export interface GcpStorageAdmin {
  createBucket(projectId: string, input: GcpBucketInput): void
  /** Its settings at this moment; undefined where it is not there. */
  getBucket(name: string): BucketSettings | undefined
  deleteBucket(name: string): void
  /** Changes what is given and leaves the rest. */
  configureBucket(name: string, change: Partial<BucketSettings>): void
  /** Gives the generation. */
  putObject(bucket: string, key: string, input: GcpObjectInput): string
  /** Changes metadata and holds of the live object. */
  configureObject(bucket: string, key: string, change: Pick<ObjectResource, 'metadata' | 'temporaryHold' | 'eventBasedHold'>): void
  getObject(bucket: string, key: string): Promise<Uint8Array | undefined>
  deleteObject(bucket: string, key: string): void
  /** Keys of live objects, in the order of listings. */
  listKeys(bucket: string, prefix?: string): readonly string[]
  /** Uploads that were neither ended nor cancelled. */
  openUploads(bucket: string): readonly { readonly key: string; readonly uploadId: string }[]
  /** Gives its name. Nobody may use it yet, the project's own service agent included. */
  putKmsKey(projectId: string, input: { readonly location: string; readonly keyRing: string; readonly id: string }): string
  setKmsKeyState(name: string, to: KmsKey['state']): void
  /** The account by which Cloud Storage uses keys for a project. */
  serviceAgent(projectId: string): string
  /** Where requests seem to come from, from now on: for filters of addresses. */
  setCallerAddress(address: string): void
}

export function storageAdmin(state: GcpState): GcpStorageAdmin {
  const bucketOf = (name: string): Bucket => {
    const bucket = state.buckets.get(name)
    if (!bucket) throw new Error(`The lab has no bucket ${name}`)
    return bucket
  }
  return {
    createBucket: (projectId, input) => void createBucket(state, projectId, input),
    getBucket: (name) => state.buckets.get(name),
    deleteBucket: (name) => void state.buckets.delete(name),
    configureBucket(name, change) {
      const bucket = bucketOf(name)
      Object.assign(bucket, change)
      touchBucket(state, bucket)
    },
    putObject: (bucket, key, { body, ...resource }) =>
      storeObject(state, bucketOf(bucket), key, { ...resource, ...contentOf(body) }).versionId,
    configureObject(name, key, change) {
      const bucket = bucketOf(name)
      const object = bucket.objects.current(key)
      if (!object) throw new Error(`The lab has no object ${name}/${key}`)
      changeObject(state, bucket, object, change)
    },
    async getObject(bucket, key) {
      const object = bucketOf(bucket).objects.current(key)
      return object && contentBytes(object.content)
    },
    deleteObject: (bucket, key) => removeObject(state, bucketOf(bucket), key, undefined),
    listKeys(bucket, prefix = '') {
      const { objects } = bucketOf(bucket)
      return objects.sortedKeys().filter((key) => key.startsWith(prefix) && objects.current(key))
    },
    openUploads: (bucket) =>
      [...state.uploads.values()]
        .filter((upload) => upload.bucket === bucket && upload.state.kind === 'open')
        .map(({ key, id }) => ({ key, uploadId: id })),
    putKmsKey(projectId, { location, keyRing, id }) {
      ensureProject(state, projectId)
      const name = `projects/${projectId}/locations/${location}/keyRings/${keyRing}/cryptoKeys/${id}`
      state.kmsKeys.set(name, { name, state: 'ENABLED' })
      return name
    },
    setKmsKeyState(name, to) {
      const key = state.kmsKeys.get(name)
      if (!key) throw new Error(`The lab has no key ${name}`)
      key.state = to
    },
    setCallerAddress(address) {
      state.callerAddress = address
    },
    serviceAgent(projectId) {
      ensureProject(state, projectId)
      return serviceAgent(state, projectId)
    },
  }
}

/** Checksums of a large file would cost its reading: such an object has none, as composed ones of Google's have no MD5. */
function contentOf(body: GcpObjectInput['body']): { readonly content: Content; readonly md5: string; readonly crc32c: string } {
  if (typeof body === 'object' && 'file' in body)
    return { content: { kind: 'file', size: statSync(body.file).size, path: body.file }, md5: '', crc32c: '' }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return { content: memoryContent(bytes), ...hashesOf([bytes]) }
}
