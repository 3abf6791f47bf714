import { createHash } from 'node:crypto'
import {
  type GetRequest,
  type Lease,
  type ListPage,
  type ListRequest,
  type ObjectBody,
  type ObjectInfo,
  type ObjectStore,
  type PresignedRequest,
  type PutRequest,
  type Random,
  type StoreCapabilities,
  accessError,
  isAccessError,
} from '@sluice/core'
import { discard, readText } from '../http/body.ts'
import { contentLength, rangeHeader, sizeOfRanged } from '../store/ranges.ts'
import { type AbortedUploads, blockId, blockListBody, newUploadId, noUpload, readUploadId } from './blocks.ts'
import { type BlobCall, type ContainerAccess, callAndDiscard, callContainer } from './call.ts'
import { listQuery, parseListing } from './listing.ts'
import { blobInfo } from './object-info.ts'
import { isForOneBlob } from './one-blob.ts'

export interface AzureStoreOptions extends ContainerAccess {
  readonly capabilities: StoreCapabilities
  readonly random: Random
  readonly aborted: AbortedUploads
  /** Access tier of what is written; absent: the account's default. */
  readonly tier?: string
  /** Makes the request for one blob that a stranger may send. */
  readonly presign: (key: string, request: Parameters<ObjectStore['presign']>[1]) => Promise<PresignedRequest>
}

/** A page of 5,000 blobs with long names, with room. */
const LISTING_LIMIT = 64 * 1024 * 1024

