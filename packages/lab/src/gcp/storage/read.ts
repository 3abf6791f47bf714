import { gunzipSync } from 'node:zlib'
import { emptyAnswer, type Answer } from '../../http/answer.ts'
import { contentBytes, readContent } from '../../http/content.ts'
import { queryValue } from '../../http/request.ts'
import { readRange } from '../../storage/range.ts'
import { GoogleError, notImplemented } from '../error.ts'
import type { StoredObject } from '../state/types.ts'
import { originOf, resourceAnswer } from './answers.ts'
import { demandStorage, denied, mayStorage, type BucketCall } from './context.ts'
import { demandKmsKey } from './kms.ts'
import { etagOf, objectResource } from './object-resource.ts'
import { checkEtags, checkPreconditions, readPreconditions } from './preconditions.ts'

/** Metadata of an object. */
export async function getObject(call: BucketCall): Promise<Answer> {
  const object = demandObject(call)
  if (unchanged(call, object)) return emptyAnswer(304, { etag: etagOf(object) })
  return resourceAnswer(call.request, objectResource(call.bucket, object, originOf(call.request)), { etag: etagOf(object) })
}

/** Bytes of an object, or a range of them. */
export async function downloadObject(call: BucketCall): Promise<Answer> {
  const object = demandObject(call)
  if (unchanged(call, object)) return emptyAnswer(304, { etag: etagOf(object) })
  return mediaAnswer(call, object, { etag: etagOf(object) })
}

/** The object that a read is about. Who may not list learns of an absent one no more than that he may not. */
export function demandObject(call: BucketCall): StoredObject {
  const { bucket, key, request } = call
  if (request.headers.has('x-goog-encryption-algorithm')) throw notImplemented('customer-supplied encryption keys')
  demandStorage(call, 'storage.objects.get', key)
  const generation = queryValue(request, 'generation')
  const object = generation === undefined ? bucket.objects.current(key) : bucket.objects.version(key, generation)
  if (object && !object.deleteMarker) return object
  if (!mayStorage(call, 'storage.objects.list')) throw denied(call, 'storage.objects.list', 'bucket')
  throw noSuchObject(call)
}

export function noSuchObject({ bucket, key }: BucketCall): GoogleError {
  return new GoogleError(404, 'notFound', `No such object: ${bucket.name}/${key}`)
}

function unchanged({ request }: BucketCall, object: StoredObject): boolean {
  const byEtag = checkEtags(request, object)
  return (checkPreconditions(readPreconditions(request), object, true) ?? byEtag) !== undefined
}

/** The bytes with what both APIs say of them. */
export async function mediaAnswer(call: BucketCall, object: StoredObject, headers: Answer['headers']): Promise<Answer> {
  const { request, state, bucket } = call
  demandKmsKey(state, bucket, object.kmsKeyName, 'decrypt')
  const common = { ...mediaHeaders(object), ...headers }
  if (isUnzippedOnTheWay(call, object)) return unzipped(object, common)
  const { size } = object.content
  const range = readRange(request.headers.get('range'), size)
  if (range === 'unsatisfiable')
    throw new GoogleError(416, 'requestedRangeNotSatisfiable', 'Request range not satisfiable', {
      location: ['header', 'Range'],
      headers: { 'content-range': `bytes */${size}` },
    })
  const { start, end } = range ?? { start: 0, end: size }
  return {
    status: range ? 206 : 200,
    headers: {
      ...common,
      ...(object.contentEncoding === undefined ? {} : { 'content-encoding': object.contentEncoding }),
      ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${size}` } : {}),
    },
    body: { length: end - start, open: () => readContent(object.content, start, end) },
  }
}

/** Cloud Storage unzips for who does not say that they take gzip, and then knows nothing of ranges. https://cloud.google.com/storage/docs/transcoding */
function isUnzippedOnTheWay({ request }: BucketCall, { contentEncoding, cacheControl }: StoredObject): boolean {
  const takesGzip = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  return contentEncoding === 'gzip' && !takesGzip && !(cacheControl ?? '').includes('no-transform')
}

async function unzipped(object: StoredObject, headers: Answer['headers']): Promise<Answer> {
  return {
    status: 200,
    headers: { ...headers, warning: '214 UploadServer gunzipped', 'x-guploader-response-body-transformations': 'gunzipped' },
    body: gunzipSync(await contentBytes(object.content)),
  }
}

export function mediaHeaders(object: StoredObject): Answer['headers'] {
  const hashes = [...(object.crc32c === '' ? [] : [`crc32c=${object.crc32c}`]), ...(object.md5 === '' ? [] : [`md5=${object.md5}`])]
  const optional = {
    'content-disposition': object.contentDisposition,
    'content-language': object.contentLanguage,
    'x-goog-hash': hashes.length === 0 ? undefined : hashes.join(','),
  }
  const headers: { [name: string]: string } = {
    'accept-ranges': 'bytes',
    'cache-control': object.cacheControl ?? 'private, max-age=0',
    'content-type': object.contentType ?? 'application/octet-stream',
    'last-modified': new Date(object.updatedAt).toUTCString(),
    'x-goog-generation': object.versionId,
    'x-goog-metageneration': String(object.metageneration),
    'x-goog-storage-class': object.storageClass,
    'x-goog-stored-content-encoding': object.contentEncoding ?? 'identity',
    'x-goog-stored-content-length': String(object.content.size),
  }
  for (const [name, value] of Object.entries(optional)) if (value !== undefined) headers[name] = value
  for (const [name, value] of Object.entries(object.metadata ?? {})) headers[`x-goog-meta-${name.toLowerCase()}`] = value
  return headers
}
