import type { Answer } from '../../http/answer.ts'
import { memoryContent, type Content } from '../../http/content.ts'
import { queryValue } from '../../http/request.ts'
import { addVersion, removeVersion } from '../../storage/versions.ts'
import { receiveBody } from '../auth/body.ts'
import { AwsError } from '../error.ts'
import { opaqueId } from '../state/ids.ts'
import type { AwsState, Bucket, CannedAcl, Encryption, ObjectLock, StoredObject } from '../state/types.ts'
import { accessDenied, demandS3, type BucketCall, type Wants } from './context.ts'
import { broughtKeyMd5, storedEncryptionHeaders } from './customer-key.ts'
import { demandKey, requestedEncryption, settleKey } from './encryption.ts'
import { checkLockedWrite, demandUnlocked, requestedLock } from './object-lock.ts'
import { preconditionFailed } from './read.ts'

const GIGABYTE = 1024 ** 3
export const MAX_PUT_BYTES = 5 * GIGABYTE

export async function putObject(call: BucketCall): Promise<Answer> {
  const { bucket, key, state, request } = call
  const options = writeOptions(call, 'PutObject')
  const body = await receiveBody(request, {
    maxBytes: MAX_PUT_BYTES,
    pace: call.pace,
    ...(call.verified ? { chain: call.verified.chunkChain } : {}),
  })
  // Looked at after the body has arrived: of two writers that race, one must fail.
  checkWritePreconditions(call)
  const object = storeObject(state, bucket, {
    key,
    content: body.content,
    etag: `"${body.md5.toString('hex')}"`,
    ...options,
    ...(body.checksum ? { checksum: body.checksum } : {}),
  })
  return {
    status: 200,
    headers: {
      etag: object.etag,
      ...storedEncryptionHeaders(object),
      ...versionHeader(bucket, object),
      ...(body.checksum ? { [body.checksum[0]]: body.checksum[1], 'x-amz-checksum-type': 'FULL_OBJECT' } : {}),
    },
  }
}

/** What headers say about an object to be written. */
export interface WriteOptions {
  readonly acl: CannedAcl
  readonly ownerAccount: string
  readonly storageClass: string
  readonly encryption: Encryption
  readonly customerKeyMd5?: string
  readonly lock?: ObjectLock
  readonly headers: { readonly [name: string]: string }
}

/** Reads the headers of a write and checks that the caller may do all they ask for. */
export function writeOptions(
  call: BucketCall,
  operation: 'PutObject' | 'CopyObject' | 'CreateMultipartUpload',
  source?: { readonly bucket: string; readonly key: string },
): WriteOptions {
  const { bucket, caller, request, key } = call
  if (Buffer.byteLength(key) > 1024) throw new AwsError(400, 'KeyTooLongError', 'Your key is too long')
  const unknown = [...request.headers.keys()].find((name) => UNSUPPORTED.test(name))
  if (unknown !== undefined) throw new AwsError(501, 'NotImplemented', `The lab does not implement the header ${unknown}.`)
  if ([...request.headers.keys()].some((name) => name.startsWith('x-amz-grant-')))
    throw bucket.ownership === 'BucketOwnerEnforced'
      ? aclsOff()
      : new AwsError(501, 'NotImplemented', 'The lab does not implement x-amz-grant- headers.')
  const acl = request.headers.get('x-amz-acl')
  const storageClass = request.headers.get('x-amz-storage-class') ?? 'STANDARD'
  const encryption = requestedEncryption(call)
  const customerKeyMd5 = broughtKeyMd5(call)
  const lock = requestedLock(call)
  const wants: Wants = {
    operation,
    ...header(call, 'x-amz-storage-class', 'storageClass'),
    ...(source ? { source } : {}),
    ...(acl === undefined ? {} : { acl }),
    ...header(call, 'x-amz-server-side-encryption', 'encryptionHeader'),
    ...header(call, 'x-amz-server-side-encryption-aws-kms-key-id', 'encryptionKeyHeader'),
    retention: request.headers.has('x-amz-object-lock-mode'),
    legalHold: request.headers.has('x-amz-object-lock-legal-hold'),
  }
  demandS3(call, wants)
  const checkedAcl = checkAcl(bucket, acl)
  if (!STORAGE_CLASSES.has(storageClass)) throw new AwsError(400, 'InvalidStorageClass', 'The storage class you specified is not valid')
  if (operation === 'PutObject') checkLockedWrite(call, lock)
  const settled: Encryption = customerKeyMd5 === undefined ? settleKey(call.state, bucket, encryption) : { algorithm: 'AES256' }
  demandKey(call, settled, wants)
  return {
    acl: checkedAcl,
    ownerAccount: writerOf(bucket, caller.accountId, checkedAcl),
    storageClass,
    encryption: settled,
    ...(customerKeyMd5 === undefined ? {} : { customerKeyMd5 }),
    ...(lock === undefined ? {} : { lock }),
    headers: storedHeaders(request.headers),
  }
}

