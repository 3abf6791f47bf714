import { emptyAnswer, type Answer } from '../../http/answer.ts'
import { memoryContent } from '../../http/content.ts'
import { queryValue } from '../../http/request.ts'
import { addVersion, removeVersion } from '../../storage/versions.ts'
import { AliyunError } from '../error.ts'
import { opaqueOssId } from '../state/ids.ts'
import {
  STORAGE_CLASSES,
  type AliyunState,
  type OssAcl,
  type OssBucket,
  type OssEncryption,
  type OssObject,
  type StorageClass,
} from '../state/types.ts'
import { requestedObjectAcl } from './acl.ts'
import { receiveOss } from './body.ts'
import { demandOss, type OssBucketCall } from './context.ts'
import { encryptionHeaders, kmsWant, requestedEncryption } from './encryption.ts'
import { checkRetention } from './retention.ts'

export async function putObject(call: OssBucketCall): Promise<Answer> {
  const { bucket, key, state } = call
  const options = ossWriteOptions(call, 'PutObject')
  const body = await receiveOss(call)
  // Looked at after the body has arrived: of two writers that race, one must fail.
  checkReplacing(call)
  const object = storeOssObject(state, bucket, {
    key,
    content: body.content,
    etag: `"${body.md5.toString('hex').toUpperCase()}"`,
    type: 'Normal',
    ...options,
  })
  return emptyAnswer(200, {
    etag: object.etag,
    'content-md5': body.md5.toString('base64'),
    ...encryptionHeaders(object.encryption),
    ...versionHeader(bucket, object),
  })
}

/** What headers say about an object to be written. */
export interface OssWriteOptions {
  readonly acl: OssAcl
  readonly storageClass: StorageClass
  readonly encryption?: OssEncryption
  readonly headers: { readonly [name: string]: string }
}

/** Reads the headers of a write and checks that the caller may do all they ask for. */
export function ossWriteOptions(call: OssBucketCall, operation: 'PutObject' | 'InitiateMultipartUpload'): OssWriteOptions {
  const { bucket, request, key } = call
  if (Buffer.byteLength(key) > 1023 || /^[/\\]/.test(key))
    throw new AliyunError(400, 'InvalidObjectName', 'The specified object is not valid.', {
      ec: '0016-00000001',
      details: [['ObjectName', key]],
    })
  const unknown = [...request.headers.keys()].find((name) => UNSUPPORTED.test(name))
  if (unknown !== undefined) throw new AliyunError(501, 'NotImplemented', `The lab does not implement the header ${unknown}.`)
  const encryption = requestedEncryption(call)
  demandOss(call, { operation, ...kmsWant(encryption) })
  const given = request.headers.get('x-oss-storage-class')
  const storageClass = given === undefined ? bucket.storageClass : STORAGE_CLASSES.find((known) => known === given)
  if (!storageClass) throw new AliyunError(400, 'InvalidArgument', 'The storage class you specified is not valid.')
  return {
    acl: requestedObjectAcl(bucket, request.headers.get('x-oss-object-acl')),
    storageClass,
    ...(encryption ? { encryption } : {}),
    headers: storedHeaders(request.headers),
  }
}

const UNSUPPORTED = /^x-oss-(tagging|callback|traffic-limit|write-get-object)/

const STORED = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-type', 'expires']

/** System and user metadata that comes back with the object. */
function storedHeaders(headers: ReadonlyMap<string, string>): { readonly [name: string]: string } {
  return Object.fromEntries([...headers].filter(([name]) => STORED.includes(name) || name.startsWith('x-oss-meta-')))
}

/** Whether the key may be written, if there is an object: neither kept by retention, nor spared by the request itself. */
export function checkReplacing(call: OssBucketCall): void {
  const { state, bucket, key } = call
  checkOverwrite(call)
  if (bucket.versioning === 'off') checkRetention(state, bucket, bucket.objects.current(key))
}

/** `x-oss-forbid-overwrite: true`: the one conditional write that OSS has. */
function checkOverwrite({ request, bucket, key }: OssBucketCall): void {
  const forbids = request.headers.get('x-oss-forbid-overwrite')?.toLowerCase() === 'true'
  // With versioning nothing is overwritten, so the header says nothing. https://help.aliyun.com/en/oss/developer-reference/putobject
  if (!forbids || bucket.versioning !== 'off' || !bucket.objects.current(key)) return
  throw new AliyunError(409, 'FileAlreadyExists', 'The object you specified already exists and can not be overwritten.', {
    ec: '0026-00000002',
    details: [['Key', key]],
  })
}

/** Adds an object to its bucket: a further version where versioning is on, in place of the old one otherwise. */
export function storeOssObject(
  state: AliyunState,
  bucket: OssBucket,
  object: Omit<OssObject, 'versionId' | 'deleteMarker' | 'lastModified'> & { readonly deleteMarker?: boolean },
): OssObject {
  const versionId = bucket.versioning === 'Enabled' ? `CAEQ${opaqueOssId(state.random)}` : 'null'
  const stored: OssObject = { deleteMarker: false, ...object, versionId, lastModified: state.clock.now() }
  addVersion(bucket.objects, stored)
  return stored
}

export function versionHeader(bucket: OssBucket, object: OssObject): { readonly [name: string]: string } {
  return bucket.versioning === 'off' ? {} : { 'x-oss-version-id': object.versionId }
}

export async function deleteObject(call: OssBucketCall): Promise<Answer> {
  const { bucket, key, state, request } = call
  const versionId = queryValue(request, 'versionId')
  demandOss(call, { operation: 'DeleteObject', ...(versionId === undefined ? {} : { versionId }) })
  checkRemoving(state, bucket, key, versionId)
  const { marker, versionId: removed } = removeOssObject(state, bucket, key, versionId)
  return emptyAnswer(204, {
    ...(marker ? { 'x-oss-delete-marker': 'true' } : {}),
    ...(removed === undefined ? {} : { 'x-oss-version-id': removed }),
  })
}

/** Whether a version, or what the key stands for, may go: with versioning nothing goes that is not named. */
export function checkRemoving(state: AliyunState, bucket: OssBucket, key: string, versionId: string | undefined): void {
  if (versionId !== undefined) checkRetention(state, bucket, bucket.objects.version(key, versionId))
  else if (bucket.versioning === 'off') checkRetention(state, bucket, bucket.objects.current(key))
}

/** Deletes a version for good, or the key: with versioning that only puts a delete marker on top. */
export function removeOssObject(
  state: AliyunState,
  bucket: OssBucket,
  key: string,
  versionId: string | undefined,
): { readonly marker: boolean; readonly versionId?: string } {
  const { objects, versioning } = bucket
  return removeVersion(objects, { key, versionId, versioning }, () =>
    storeOssObject(state, bucket, {
      key,
      deleteMarker: true,
      content: memoryContent(),
      etag: '',
      type: 'Normal',
      storageClass: 'Standard',
      acl: 'default',
      headers: {},
    }),
  )
}
