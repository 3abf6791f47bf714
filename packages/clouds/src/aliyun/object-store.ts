import { createHash } from 'node:crypto'
import {
  type ByteRange,
  type GetRequest,
  type HttpResponse,
  type ObjectBody,
  type ObjectInfo,
  type ObjectStore,
  type PresignedRequest,
  type PutRequest,
  type StoreCapabilities,
  accessError,
  isAccessError,
} from '@sluice/core'
import { discard, readText } from '../http/body.ts'
import { childText, parseXml } from '../http/xml.ts'
import { listQuery, parseListing } from '../store/listing.ts'
import { completed, completionBody, uploadIdIn } from '../store/multipart.ts'
import { contentLength, rangeHeader, sizeOfRanged } from '../store/ranges.ts'
import { bucketFace } from './bucket-face.ts'
import { type BucketAccess, type OssCall, callAndDiscard, callBucket, credentialsOf, ossRequest } from './call.ts'
import { objectInfo } from './object-info.ts'
import { presignOss } from './sign.ts'

export interface OssStoreOptions extends BucketAccess {
  readonly capabilities: StoreCapabilities
  /** Sent when an object is created: encryption, storage class, ACL. */
  readonly putHeaders: { readonly [name: string]: string }
}

/** A page of 1,000 keys of 1,023 bytes, each written as three, with room. */
const LISTING_LIMIT = 16 * 1024 * 1024
const ANSWER_LIMIT = 256 * 1024
const PRESIGN_MAX_SECONDS = 7 * 24 * 3600

/** The driver of OSS. One request a method, one more where a region must be found out. */
export function createOssStore(options: OssStoreOptions): ObjectStore {
  const { capabilities } = options

  const put = (request: PutRequest): { readonly [name: string]: string } => ({
    ...options.putHeaders,
    ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
    ...(request.ifNoneMatch === undefined ? {} : { 'x-oss-forbid-overwrite': 'true' }),
  })

  const read = (method: 'GET' | 'HEAD', operation: string, key: string, request: GetRequest): OssCall => ({
    operation,
    method,
    access: 'read',
    key,
    ...(request.versionId === undefined ? {} : { query: { versionId: request.versionId } }),
    headers: {
      // Without the second header OSS answers a range that reaches beyond the object with the whole of it.
      // https://help.aliyun.com/en/oss/developer-reference/getobject
      ...(request.range === undefined ? {} : { range: rangeHeader(request.range), 'x-oss-range-behavior': 'standard' }),
      ...(request.ifMatch === undefined ? {} : { 'if-match': request.ifMatch }),
    },
  })

  const get = async (key: string, request: GetRequest, signal: AbortSignal): Promise<ObjectBody> => {
    const response = await callBucket(options, read('GET', 'GetObject', key, request), signal)
    try {
      const length = contentLength(response, 'GetObject')
      const size = request.range === undefined ? length : sizeOfPart(response, request.range, length)
      return { info: objectInfo(key, size, response), body: response.body, length }
    } catch (error) {
      await discard(response)
      throw error
    }
  }

  const head = async (key: string, request: GetRequest, signal: AbortSignal): Promise<ObjectInfo> => {
    const { range: _, ...whole } = request
    try {
      const response = await callAndDiscard(options, read('HEAD', 'HeadObject', key, whole), signal)
      return objectInfo(key, contentLength(response, 'HeadObject'), response)
    } catch (error) {
      // The answer to HEAD has its code in a header alone; where a proxy took that away, a GET tells why.
      const bare = isAccessError(error) && error.provider?.code === undefined && [400, 403].includes(error.provider?.status ?? 0)
      if (!bare) throw error
      const { info, body } = await get(key, { ...whole, range: { start: 0, end: 1 } }, signal)
      await body[Symbol.asyncIterator]().return?.()
      return info
    }
  }

  return {
    cloud: 'aliyun',
    bucket: options.bucket,
    capabilities,
    head,
    get,
    listPage: async (request, signal) => {
      const { prefix, ...query } = listQuery({ maxKeys: capabilities.maxKeysPerPage, ...request })
      const call: OssCall = {
        operation: 'ListObjectsV2',
        method: 'GET',
        access: 'list',
        query: { ...query, ...(prefix === undefined || prefix === '' ? {} : { prefix }) },
      }
      const response = await callBucket(options, call, signal)
      return parseListing(await readText(response, LISTING_LIMIT, call.operation))
    },
    put: async (key, body, request, signal) => {
      const headers = { ...put(request), 'content-md5': md5(body) }
      const call: OssCall = { operation: 'PutObject', method: 'PUT', access: 'write', key, headers, body }
      const info = objectInfo(key, body.byteLength, await callAndDiscard(options, call, signal))
      if (request.ifNoneMatch !== undefined && info.versionId !== undefined) throw conditionIgnored(options.bucket, key)
      return info
    },
    delete: async (key, request, signal) => {
      const query = request.versionId === undefined ? {} : { versionId: request.versionId }
      await callAndDiscard(options, { operation: 'DeleteObject', method: 'DELETE', access: 'delete', key, query }, signal)
    },
    createMultipart: async (key, request, signal) => {
      const call = { operation: 'InitiateMultipartUpload', method: 'POST', access: 'write', key } as const
      const response = await callBucket(options, { ...call, query: { uploads: '' }, headers: put(request) }, signal)
      return uploadIdIn(await readText(response, ANSWER_LIMIT, call.operation))
    },
    uploadPart: async (key, uploadId, partNumber, body, signal) => {
      const call: OssCall = {
        operation: 'UploadPart',
        method: 'PUT',
        access: 'write',
        key,
        query: { partNumber: String(partNumber), uploadId },
        headers: { 'content-md5': md5(body) },
        body,
      }
      const response = await callAndDiscard(options, call, signal)
      return { partNumber, etag: response.headers['etag'] ?? '', size: body.byteLength }
    },
    completeMultipart: async (key, uploadId, parts, signal) => {
      const call: OssCall = {
        operation: 'CompleteMultipartUpload',
        method: 'POST',
        access: 'write',
        key,
        query: { uploadId },
        headers: { 'content-type': 'application/xml' },
        body: completionBody(parts),
      }
      const size = parts.reduce((sum, part) => sum + part.size, 0)
      const complete = async () => {
        const response = await callBucket(options, call, signal)
        const etag = completedEtag(await readText(response, ANSWER_LIMIT, call.operation), response)
        const { contentType: _, ...info } = objectInfo(key, size, response)
        return { ...info, etag }
      }
      return completed(complete, parts, () => head(key, {}, signal))
    },
    abortMultipart: async (key, uploadId, signal) => {
      const call: OssCall = { operation: 'AbortMultipartUpload', method: 'DELETE', access: 'write', key, query: { uploadId } }
      try {
        await callAndDiscard(options, call, signal)
      } catch (error) {
        if (!isAccessError(error) || error.reason !== 'upload.missing') throw error
      }
    },
    presign: (key, request) => presign(options, key, request),
  }
}