/** The driver of one container of Blob Storage. One request a method; one more for the end of a blob whose size is not known. */
export function createAzureStore(options: AzureStoreOptions): ObjectStore {
  const { capabilities, container } = options

  const putHeaders = (prefix: 'content-type' | 'x-ms-blob-content-type', contentType: string | undefined) => ({
    ...(contentType === undefined ? {} : { [prefix]: contentType }),
    ...(options.tier === undefined ? {} : { 'x-ms-access-tier': options.tier }),
  })

  const read = (method: 'GET' | 'HEAD', operation: string, key: string, request: GetRequest): BlobCall => ({
    operation,
    method,
    access: 'read',
    key,
    ...(request.versionId === undefined ? {} : { query: { versionid: request.versionId } }),
    headers: {
      ...(request.range === undefined ? {} : { range: rangeHeader(request.range) }),
      ...(request.ifMatch === undefined ? {} : { 'if-match': request.ifMatch }),
    },
  })

  const head = async (key: string, { range: _, ...request }: GetRequest, signal: AbortSignal, held?: Lease): Promise<ObjectInfo> => {
    const response = await callAndDiscard(options, read('HEAD', 'GetBlobProperties', key, request), signal, held)
    return blobInfo(key, contentLength(response, 'GetBlobProperties'), response)
  }

  const get = async (key: string, request: GetRequest, signal: AbortSignal): Promise<ObjectBody> => {
    if (request.range !== undefined && 'suffix' in request.range) return getEnd(key, request, request.range.suffix, signal)
    const response = await callContainer(options, read('GET', 'GetBlob', key, request), signal)
    try {
      const length = contentLength(response, 'GetBlob')
      // An empty blob has no range: it comes whole, though a part of it was asked for.
      if (request.range !== undefined && response.status === 200 && length === 0) throw outOfRange()
      const size = request.range === undefined ? length : sizeOfRanged(response, request.range, length)
      return { info: blobInfo(key, size, response), body: response.body, length }
    } catch (error) {
      await discard(response)
      throw error
    }
  }

  /** Azure knows no range from the end and would send the whole blob: its size is asked for first, and the rest pinned to what it was of. */
  const getEnd = async (key: string, request: GetRequest, suffix: number, signal: AbortSignal): Promise<ObjectBody> => {
    rangeHeader({ suffix })
    const { size, etag } = await head(key, request, signal)
    if (size === 0) throw outOfRange()
    return get(key, { ...request, ifMatch: request.ifMatch ?? etag, range: { start: Math.max(0, size - suffix), end: size } }, signal)
  }

  const listPage = async (request: ListRequest, signal: AbortSignal): Promise<ListPage> => {
    if (request.startAfter !== undefined) throw unsupported('listing from a key on')
    const lease = await options.lease(signal, 'list')
    const { prefix } = lease.scope.location
    // A SAS for one blob lists nothing, but may look at the blob: that is all there is to list.
    if (isForOneBlob(lease) && request.prefix === prefix && prefix !== '') return listOne(head, prefix, signal, lease)
    const call = { operation: 'ListBlobs', method: 'GET', access: 'list', query: listQuery(request) } as const
    const response = await callContainer(options, call, signal, lease)
    return parseListing(await readText(response, LISTING_LIMIT, 'ListBlobs'))
  }

  const upload = (uploadId: string) => {
    if (options.aborted.has(uploadId)) throw noUpload()
    return readUploadId(uploadId)
  }

  return {
    cloud: 'azure',
    bucket: container,
    capabilities,
    listPage,
    head: (key, request, signal) => head(key, request, signal),
    get,
    put: async (key, body, request, signal) => {
      const headers = {
        ...putHeaders('content-type', request.contentType),
        'x-ms-blob-type': 'BlockBlob',
        'content-md5': md5(body),
        ...(request.ifNoneMatch === undefined ? {} : { 'if-none-match': request.ifNoneMatch }),
      }
      try {
        const response = await callAndDiscard(options, { operation: 'PutBlob', method: 'PUT', access: 'write', key, headers, body }, signal)
        return { ...blobInfo(key, body.byteLength, response), ...typeOf(request) }
      } catch (error) {
        throw request.ifNoneMatch === undefined ? error : asExisting(error, `blob ${key} of container ${container}`)
      }
    },
    delete: async (key, request, signal) => {
      const query = request.versionId === undefined ? {} : { versionid: request.versionId }
      try {
        await callAndDiscard(options, { operation: 'DeleteBlob', method: 'DELETE', access: 'delete', key, query }, signal)
      } catch (error) {
        // What is not there is gone already.
        if (!isAccessError(error) || error.reason !== 'object.missing') throw error
      }
    },
    createMultipart: async (_key, request) => {
      if (request.ifNoneMatch !== undefined) throw unsupported('an upload in parts that must not overwrite')
      return newUploadId(options.random, request)
    },
    uploadPart: async (key, uploadId, partNumber, body, signal) => {
      const id = blockId(upload(uploadId), partNumber)
      const query = { comp: 'block', blockid: id }
      const headers = { 'content-md5': md5(body) }
      await callAndDiscard(options, { operation: 'PutBlock', method: 'PUT', access: 'write', key, query, headers, body }, signal)
      return { partNumber, etag: id, size: body.byteLength }
    },
    completeMultipart: async (key, uploadId, parts, signal) => {
      const begun = upload(uploadId)
      const body = blockListBody(begun, parts)
      const headers = {
        ...putHeaders('x-ms-blob-content-type', begun.contentType),
        'content-type': 'application/xml',
        'content-md5': md5(body),
      }
      const call: BlobCall = { operation: 'PutBlockList', method: 'PUT', access: 'write', key, query: { comp: 'blocklist' }, headers, body }
      const response = await callAndDiscard(options, call, signal)
      const size = parts.reduce((sum, part) => sum + part.size, 0)
      return { ...blobInfo(key, size, response), ...typeOf(begun) }
    },
    abortMultipart: async (_key, uploadId) => {
      // Nothing takes a block back: it stays unseen until the blob is written, or for a week.
      readUploadId(uploadId)
      options.aborted.add(uploadId)
    },
    presign: async (key, request) => {
      if (!capabilities.presign) throw unsupported('presigned requests')
      return options.presign(key, request)
    },
  }
}

async function listOne(
  head: (key: string, request: GetRequest, signal: AbortSignal, held: Lease) => Promise<ObjectInfo>,
  key: string,
  signal: AbortSignal,
  lease: Lease,
): Promise<ListPage> {
  try {
    return { objects: [await head(key, {}, signal, lease)], prefixes: [] }
  } catch (error) {
    if (isAccessError(error) && error.reason === 'object.missing') return { objects: [], prefixes: [] }
    throw error
  }
}

/** Answers to writes say nothing of the type that was written. */
function typeOf({ contentType }: Pick<PutRequest, 'contentType'>): Pick<ObjectInfo, 'contentType'> {
  return contentType === undefined ? {} : { contentType }
}

function asExisting(error: unknown, subject: string): unknown {
  if (!isAccessError(error) || (error.reason !== 'object.changed' && error.reason !== 'object.exists')) return error
  return accessError('object.exists', {
    message: `There is a ${subject} already.`,
    ...(error.provider ? { provider: error.provider } : {}),
    cause: error,
  })
}

function unsupported(what: string): Error {
  return accessError('store.unsupported', { message: `Blob Storage does not offer ${what}.` })
}

function outOfRange(): Error {
  return accessError('object.range', { message: 'The blob is empty, and bytes of it were asked for.' })
}

function md5(body: Uint8Array): string {
  return createHash('md5').update(body).digest('base64')
}
