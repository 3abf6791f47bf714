import {
  type GetRequest,
  type JsonObject,
  type ListRequest,
  type ObjectBody,
  type ObjectStore,
  type PutRequest,
  type Random,
  type StoreCapabilities,
  accessError,
  isAccessError,
} from '@sluice/core'
import { discard } from '../http/body.ts'
import { contentLength, rangeHeader, sizeOfRanged } from '../store/ranges.ts'
import { type BucketAccess, answerOf, bucketPath, callAndDiscard, callBucket, objectPath, uploadPath } from './call.ts'
import { isAbsence } from './errors.ts'
import type { Signers } from './lease.ts'
import { OBJECT_FIELDS, describedObject, generationOf, listedPage, servedObject } from './object-info.ts'
import { presign } from './presign.ts'
import { type ResumableUpload, resumableUpload, uploadMissing } from './resumable-upload.ts'
import { relatedBody } from './upload-body.ts'

export interface GcsStoreOptions extends BucketAccess {
  readonly capabilities: StoreCapabilities
  readonly signers: Signers
  readonly random: Random
  /** What every object is created with: its storage class. */
  readonly resource: JsonObject
  /** The customer-managed key to encrypt what is written with, where it is not the bucket's own default. */
  readonly kmsKeyName?: string
}

const FIELDS = { fields: OBJECT_FIELDS }

/** The driver of Cloud Storage, over its JSON API. One request a method, and no retries. */
export function createGcsStore(options: GcsStoreOptions): ObjectStore {
  const { bucket, capabilities } = options
  const uploads = new Map<string, ResumableUpload>()

  const writeQuery = (request: PutRequest): { readonly [name: string]: string } => ({
    ...FIELDS,
    // 0: only if there is no live object of that name.
    ...(request.ifNoneMatch === undefined ? {} : { ifGenerationMatch: '0' }),
    ...(options.kmsKeyName === undefined ? {} : { kmsKeyName: options.kmsKeyName }),
  })

  const resourceOf = (key: string, { contentType }: PutRequest): JsonObject => ({
    ...options.resource,
    name: key,
    ...(contentType === undefined ? {} : { contentType }),
  })

  const get = async (key: string, request: GetRequest, signal: AbortSignal): Promise<ObjectBody> => {
    const response = await callBucket(
      options,
      {
        operation: 'objects.getMedia',
        method: 'GET',
        access: 'read',
        key,
        path: objectPath(bucket, key),
        query: { alt: 'media', ...readQuery(key, request) },
        // Without it, what was stored as gzip comes unpacked, of another length than its own and without ranges.
        // https://cloud.google.com/storage/docs/transcoding
        headers: { 'accept-encoding': 'gzip', ...(request.range === undefined ? {} : { range: rangeHeader(request.range) }) },
      },
      signal,
    )
    try {
      const length = contentLength(response, 'objects.getMedia')
      const size = request.range === undefined ? length : sizeOfRanged(response, request.range, length)
      return { info: servedObject(key, size, response), body: response.body, length }
    } catch (error) {
      await discard(response)
      throw error
    }
  }

  const uploadOf = (key: string, uploadId: string): ResumableUpload => {
    const found = uploads.get(uploadId)
    if (found === undefined) throw uploadMissing(key)
    return found
  }

  return {
    cloud: 'gcp',
    bucket,
    capabilities,
    get,
    head: async (key, request, signal) => {
      const query = { ...FIELDS, ...readQuery(key, request) }
      const call = { operation: 'objects.get', method: 'GET', access: 'read', key, path: objectPath(bucket, key), query } as const
      return describedObject(await answerOf(await callBucket(options, call, signal), call.operation))
    },
    listPage: async (request, signal) => {
      const call = {
        operation: 'objects.list',
        method: 'GET',
        access: 'list',
        path: `${bucketPath(bucket)}/o`,
        query: listQuery(request),
      } as const
      const page = listedPage(await answerOf(await callBucket(options, call, signal), call.operation))
      // Google's offset includes the key itself.
      return { ...page, objects: page.objects.filter(({ key }) => key !== request.startAfter) }
    },
    put: async (key, body, request, signal) => {
      const boundary = `sluice-${Buffer.from(options.random.bytes(16)).toString('hex')}`
      const call = {
        operation: 'objects.insert',
        method: 'POST',
        access: 'write',
        key,
        path: uploadPath(bucket),
        query: { uploadType: 'multipart', ...writeQuery(request) },
        headers: { 'content-type': `multipart/related; boundary=${boundary}` },
        body: relatedBody(resourceOf(key, request), body, boundary),
      } as const
      try {
        return describedObject(await answerOf(await callBucket(options, call, signal), call.operation))
      } catch (error) {
        throw request.ifNoneMatch === undefined ? error : asExisting(error, bucket, key)
      }
    },
    delete: async (key, request, signal) => {
      const query = request.versionId === undefined ? {} : { generation: request.versionId }
      const call = { operation: 'objects.delete', method: 'DELETE', access: 'delete', key, path: objectPath(bucket, key), query } as const
      try {
        await callAndDiscard(options, call, signal)
      } catch (error) {
        // What is not there is gone already; a proxy that finds nothing says nothing of the object.
        if (!isAccessError(error) || !isAbsence(error)) throw error
      }
    },
    createMultipart: async (key, request, signal) => {
      const call = {
        operation: 'objects.insert',
        method: 'POST',
        access: 'write',
        key,
        path: uploadPath(bucket),
        query: { uploadType: 'resumable', ...writeQuery(request) },
        headers: { 'content-type': 'application/json; charset=UTF-8' },
        body: new TextEncoder().encode(JSON.stringify(resourceOf(key, request))),
      } as const
      const { headers } = await callAndDiscard(options, call, signal)
      const target = sessionIn(headers['location'])
      uploads.set(target, resumableUpload(options, key, target))
      return target
    },
    uploadPart: async (key, uploadId, partNumber, body, signal) => uploadOf(key, uploadId).add(partNumber, body, signal),
    completeMultipart: async (key, uploadId, parts, signal) => uploadOf(key, uploadId).complete(parts, signal),
    abortMultipart: async (_key, uploadId, signal) => {
      const found = uploads.get(uploadId)
      if (found === undefined) return
      await found.abort(signal)
      uploads.delete(uploadId)
    },
    presign: (key, request) => presign(options, key, request),
  }
}

