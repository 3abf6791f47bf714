import { emptyAnswer, xmlAnswer, type Answer } from '../../http/answer.ts'
import { joinContents } from '../../http/content.ts'
import { queryValue } from '../../http/request.ts'
import { childText, type XmlElement } from '../../http/xml.ts'
import { chooseParts, partsDigest, type StoredPart } from '../../storage/parts.ts'
import { AliyunError } from '../error.ts'
import { opaqueOssId } from '../state/ids.ts'
import type { OssUpload } from '../state/types.ts'
import { malformedOssXml, receiveOss, receiveOssXml } from './body.ts'
import { demandOss, type OssBucketCall } from './context.ts'
import { encryptionHeaders, kmsWant } from './encryption.ts'
import { checkReplacing, ossWriteOptions, storeOssObject, versionHeader } from './write.ts'

/** Unlike S3's, parts may be this small. */
const MIN_PART_BYTES = 100 * 1024

export async function initiateMultipartUpload(call: OssBucketCall): Promise<Answer> {
  const { bucket, key, state } = call
  const options = ossWriteOptions(call, 'InitiateMultipartUpload')
  checkReplacing(call)
  const upload: OssUpload = {
    id: opaqueOssId(state.random),
    bucket: bucket.name,
    key,
    initiatedAt: state.clock.now(),
    ...options,
    parts: new Map(),
  }
  state.uploads.set(upload.id, upload)
  return xmlAnswer(
    [
      'InitiateMultipartUploadResult',
      [
        ['Bucket', bucket.name],
        ['Key', key],
        ['UploadId', upload.id],
      ],
    ],
    encryptionHeaders(upload.encryption),
  )
}

/** The upload a request names. Permission is asked first: who may not write learns nothing about uploads. */
export function ossUploadOf({ bucket, key, request, state }: OssBucketCall): OssUpload {
  const id = queryValue(request, 'uploadId') ?? ''
  const upload = state.uploads.get(id)
  if (upload?.bucket === bucket.name && upload.key === key) return upload
  throw new AliyunError(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { ec: '0042-00000002', details: [['UploadId', id]] },
  )
}

/** Asks for the permission, and for that to use the key with which the upload is encrypted. */
function demandUpload(call: OssBucketCall, operation: 'UploadPart' | 'CompleteMultipartUpload'): OssUpload {
  demandOss(call, { operation })
  const upload = ossUploadOf(call)
  if (upload.encryption?.kmsKey !== undefined) demandOss(call, { operation, ...kmsWant(upload.encryption) })
  return upload
}

export async function uploadPart(call: OssBucketCall): Promise<Answer> {
  const upload = demandUpload(call, 'UploadPart')
  const number = Number(queryValue(call.request, 'partNumber') ?? '')
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw new AliyunError(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive.', {
      details: [['ArgumentName', 'partNumber']],
    })
  const body = await receiveOss(call)
  // The upload may have been aborted while the part was on its way.
  const part: StoredPart = { number, ...body, lastModified: call.state.clock.now() }
  ossUploadOf(call).parts.set(number, part)
  return emptyAnswer(200, { etag: partEtag(part), 'content-md5': part.md5.toString('base64'), ...encryptionHeaders(upload.encryption) })
}

export function partEtag({ md5 }: StoredPart): string {
  return `"${md5.toString('hex').toUpperCase()}"`
}

export async function completeMultipartUpload(call: OssBucketCall): Promise<Answer> {
  const { bucket, key, state, request } = call
  const all = request.headers.get('x-oss-complete-all')?.toLowerCase() === 'yes'
  const root = all ? undefined : await receiveOssXml(call, 'CompleteMultipartUpload')
  const upload = demandUpload(call, 'CompleteMultipartUpload')
  const parts = listedParts(upload, root)
  checkReplacing(call)
  const { acl, storageClass, encryption, headers } = upload
  const object = storeOssObject(state, bucket, {
    key,
    content: await joinContents(parts.map((part) => part.content)),
    etag: `"${partsDigest(parts).toUpperCase()}"`,
    type: 'Multipart',
    acl,
    storageClass,
    ...(encryption ? { encryption } : {}),
    headers,
  })
  state.uploads.delete(upload.id)
  return xmlAnswer(
    [
      'CompleteMultipartUploadResult',
      [
        ['Location', `http://${bucket.name}.oss-${bucket.region}.aliyuncs.com/${encodeURIComponent(key)}`],
        ['Bucket', bucket.name],
        ['Key', key],
        ['ETag', object.etag],
      ],
    ],
    { ...encryptionHeaders(encryption), ...versionHeader(bucket, object) },
  )
}

/** The parts a completion lists; all there are where it lists none. */
function listedParts(upload: OssUpload, root: XmlElement | undefined): readonly StoredPart[] {
  const listed = root
    ? root.children.filter((child) => child.name === 'Part').map(readListed)
    : [...upload.parts.values()]
        .sort((left, right) => left.number - right.number)
        .map((part) => ({ number: part.number, etag: partEtag(part) }))
  if (listed.length === 0) throw malformedOssXml()
  const choice = chooseParts(upload.parts, listed, { minBytes: MIN_PART_BYTES })
  switch (choice.kind) {
    case 'chosen':
      return choice.parts
    case 'not-ascending':
      throw new AliyunError(
        400,
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts list must specified in order by part number.',
      )
    case 'missing':
      throw new AliyunError(
        400,
        'InvalidPart',
        "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.",
        { details: [['PartNumber', String(choice.number)]] },
      )
    default:
      throw new AliyunError(400, 'EntityTooSmall', 'Your proposed upload smaller than the minimum allowed size.', {
        details: [
          ['MinSizeAllowed', String(MIN_PART_BYTES)],
          ['ProposedSize', String(choice.part.content.size)],
          ['PartNumber', String(choice.part.number)],
        ],
      })
  }
}

function readListed(element: XmlElement): { readonly number: number; readonly etag: string } {
  const number = Number(childText(element, 'PartNumber') ?? '')
  if (!Number.isInteger(number)) throw malformedOssXml()
  return { number, etag: childText(element, 'ETag') ?? '' }
}

export async function abortMultipartUpload(call: OssBucketCall): Promise<Answer> {
  demandOss(call, { operation: 'AbortMultipartUpload' })
  call.state.uploads.delete(ossUploadOf(call).id)
  return emptyAnswer(204)
}
