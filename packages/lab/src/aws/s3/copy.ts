import { createHash } from 'node:crypto'
import { xmlAnswer, type Answer } from '../../http/answer.ts'
import { memoryContent, readContent, type Content } from '../../http/content.ts'
import { parseQuery, percentDecode } from '../../http/request.ts'
import { AwsError } from '../error.ts'
import type { StoredObject } from '../state/types.ts'
import { demandRestored } from './archive.ts'
import { accessDenied, demandS3, type BucketCall } from './context.ts'
import { demandKey, encryptionHeaders } from './encryption.ts'
import { addPart, etagOf, partNumberOf, uploadOf } from './multipart.ts'
import { preconditionFailed, readableObject } from './read.ts'
import { checkWritePreconditions, MAX_PUT_BYTES, storedHeaders, storeObject, versionHeader, writeOptions } from './write.ts'
import { S3_NAMESPACE } from './xml.ts'

export async function copyObject(call: BucketCall): Promise<Answer> {
  const { bucket, key, request, state } = call
  const source = copySource(call)
  const options = writeOptions(call, 'CopyObject', source)
  const object = readSource(call, source)
  const replace = request.headers.get('x-amz-metadata-directive') === 'REPLACE'
  const changes = replace || ['x-amz-storage-class', 'x-amz-server-side-encryption'].some((name) => request.headers.has(name))
  if (source.bucket === bucket.name && source.key === key && source.versionId === undefined && !changes)
    throw new AwsError(
      400,
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    )
  if (object.content.size > MAX_PUT_BYTES)
    throw new AwsError(
      400,
      'InvalidRequest',
      'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
    )
  checkWritePreconditions(call)
  const copy = storeObject(state, bucket, {
    key,
    content: object.content,
    etag: `"${(await md5Of(object.content)).toString('hex')}"`,
    ...options,
    headers: replace ? storedHeaders(request.headers) : object.headers,
  })
  return xmlAnswer(
    [
      `CopyObjectResult ${S3_NAMESPACE}`,
      [
        ['LastModified', new Date(copy.lastModified).toISOString()],
        ['ETag', copy.etag],
      ],
    ],
    { ...encryptionHeaders(copy.encryption), ...versionHeader(bucket, copy) },
  )
}

export async function uploadPartCopy(call: BucketCall): Promise<Answer> {
  demandS3(call, { operation: 'UploadPartCopy' })
  const object = readSource(call, copySource(call))
  const upload = uploadOf(call)
  const number = partNumberOf(call)
  demandKey(call, upload.encryption, { operation: 'UploadPartCopy' })
  const { start, end } = copyRange(call.request.headers.get('x-amz-copy-source-range'), object.content.size)
  const pieces: Uint8Array[] = []
  for await (const piece of readContent(object.content, start, end)) pieces.push(piece)
  const content = memoryContent(...pieces)
  const part = addPart(upload, number, { content, md5: await md5Of(content) }, call.state.clock.now())
  return xmlAnswer(
    [
      `CopyPartResult ${S3_NAMESPACE}`,
      [
        ['LastModified', new Date(part.lastModified).toISOString()],
        ['ETag', etagOf(part)],
      ],
    ],
    encryptionHeaders(upload.encryption),
  )
}

export interface CopySource {
  readonly bucket: string
  readonly key: string
  readonly versionId?: string
}

/** `/bucket/key?versionId=…`, percent-encoded, with or without the first slash. */
function copySource({ request }: BucketCall): CopySource {
  const header = request.headers.get('x-amz-copy-source') ?? ''
  const mark = header.indexOf('?')
  const path = percentDecode(mark < 0 ? header : header.slice(0, mark))?.replace(/^\//, '') ?? ''
  const slash = path.indexOf('/')
  const versionId = mark < 0 ? undefined : parseQuery(header.slice(mark + 1))?.find(([name]) => name === 'versionId')?.[1]
  if (slash <= 0 || slash === path.length - 1)
    throw new AwsError(400, 'InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey', {
      details: [
        ['ArgumentName', 'x-amz-copy-source'],
        ['ArgumentValue', header],
      ],
    })
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1), ...(versionId === undefined ? {} : { versionId }) }
}

/** The object to copy, read with all the permissions a GetObject of it needs. */
function readSource(call: BucketCall, source: CopySource): StoredObject {
  const { state, request } = call
  const bucket = state.buckets.get(source.bucket)
  if (!bucket) throw new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist', { details: [['BucketName', source.bucket]] })
  const expected = request.headers.get('x-amz-source-expected-bucket-owner')
  if (expected !== undefined && expected !== bucket.accountId) throw accessDenied()
  const from: BucketCall = { ...call, bucket, key: source.key }
  const object = readableObject(from, 'GetObject', source.versionId)
  if (object.customerKeyMd5 !== undefined)
    throw new AwsError(501, 'NotImplemented', 'The lab does not implement copies of objects with customer-provided keys.')
  demandRestored(object, state.clock.now())
  demandKey(from, object.encryption, { operation: 'GetObject' })
  checkSourceConditions(call, object)
  return object
}

function checkSourceConditions({ request: { headers } }: BucketCall, object: StoredObject): void {
  const names = (header: string | undefined): boolean => header === '*' || header?.replaceAll('"', '') === object.etag.replaceAll('"', '')
  const modified = Math.floor(object.lastModified / 1000) * 1000
  const prefix = 'x-amz-copy-source-if-'
  if (headers.has(`${prefix}match`) && !names(headers.get(`${prefix}match`))) throw preconditionFailed(`${prefix}match`)
  if (headers.has(`${prefix}none-match`) && names(headers.get(`${prefix}none-match`))) throw preconditionFailed(`${prefix}none-match`)
  if (modified > Date.parse(headers.get(`${prefix}unmodified-since`) ?? '')) throw preconditionFailed(`${prefix}unmodified-since`)
  if (modified <= Date.parse(headers.get(`${prefix}modified-since`) ?? '')) throw preconditionFailed(`${prefix}modified-since`)
}

function copyRange(header: string | undefined, size: number): { readonly start: number; readonly end: number } {
  if (header === undefined) return { start: 0, end: size }
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header)
  const start = Number(match?.[1])
  const end = Number(match?.[2]) + 1
  if (!match || start >= end)
    throw new AwsError(
      400,
      'InvalidArgument',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    )
  if (end > size) throw new AwsError(400, 'InvalidArgument', `Range specified is not valid for source object of size: ${size}`)
  return { start, end }
}

async function md5Of(content: Content): Promise<Buffer> {
  const hash = createHash('md5')
  for await (const piece of readContent(content, 0, content.size)) hash.update(piece)
  return hash.digest()
}