function readQuery(key: string, { ifMatch, versionId }: GetRequest): { readonly [name: string]: string } {
  const generation = ifMatch === undefined ? undefined : generationOf(ifMatch)
  if (ifMatch !== undefined && generation === undefined)
    throw accessError('object.changed', {
      message: `The object ${key} is not the one asked for: its entity tag is not one of Cloud Storage.`,
    })
  return {
    ...(versionId === undefined ? {} : { generation: versionId }),
    ...(generation === undefined ? {} : { ifGenerationMatch: generation }),
  }
}

function listQuery(request: ListRequest): { readonly [name: string]: string } {
  return {
    fields: `items(${OBJECT_FIELDS}),prefixes,nextPageToken`,
    prefix: request.prefix,
    ...(request.delimiter === undefined ? {} : { delimiter: request.delimiter }),
    ...(request.startAfter === undefined ? {} : { startOffset: request.startAfter }),
    ...(request.continuation === undefined ? {} : { pageToken: request.continuation }),
    ...(request.maxKeys === undefined ? {} : { maxResults: String(request.maxKeys) }),
  }
}

/** The session of a resumable upload. Only what lies with Cloud Storage itself is ever sent our token. */
function sessionIn(location: string | undefined): string {
  const url = location === undefined || !URL.canParse(location) ? undefined : new URL(location)
  if (url?.host === 'storage.googleapis.com' || url?.host === 'www.googleapis.com') return `${url.pathname}${url.search}`
  throw accessError('network.protocol', { message: 'The answer to objects.insert names no session of Cloud Storage.' })
}

function asExisting(error: unknown, bucket: string, key: string): unknown {
  if (!isAccessError(error) || error.reason !== 'object.changed') return error
  return accessError('object.exists', {
    message: `There is an object ${key} of bucket ${bucket} already.`,
    ...(error.provider ? { provider: error.provider } : {}),
    cause: error,
  })
}
