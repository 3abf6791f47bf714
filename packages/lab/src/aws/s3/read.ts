import type { Answer } from '../../http/answer.ts'
import { readContent } from '../../http/content.ts'
import { queryValue, type LabRequest } from '../../http/request.ts'
import { readPrecondition } from '../../storage/preconditions.ts'
import { readRange } from '../../storage/range.ts'
import { AwsError } from '../error.ts'
import type { StoredObject } from '../state/types.ts'
import { archiveHeaders, demandRestored } from './archive.ts'
import { accessDenied, demandS3, mayS3, type BucketCall } from './context.ts'
import { demandCustomerKey, storedEncryptionHeaders } from './customer-key.ts'
import { demandKey } from './encryption.ts'
import { ownerOf } from './list.ts'
import { lockHeaders } from './object-lock.ts'

export async function headObject(call: BucketCall): Promise<Answer> {
  return readObject(call, 'HeadObject')
}

export async function getObject(call: BucketCall): Promise<Answer> {
  return readObject(call, 'GetObject')
}

async function readObject(call: BucketCall, operation: 'HeadObject' | 'GetObject'): Promise<Answer> {
  const { request, caller } = call
  if (queryValue(request, 'partNumber') !== undefined)
    throw new AwsError(501, 'NotImplemented', `The lab does not implement s3:${operation} with partNumber.`)
  const object = readableObject(call, operation)
  demandCustomerKey(call, object)
  const unmet = failedPrecondition(request, object)
  if (unmet !== undefined) return unmet
  if (operation === 'GetObject') {
    demandRestored(object, call.state.clock.now())
    demandKey(call, object.encryption, { operation })
  }
  const { size } = object.content
  const range = readRange(request.headers.get('range'), size)
  if (range === 'unsatisfiable')
    throw new AwsError(416, 'InvalidRange', 'The requested range is not satisfiable', {
      details: [
        ['RangeRequested', request.headers.get('range') ?? ''],
        ['ActualObjectSize', String(size)],
      ],
      headers: { 'content-range': `bytes */${size}` },
    })
  const { start, end } = range ?? { start: 0, end: size }
  const checksum =
    range === undefined && request.headers.get('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' ? object.checksum : undefined
  return {
    status: range ? 206 : 200,
    headers: {
      ...objectHeaders(call, object),
      ...overrides(request, caller.accountId !== undefined),
      ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${size}` } : {}),
      ...(checksum ? { [checksum[0]]: checksum[1], 'x-amz-checksum-type': checksum[1].includes('-') ? 'COMPOSITE' : 'FULL_OBJECT' } : {}),
    },
    body: { length: end - start, open: () => readContent(object.content, start, end) },
  }
}

/**
 * The object a request may read, judged in S3's order: permission first; then a key that does not exist is told only to those
 * who may list the bucket.
 */
export function readableObject(
  call: BucketCall,
  operation: 'HeadObject' | 'GetObject' | 'GetObjectAcl' | 'GetObjectTagging',
  versionId = queryValue(call.request, 'versionId'),
): StoredObject {
  const { bucket, key, caller } = call
  const version = versionId === undefined ? {} : { versionId }
  const object = versionId === undefined ? bucket.objects.current(key) : bucket.objects.version(key, versionId)
  const publicRead = object !== undefined && (operation === 'GetObject' || operation === 'HeadObject') && isOpenByAcl(call, object)
  if (!publicRead) demandS3(call, { operation, ...version })
  if (!object || object.deleteMarker) throw missing(call, object, versionId)
  const owner = ownerOf(bucket, object)
  // The policies of a bucket say nothing about an object that somebody else owns: its ACL decides.
  if (
    !publicRead &&
    owner !== bucket.accountId &&
    caller.accountId !== owner &&
    !(caller.accountId === bucket.accountId && object.acl.startsWith('bucket-owner'))
  )
    throw accessDenied()
  return object
}

function missing(call: BucketCall, marker: StoredObject | undefined, versionId: string | undefined): AwsError {
  // As AWS does: without ListBucket the answer is a denial of ListBucket, whether or not there is such a key.
  if (!mayS3(call, { operation: 'HeadBucket' })) {
    try {
      demandS3(call, { operation: 'HeadBucket' })
    } catch (denial) {
      if (denial instanceof AwsError) return denial
    }
  }
  if (versionId !== undefined && !marker)
    return new AwsError(404, 'NoSuchVersion', 'The specified version does not exist.', {
      details: [
        ['Key', call.key],
        ['VersionId', versionId],
      ],
    })
  if (versionId !== undefined && marker)
    return new AwsError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
      details: [
        ['Method', call.request.method],
        ['ResourceType', 'DeleteMarker'],
      ],
      headers: { 'x-amz-delete-marker': 'true', allow: 'DELETE' },
    })
  const newest = call.bucket.objects.versions(call.key)[0]
  return new AwsError(404, 'NoSuchKey', 'The specified key does not exist.', {
    headers: newest ? { 'x-amz-delete-marker': 'true', 'x-amz-version-id': newest.versionId } : {},
  })
}

function isOpenByAcl({ bucket }: BucketCall, object: StoredObject): boolean {
  return bucket.ownership !== 'BucketOwnerEnforced' && !bucket.publicAccessBlock.ignorePublicAcls && object.acl.startsWith('public-read')
}

/** The version that a request names, or the current one, to whoever may do with it what was asked for. */
export function readableVersion(call: BucketCall): StoredObject {
  const versionId = queryValue(call.request, 'versionId')
  const { objects } = call.bucket
  const object = versionId === undefined ? objects.current(call.key) : objects.version(call.key, versionId)
  if (!object || object.deleteMarker) throw missing(call, object, versionId)
  return object
}

/** The headers that describe an object. */
function objectHeaders(call: BucketCall, object: StoredObject): { readonly [name: string]: string } {
  const { bucket } = call
  return {
    'accept-ranges': 'bytes',
    'content-type': 'binary/octet-stream',
    ...object.headers,
    etag: object.etag,
    'last-modified': new Date(object.lastModified).toUTCString(),
    ...storedEncryptionHeaders(object),
    ...lockHeaders(call, object),
    ...archiveHeaders(object),
    ...(bucket.versioning === 'off' ? {} : { 'x-amz-version-id': object.versionId }),
    ...(object.storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': object.storageClass }),
    ...(bucket.requesterPays ? { 'x-amz-request-charged': 'requester' } : {}),
  }
}

const OVERRIDES = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-type', 'expires']

function overrides(request: LabRequest, signed: boolean): { readonly [name: string]: string } {
  const asked = OVERRIDES.map((name) => [name, queryValue(request, `response-${name}`)] as const).filter(([, value]) => value !== undefined)
  if (asked.length > 0 && !signed)
    throw new AwsError(400, 'InvalidRequest', 'Request specific response headers cannot be used for anonymous GET requests.')
  return Object.fromEntries(asked.map(([name, value]) => [name, value ?? '']))
}

/** 304, or nothing; 412 is thrown. */
function failedPrecondition(request: LabRequest, object: StoredObject): Answer | undefined {
  const failed = readPrecondition(request.headers, object)
  if (failed === undefined) return undefined
  if (failed !== 'not-modified') throw preconditionFailed(failed)
  return { status: 304, headers: { etag: object.etag } }
}

export function preconditionFailed(condition: string): AwsError {
  return new AwsError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    details: [['Condition', condition]],
  })
}
