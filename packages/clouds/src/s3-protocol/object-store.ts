import { createHash } from 'node:crypto'
import {
  type GetRequest,
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
import { LISTING_V2, type ListingForm, listQuery, parseListing } from '../store/listing.ts'
import { completed, completionBody, uploadIdIn } from '../store/multipart.ts'
import { contentLength, rangeHeader, sizeOfRanged } from '../store/ranges.ts'
import { discoverRegion } from './bucket-region.ts'
import { type BucketAccess, type S3Call, callAndDiscard, callBucket, credentialsOf, unsignedRequest } from './call.ts'
import { completedEtag } from './multipart.ts'
import { objectInfo } from './object-info.ts'
import { presignRequest } from './sign.ts'
import { secretsOf } from './withheld.ts'

export interface S3StoreOptions extends BucketAccess {
  readonly cloud: string
  readonly capabilities: StoreCapabilities
  /** Sent when an object is created: encryption, storage class, ACL. */
  readonly putHeaders: { readonly [name: string]: string }
  /** Which listing the store answers; ListObjectsV2 unless told. */
  readonly listing?: ListingForm
}

/** A page of 1,000 keys of 1,024 characters, each written as three, with room. */
const LISTING_LIMIT = 16 * 1024 * 1024
const ANSWER_LIMIT = 256 * 1024
const PRESIGN_MAX_SECONDS = 7 * 24 * 3600

/** The driver of every store that speaks the S3 protocol. One request a method, one more where a region or a reason must be found out. */
export function createS3Store(options: S3StoreOptions): ObjectStore {
  const { capabilities, listing = LISTING_V2 } = options
  const subject = (key: string): string => `object ${key} of bucket ${options.bucket}`

  const put = (request: PutRequest): { readonly [name: string]: string } => {
    if (request.ifNoneMatch !== undefined) demand(capabilities.conditionalPut, 'a put that must not overwrite')
    return {
      ...options.putHeaders,
      ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
      ...(request.ifNoneMatch === undefined ? {} : { 'if-none-match': request.ifNoneMatch }),
    }
  }

  const read = (method: 'GET' | 'HEAD', operation: string, key: string, request: GetRequest): S3Call => {
    if (request.versionId !== undefined) demand(capabilities.versions, 'versions')
    return {
      operation,
      method,
      access: 'read',
      key,
      ...(request.versionId === undefined ? {} : { query: { versionId: request.versionId } }),
      headers: {
        ...(request.range === undefined ? {} : { range: rangeHeader(request.range) }),
        ...(request.ifMatch === undefined ? {} : { 'if-match': request.ifMatch }),
      },
    }
  }

  const get = async (key: string, request: GetRequest, signal: AbortSignal): Promise<ObjectBody> => {
    const response = await callBucket(options, read('GET', 'GetObject', key, request), signal)
    try {
      const length = contentLength(response, 'GetObject')
      const size = request.range === undefined ? length : sizeOfRanged(response, request.range, length)
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
      // The answer to HEAD has no body, so no code: the same permission, asked for with GET, tells why.
      const bare = isAccessError(error) && error.provider?.code === undefined && [400, 403].includes(error.provider?.status ?? 0)
      if (!bare) throw error
      const { info, body } = await get(key, { ...whole, range: { start: 0, end: 1 } }, signal)
      await body[Symbol.asyncIterator]().return?.()
      return info
    }
  }

  return {
    cloud: options.cloud,
    bucket: options.bucket,
    capabilities,
    head,
    get,
    listPage: async (request, signal) => {
      if (request.startAfter !== undefined) demand(capabilities.listStartAfter, 'listing from a key on')
      const operation = listing.version === 2 ? 'ListObjectsV2' : 'ListObjects'
      const response = await callBucket(options, { operation, method: 'GET', access: 'list', query: listQuery(request, listing) }, signal)
      return parseListing(await readText(response, LISTING_LIMIT, operation), listing)
    },
    put: async (key, body, request, signal) => {
      const headers = { ...put(request), 'content-md5': md5(body) }
      try {
        const response = await callAndDiscard(
          options,
          { operation: 'PutObject', method: 'PUT', access: 'write', key, headers, body },
          signal,
        )
        return objectInfo(key, body.byteLength, response)
      } catch (error) {
        throw request.ifNoneMatch === undefined ? error : asExisting(error, subject(key))
      }
    },
    delete: async (key, request, signal) => {
      if (request.versionId !== undefined) demand(capabilities.versions, 'versions')
      const query = request.versionId === undefined ? {} : { versionId: request.versionId }
      try {
        await callAndDiscard(options, { operation: 'DeleteObject', method: 'DELETE', access: 'delete', key, query }, signal)
      } catch (error) {
        // S3 answers 204 for what is not there; stores that answer 404 mean the same, and say so: a proxy's page says nothing of the object.
        if (!isAccessError(error) || error.reason !== 'object.missing' || error.provider?.code === undefined) throw error
      }
    },
    createMultipart: async (key, request, signal) => {
      const call = { operation: 'CreateMultipartUpload', method: 'POST', access: 'write', key } as const
      const response = await callBucket(options, { ...call, query: { uploads: '' }, headers: put(request) }, signal)
      return uploadIdIn(await readText(response, ANSWER_LIMIT, call.operation))
    },
    uploadPart: async (key, uploadId, partNumber, body, signal) => {
      const query = { partNumber: String(partNumber), uploadId }
      const call: S3Call = {
        operation: 'UploadPart',
        method: 'PUT',
        access: 'write',
        key,
        query,
        headers: { 'content-md5': md5(body) },
        body,
      }
      const response = await callAndDiscard(options, call, signal)
      return { partNumber, etag: response.headers['etag'] ?? '', size: body.byteLength }
    },
    completeMultipart: async (key, uploadId, parts, signal) => {
      const size = parts.reduce((sum, part) => sum + part.size, 0)
      const headers = { 'content-type': 'application/xml' }
      const call: S3Call = {
        operation: 'CompleteMultipartUpload',
        method: 'POST',
        access: 'write',
        key,
        query: { uploadId },
        headers,
        body: completionBody(parts, 'http://s3.amazonaws.com/doc/2006-03-01/'),
      }
      const complete = async () => {
        const response = await callBucket(options, call, signal)
        const text = await readText(response, ANSWER_LIMIT, call.operation)
        const secrets = secretsOf(credentialsOf(await options.lease(signal, call.access)))
        const etag = completedEtag({ text, headers: response.headers, subject: subject(key), secrets }, parts)
        const { contentType: _, ...info } = objectInfo(key, size, response)
        return { ...info, etag }
      }
      return completed(complete, parts, () => head(key, {}, signal))
    },
    abortMultipart: async (key, uploadId, signal) => {
      try {
        await callAndDiscard(
          options,
          { operation: 'AbortMultipartUpload', method: 'DELETE', access: 'write', key, query: { uploadId } },
          signal,
        )
      } catch (error) {
        if (!isAccessError(error) || error.reason !== 'upload.missing') throw error
      }
    },
    presign: (key, request) => presign(options, key, request),
  }
}

async function presign(
  options: S3StoreOptions,
  key: string,
  request: { readonly method: 'GET' | 'PUT'; readonly expiresInSeconds: number; readonly contentType?: string },
): Promise<PresignedRequest> {
  demand(options.capabilities.presign, 'presigned requests')
  const access = request.method === 'GET' ? 'read' : 'write'
  const lease = await options.lease(new AbortController().signal, access)
  const credentials = credentialsOf(lease)
  if (credentials === undefined) throw unsupported('presigned requests without a key to sign with')
  const region = await regionToSign(options)
  const headers = {
    ...(request.method === 'PUT' ? options.putHeaders : {}),
    ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
  }
  const now = options.clock.now()
  const seconds = Math.floor(Math.min(request.expiresInSeconds, PRESIGN_MAX_SECONDS))
  const call: S3Call = { operation: 'Presign', method: request.method, access, key, headers }
  const signed = await presignRequest(unsignedRequest(options, call, region), { service: 's3', region, credentials, now }, seconds)
  // The signature dies with the credential that made it.
  return { method: request.method, ...signed, expiresAt: Math.min(now + seconds * 1_000, lease.expiresAt) }
}

/** A presigned request cannot follow a hint, so the region must be known before. */
async function regionToSign(options: S3StoreOptions): Promise<string> {
  const known = options.pinnedRegion ?? options.regions.get(options.bucket)
  if (known !== undefined) return known
  const region = await discoverRegion(options, new AbortController().signal)
  return region ?? options.firstRegion
}

function asExisting(error: unknown, subject: string): unknown {
  if (!isAccessError(error) || error.reason !== 'object.changed') return error
  return accessError('object.exists', {
    message: `There is an ${subject} already.`,
    ...(error.provider ? { provider: error.provider } : {}),
    cause: error,
  })
}

function demand(capable: boolean, what: string): void {
  if (!capable) throw unsupported(what)
}

function unsupported(what: string): Error {
  return accessError('store.unsupported', { message: `This store does not offer ${what}.` })
}

function md5(body: Uint8Array): string {
  return createHash('md5').update(body).digest('base64')
}