function header(call: BucketCall, name: string, as: 'encryptionHeader' | 'encryptionKeyHeader' | 'storageClass'): Partial<Wants> {
  const value = call.request.headers.get(name)
  return value === undefined ? {} : { [as]: value }
}

const UNSUPPORTED = /^x-amz-(tagging|website-redirect-location|write-offset-bytes)/

const STORAGE_CLASSES = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'GLACIER_IR',
  'DEEP_ARCHIVE',
])

const ACLS: readonly CannedAcl[] = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
]

function checkAcl(bucket: Bucket, given: string | undefined): CannedAcl {
  if (given === undefined) return 'private'
  const acl = ACLS.find((known) => known === given)
  if (!acl)
    throw new AwsError(400, 'InvalidArgument', '', {
      details: [
        ['ArgumentName', 'x-amz-acl'],
        ['ArgumentValue', given],
      ],
    })
  // With ACLs off, the only ACL that says nothing new is let through.
  if (bucket.ownership === 'BucketOwnerEnforced' && acl !== 'bucket-owner-full-control') throw aclsOff()
  if (bucket.publicAccessBlock.blockPublicAcls && acl.startsWith('public-')) throw accessDenied()
  return acl
}

function aclsOff(): AwsError {
  return new AwsError(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs')
}

function writerOf(bucket: Bucket, callerAccount: string | undefined, acl: CannedAcl): string {
  if (bucket.ownership === 'BucketOwnerEnforced') return bucket.accountId
  if (bucket.ownership === 'BucketOwnerPreferred' && acl === 'bucket-owner-full-control') return bucket.accountId
  return callerAccount ?? 'anonymous'
}

const STORED = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-type', 'expires']

/** System and user metadata that comes back with the object. `aws-chunked` is how the body travelled, not what it is. */
export function storedHeaders(headers: ReadonlyMap<string, string>): { readonly [name: string]: string } {
  const stored = [...headers].filter(([name]) => STORED.includes(name) || name.startsWith('x-amz-meta-'))
  return Object.fromEntries(
    stored
      .map(([name, value]) => [name, name === 'content-encoding' ? withoutChunking(value) : value] as const)
      .filter(([, value]) => value !== ''),
  )
}

function withoutChunking(encodings: string): string {
  return encodings
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== 'aws-chunked')
    .join(',')
}

/** If-None-Match: * and If-Match on writes. */
export function checkWritePreconditions({ request, bucket, key }: BucketCall): void {
  const existing = bucket.objects.current(key)
  if (request.headers.get('if-none-match') !== undefined) {
    if (request.headers.get('if-none-match') !== '*')
      throw new AwsError(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented')
    if (existing) throw preconditionFailed('If-None-Match')
  }
  const match = request.headers.get('if-match')
  if (match === undefined) return
  if (!existing) throw new AwsError(404, 'NoSuchKey', 'The specified key does not exist.')
  if (match !== '*' && match !== existing.etag && `"${match}"` !== existing.etag) throw preconditionFailed('If-Match')
}

/** Adds an object to its bucket: a further version where versioning is on, in place of the old one otherwise. */
export function storeObject(
  state: AwsState,
  bucket: Bucket,
  object: Omit<StoredObject, 'versionId' | 'deleteMarker' | 'lastModified'> & { readonly deleteMarker?: boolean },
): StoredObject {
  const versionId = bucket.versioning === 'Enabled' ? opaqueId(state.random) : 'null'
  const stored: StoredObject = { deleteMarker: false, ...object, versionId, lastModified: state.clock.now() }
  addVersion(bucket.objects, stored)
  return stored
}

export function versionHeader(bucket: Bucket, object: StoredObject): { readonly [name: string]: string } {
  return bucket.versioning === 'off' ? {} : { 'x-amz-version-id': object.versionId }
}

export async function deleteObject(call: BucketCall): Promise<Answer> {
  const { bucket, key, state, request } = call
  const versionId = queryValue(request, 'versionId')
  demandS3(call, { operation: 'DeleteObject', ...(versionId === undefined ? {} : { versionId }) })
  if (request.headers.has('if-match')) checkWritePreconditions(call)
  if (versionId !== undefined) demandUnlocked(call, bucket.objects.version(key, versionId))
  const { marker, versionId: removed } = removeObject(state, bucket, key, versionId)
  return {
    status: 204,
    headers: { ...(marker ? { 'x-amz-delete-marker': 'true' } : {}), ...(removed === undefined ? {} : { 'x-amz-version-id': removed }) },
  }
}

/** Deletes a version for good, or the key: with versioning that only puts a delete marker on top. */
export function removeObject(
  state: AwsState,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): { readonly marker: boolean; readonly versionId?: string } {
  const { objects, versioning } = bucket
  return removeVersion(objects, { key, versionId, versioning }, () =>
    storeObject(state, bucket, {
      key,
      deleteMarker: true,
      content: EMPTY,
      etag: '',
      storageClass: 'STANDARD',
      ownerAccount: bucket.accountId,
      acl: 'private',
      encryption: { algorithm: 'AES256' },
      headers: {},
    }),
  )
}

const EMPTY: Content = memoryContent()
