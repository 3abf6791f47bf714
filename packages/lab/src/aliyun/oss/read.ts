import type { Answer } from '../../http/answer.ts'
import { readContent } from '../../http/content.ts'
import { queryValue, type LabRequest } from '../../http/request.ts'
import { readPrecondition } from '../../storage/preconditions.ts'
import { readRange } from '../../storage/range.ts'
import { AliyunError } from '../error.ts'
import type { OssObject } from '../state/types.ts'
import { demandOss, type OssBucketCall } from './context.ts'
import { encryptionHeaders, kmsWant } from './encryption.ts'
import { versionHeader } from './write.ts'

type ReadOperation = 'GetObject' | 'HeadObject' | 'GetObjectMeta'

export async function getObject(call: OssBucketCall): Promise<Answer> {
  const object = readableOssObject(call, 'GetObject')
  const unmet = failedPrecondition(call.request, object)
  if (unmet) return unmet
  if (ARCHIVED.has(object.storageClass))
    throw new AliyunError(403, 'InvalidObjectState', "The operation is not valid for the object's state.", {
      ec: '0026-00000205',
      details: [['ObjectName', object.key]],
    })
  const { size } = object.content
  const range = ossRange(call.request, size)
  const { start, end } = range ?? { start: 0, end: size }
  return {
    status: range ? 206 : 200,
    headers: {
      ...objectHeaders(call, object),
      ...overrides(call),
      ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${size}` } : {}),
    },
    body: { length: end - start, open: () => readContent(object.content, start, end) },
  }
}

export async function headObject(call: OssBucketCall): Promise<Answer> {
  const object = readableOssObject(call, 'HeadObject')
  const unmet = failedPrecondition(call.request, object)
  if (unmet) return unmet
  const { size } = object.content
  return { status: 200, headers: objectHeaders(call, object), body: { length: size, open: () => readContent(object.content, 0, size) } }
}

/** Less than HeadObject tells, and cheaper. */
export async function getObjectMeta(call: OssBucketCall): Promise<Answer> {
  const object = readableOssObject(call, 'GetObjectMeta')
  const { size } = object.content
  return {
    status: 200,
    headers: { etag: object.etag, 'last-modified': httpDate(object.lastModified), ...versionHeader(call.bucket, object) },
    body: { length: size, open: () => readContent(object.content, 0, size) },
  }
}

const ARCHIVED: ReadonlySet<OssObject['storageClass']> = new Set(['Archive', 'ColdArchive', 'DeepColdArchive'])

/** The object a request may read: permission first, then existence. */
function readableOssObject(call: OssBucketCall, operation: ReadOperation): OssObject {
  const { bucket, key, request } = call
  const versionId = queryValue(request, 'versionId')
  const object = versionId === undefined ? bucket.objects.versions(key)[0] : bucket.objects.version(key, versionId)
  const version = versionId === undefined ? {} : { versionId }
  demandOss(call, { operation, ...version, ...(operation === 'GetObject' ? kmsWant(object?.encryption) : {}) })
  if (object && !object.deleteMarker) return object
  if (versionId !== undefined && object)
    throw new AliyunError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
      headers: { 'x-oss-delete-marker': 'true', 'x-oss-version-id': object.versionId },
    })
  if (versionId !== undefined)
    throw new AliyunError(404, 'NoSuchVersion', 'The specified version does not exist.', { details: [['VersionId', versionId]] })
  throw new AliyunError(404, 'NoSuchKey', 'The specified key does not exist.', {
    ec: '0026-00000001',
    details: [['Key', key]],
    headers: object ? { 'x-oss-delete-marker': 'true', 'x-oss-version-id': object.versionId } : {},
  })
}

/**
 * Without `x-oss-range-behavior: standard`, OSS answers a range that reaches beyond the object with the whole of it.
 * https://help.aliyun.com/en/oss/developer-reference/getobject
 */
function ossRange({ headers }: LabRequest, size: number): { readonly start: number; readonly end: number } | undefined {
  const text = headers.get('range')
  const range = readRange(text, size)
  if (range === undefined || headers.get('x-oss-range-behavior') === 'standard') {
    if (range !== 'unsatisfiable') return range
    throw new AliyunError(416, 'InvalidRange', 'The requested range cannot be satisfied.', {
      details: [
        ['ActualObjectSize', String(size)],
        ['RangeRequested', text ?? ''],
      ],
      headers: { 'content-range': `bytes */${size}` },
    })
  }
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec((text ?? '').trim()) ?? []
  const isWithin = first === '' ? Number(last) <= size : last === '' || Number(last) < size
  return range === 'unsatisfiable' || !isWithin ? undefined : range
}

function objectHeaders({ bucket }: OssBucketCall, object: OssObject): { readonly [name: string]: string } {
  return {
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    ...object.headers,
    etag: object.etag,
    'last-modified': httpDate(object.lastModified),
    'x-oss-object-type': object.type,
    'x-oss-storage-class': object.storageClass,
    ...encryptionHeaders(object.encryption),
    ...versionHeader(bucket, object),
  }
}

function httpDate(time: number): string {
  return new Date(time).toUTCString()
}

const OVERRIDES = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-type', 'expires']

function overrides({ request, caller }: OssBucketCall): { readonly [name: string]: string } {
  const asked = OVERRIDES.map((name) => [name, queryValue(request, `response-${name}`)] as const).filter(([, value]) => value !== undefined)
  if (asked.length > 0 && caller.accountId === undefined)
    throw new AliyunError(400, 'InvalidRequest', 'Request specific response headers cannot be used for anonymous GET requests.')
  return Object.fromEntries(asked.map(([name, value]) => [name, value ?? '']))
}

/** 304, or nothing; 412 is thrown. */
function failedPrecondition(request: LabRequest, object: OssObject): Answer | undefined {
  const failed = readPrecondition(request.headers, object)
  if (failed === undefined) return undefined
  if (failed === 'not-modified') return { status: 304, headers: { etag: object.etag } }
  throw new AliyunError(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold.', {
    details: [['Condition', failed]],
  })
}
