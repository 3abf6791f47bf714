import { createHash } from 'node:crypto'
import { memoryContent, type Content } from '../../http/content.ts'
import { queryValue } from '../../http/request.ts'
import { crc32c } from '../../storage/crc32c.ts'
import { addVersion } from '../../storage/versions.ts'
import { GoogleError, notImplemented } from '../error.ts'
import type { Bucket, GcpState, ObjectResource, StoredObject, WritePlan } from '../state/types.ts'
import { demandStorage, denied, mayStorage, type BucketCall } from './context.ts'
import { checkEncryption } from './guards.ts'
import { demandKmsKey } from './kms.ts'
import { checkPreconditions, readPreconditions } from './preconditions.ts'
import { demandReleased } from './retention.ts'

/** Checks what can be checked before the bytes are there, and keeps what must be checked again once they are. */
export function planWrite(call: BucketCall, resource: ObjectResource): WritePlan {
  const { state, bucket, key } = call
  if (!isObjectName(key)) throw new GoogleError(400, 'invalid', 'Invalid object name.')
  demandStorage(call, 'storage.objects.create', key)
  if (resource.temporaryHold || resource.eventBasedHold) demandStorage(call, 'storage.objects.update', key)
  refuseAcl(call)
  const preconditions = readPreconditions(call.request)
  const plan: WritePlan = {
    key,
    resource,
    preconditions,
    // A write that may only create replaces nothing, and is stopped by its precondition.
    overwriteRefusal:
      preconditions.generationMatch === '0' || mayStorage(call, 'storage.objects.delete', key)
        ? undefined
        : denied(call, 'storage.objects.delete', 'object'),
  }
  checkPlan(state, bucket, plan)
  const kmsKeyName = resource.kmsKeyName ?? bucket.defaultKmsKeyName
  checkEncryption(state, bucket, kmsKeyName)
  demandKmsKey(state, bucket, kmsKeyName, 'encrypt')
  return plan
}

/** https://cloud.google.com/storage/docs/uniform-bucket-level-access#enabled */
function refuseAcl({ request, bucket }: BucketCall): void {
  if (queryValue(request, 'predefinedAcl') === undefined && !request.headers.has('x-goog-acl')) return
  if (!bucket.uniformAccess) throw notImplemented('access control lists')
  throw new GoogleError(
    400,
    'invalid',
    'Cannot insert legacy ACL for an object when uniform bucket-level access is enabled. Read more at https://cloud.google.com/storage/docs/uniform-bucket-level-access',
  )
}

/** https://cloud.google.com/storage/docs/objects#naming */
function isObjectName(key: string): boolean {
  const forbidden = ['', '.', '..'].includes(key) || /[\r\n]/.test(key) || key.startsWith('.well-known/acme-challenge/')
  return !forbidden && Buffer.byteLength(key) <= 1024
}

/** Of two writers that race, one must fail: asked before and after the bytes. */
function checkPlan(state: GcpState, bucket: Bucket, plan: WritePlan): void {
  const live = bucket.objects.current(plan.key)
  if (live && plan.overwriteRefusal) throw plan.overwriteRefusal
  checkPreconditions(plan.preconditions, live)
  if (live && !bucket.versioning) demandReleased(bucket, live, state.clock.now())
}

/** Stores what a plan was for, once the bytes are there. */
export function finishWrite(state: GcpState, bucket: Bucket, plan: WritePlan, segments: readonly Uint8Array[]): StoredObject {
  checkPlan(state, bucket, plan)
  const hashes = hashesOf(segments)
  const { md5, crc32c: checksum, ...resource } = plan.resource
  if (md5 !== undefined && md5 !== hashes.md5)
    throw new GoogleError(400, 'invalid', `Provided MD5 hash "${md5}" doesn't match calculated MD5 hash "${hashes.md5}".`)
  if (checksum !== undefined && checksum !== hashes.crc32c)
    throw new GoogleError(400, 'invalid', `Provided CRC32C "${checksum}" doesn't match calculated CRC32C "${hashes.crc32c}".`)
  return storeObject(state, bucket, plan.key, { ...resource, content: memoryContent(...segments), ...hashes })
}

/** What of an object its maker decides; the rest follows from the bucket and the moment. */
export type NewObject = Omit<ObjectResource, 'md5' | 'crc32c'> & {
  readonly content: Content
  readonly md5: string
  readonly crc32c: string
}

/** Adds an object to its bucket: a further generation where versioning is on, in place of the old one otherwise. */
export function storeObject(state: GcpState, bucket: Bucket, key: string, { storageClass, ...given }: NewObject): StoredObject {
  const now = state.clock.now()
  const kmsKeyName = given.kmsKeyName ?? bucket.defaultKmsKeyName
  const eventBasedHold = given.eventBasedHold ?? (bucket.defaultEventBasedHold ? true : undefined)
  const object: StoredObject = {
    ...given,
    key,
    versionId: nextGeneration(state),
    deleteMarker: false,
    metageneration: 1,
    storageClass: storageClass ?? bucket.storageClass,
    createdAt: now,
    updatedAt: now,
    retainedFrom: now,
    ...(kmsKeyName === undefined ? {} : { kmsKeyName }),
    ...(eventBasedHold === undefined ? {} : { eventBasedHold }),
  }
  if (!bucket.versioning) bucket.objects.setVersions(key, noncurrent(bucket, key))
  addVersion(bucket.objects, object)
  return object
}

/** What stays when the live version goes: versions from a time when versioning was on. */
export function noncurrent(bucket: Bucket, key: string): readonly StoredObject[] {
  return bucket.objects.versions(key).filter((version) => version !== bucket.objects.current(key))
}

/** Microseconds, and never the same twice. */
export function nextGeneration(state: GcpState): string {
  const now = BigInt(state.clock.now()) * 1000n
  state.lastGeneration = now > state.lastGeneration ? now : state.lastGeneration + 1n
  return String(state.lastGeneration)
}

/** MD5 and CRC32C, in base64 as Google writes them. */
export function hashesOf(segments: readonly Uint8Array[]): { readonly md5: string; readonly crc32c: string } {
  const md5 = createHash('md5')
  let checksum = 0
  for (const segment of segments) {
    md5.update(segment)
    checksum = crc32c(segment, checksum)
  }
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(checksum)
  return { md5: md5.digest('base64'), crc32c: bytes.toString('base64') }
}