/** The size of the whole object. A suffix that is longer than the object may be answered with all of it, and without a range. */
function sizeOfPart(response: HttpResponse, range: ByteRange, length: number): number {
  const whole = response.status === 200 && 'suffix' in range && length > 0 && range.suffix >= length
  return whole ? length : sizeOfRanged(response, range, length)
}

/** In a bucket that keeps versions OSS ignores x-oss-forbid-overwrite. https://help.aliyun.com/en/oss/developer-reference/putobject */
function conditionIgnored(bucket: string, key: string): Error {
  return accessError('aliyun.condition_ignored', {
    message: `The bucket ${bucket} keeps versions, so OSS wrote ${key} whether or not there was one already.`,
  })
}

function completedEtag(text: string, response: HttpResponse): string {
  const etag = childText(parseXml(text), 'ETag') ?? response.headers['etag']
  if (etag) return etag
  throw accessError('network.protocol', { message: 'The answer to CompleteMultipartUpload has no ETag.' })
}

async function presign(
  options: OssStoreOptions,
  key: string,
  request: { readonly method: 'GET' | 'PUT'; readonly expiresInSeconds: number; readonly contentType?: string },
): Promise<PresignedRequest> {
  const access = request.method === 'GET' ? 'read' : 'write'
  const lease = await options.lease(new AbortController().signal, access)
  const credentials = credentialsOf(lease)
  if (credentials === undefined)
    throw accessError('store.unsupported', { message: 'This store does not offer presigned requests without a key to sign with.' })
  const headers = {
    ...(request.method === 'PUT' ? options.putHeaders : {}),
    ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
  }
  const now = options.clock.now()
  const seconds = Math.floor(Math.min(request.expiresInSeconds, PRESIGN_MAX_SECONDS))
  const call: OssCall = { operation: 'Presign', method: request.method, access, key, headers }
  const signed = presignOss(ossRequest(options, call), { region: await regionToSign(options), credentials, now }, seconds)
  // The signature dies with the credential that made it.
  return { method: request.method, ...signed, expiresAt: Math.min(now + seconds * 1_000, lease.expiresAt) }
}

/** A presigned request cannot follow a hint, so the region must be known before. */
async function regionToSign(options: OssStoreOptions): Promise<string> {
  const { bucket, regions, transport, tenant, firstRegion } = options
  const known = options.pinnedRegion ?? regions.get(bucket)
  if (known !== undefined) return known
  const { region } = await bucketFace({ transport, tenant, bucket, region: firstRegion }, new AbortController().signal)
  if (region !== undefined) regions.set(bucket, region)
  return region ?? firstRegion
}

function md5(body: Uint8Array): string {
  return createHash('md5').update(body).digest('base64')
}
