import { emptyAnswer, xmlAnswer, type Answer } from '../../http/answer.ts'
import { joinContents, readContent, type Content } from '../../http/content.ts'
import { queryValue } from '../../http/request.ts'
import { childText, type XmlElement, type XmlNode } from '../../http/xml.ts'
import { chooseParts, partsDigest } from '../../storage/parts.ts'
import { receiveBody } from '../auth/body.ts'
import { startChecksum } from '../auth/checksums.ts'
import { AwsError } from '../error.ts'
import { opaqueId } from '../state/ids.ts'
import type { Upload, UploadPart } from '../state/types.ts'
import { demandS3, type BucketCall } from './context.ts'
import { demandKey, encryptionHeaders } from './encryption.ts'
import { checkWritePreconditions, MAX_PUT_BYTES, storeObject, versionHeader, writeOptions } from './write.ts'
import { malformedXml, receiveXml, S3_NAMESPACE } from './xml.ts'

const MIN_PART_BYTES = 5 * 1024 * 1024

export async function createMultipartUpload(call: BucketCall): Promise<Answer> {
  const { bucket, key, state, request, caller } = call
  const options = writeOptions(call, 'CreateMultipartUpload')
  const algorithm = request.headers.get('x-amz-checksum-algorithm')?.toLowerCase()
  const checksum = algorithm === undefined ? undefined : startChecksum(`x-amz-checksum-${algorithm}`).header
  const whole = request.headers.get('x-amz-checksum-type')?.toUpperCase() === 'FULL_OBJECT'
  const upload: Upload = {
    id: opaqueId(state.random),
    bucket: bucket.name,
    key,
    initiatedAt: state.clock.now(),
    initiatorArn: caller.arn,
    ...options,
    ...(checksum === undefined ? {} : { checksum: { header: checksum, whole } }),
    parts: new Map(),
  }
  state.uploads.set(upload.id, upload)
  return xmlAnswer(
    [
      `InitiateMultipartUploadResult ${S3_NAMESPACE}`,
      [
        ['Bucket', bucket.name],
        ['Key', key],
        ['UploadId', upload.id],
      ],
    ],
    {
      ...encryptionHeaders(upload.encryption),
      ...(algorithm === undefined
        ? {}
        : { 'x-amz-checksum-algorithm': algorithm.toUpperCase(), 'x-amz-checksum-type': whole ? 'FULL_OBJECT' : 'COMPOSITE' }),
    },
  )
}

/** The upload a request names. Permission is asked first: who may not write learns nothing about uploads. */
export function uploadOf({ bucket, key, request, state }: BucketCall): Upload {
  const upload = state.uploads.get(queryValue(request, 'uploadId') ?? '')
  if (upload?.bucket === bucket.name && upload.key === key) return upload
  throw new AwsError(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { details: [['UploadId', queryValue(request, 'uploadId') ?? '']] },
  )
}

export function partNumberOf({ request }: BucketCall): number {
  const number = Number(queryValue(request, 'partNumber') ?? '')
  if (Number.isInteger(number) && number >= 1 && number <= 10_000) return number
  throw new AwsError(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
    details: [
      ['ArgumentName', 'partNumber'],
      ['ArgumentValue', queryValue(request, 'partNumber') ?? ''],
    ],
  })
}

export async function uploadPart(call: BucketCall): Promise<Answer> {
  demandS3(call, { operation: 'UploadPart' })
  const upload = uploadOf(call)
  const number = partNumberOf(call)
  demandKey(call, upload.encryption, { operation: 'UploadPart' })
  const body = await receiveBody(call.request, {
    maxBytes: MAX_PUT_BYTES,
    pace: call.pace,
    ...(call.verified ? { chain: call.verified.chunkChain } : {}),
  })
  // The upload may have been aborted while the part was on its way.
  const part = addPart(uploadOf(call), number, body, call.state.clock.now())
  return emptyAnswer(200, {
    etag: etagOf(part),
    ...encryptionHeaders(upload.encryption),
    ...(body.checksum ? { [body.checksum[0]]: body.checksum[1] } : {}),
  })
}

export function addPart(
  upload: Upload,
  number: number,
  body: { readonly content: Content; readonly md5: Buffer; readonly checksum?: readonly [string, string] },
  now: number,
): UploadPart {
  const part: UploadPart = {
    number,
    content: body.content,
    md5: body.md5,
    lastModified: now,
    ...(body.checksum ? { checksum: body.checksum } : {}),
  }
  upload.parts.set(number, part)
  return part
}

export function etagOf(part: UploadPart): string {
  return `"${part.md5.toString('hex')}"`
}

export async function completeMultipartUpload(call: BucketCall): Promise<Answer> {
  const { bucket, key, state } = call
  const root = await receiveXml(call, 'CompleteMultipartUpload')
  demandS3(call, { operation: 'CompleteMultipartUpload' })
  const upload = uploadOf(call)
  const parts = listedParts(upload, root)
  demandKey(call, upload.encryption, { operation: 'CompleteMultipartUpload', checksum: upload.checksum !== undefined })
  checkWritePreconditions(call)
  const content = await joinContents(parts.map((part) => part.content))
  const checksum = await wholeChecksum(upload, parts, content)
  const object = storeObject(state, bucket, {
    key,
    content,
    etag: `"${partsDigest(parts)}"`,
    storageClass: upload.storageClass,
    ownerAccount: upload.ownerAccount,
    acl: upload.acl,
    encryption: upload.encryption,
    ...(upload.customerKeyMd5 === undefined ? {} : { customerKeyMd5: upload.customerKeyMd5 }),
    ...(upload.lock === undefined ? {} : { lock: upload.lock }),
    headers: upload.headers,
    ...(checksum ? { checksum } : {}),
  })
  state.uploads.delete(upload.id)
  return xmlAnswer(
    [
      `CompleteMultipartUploadResult ${S3_NAMESPACE}`,
      [
        ['Location', `https://${bucket.name}.s3.${bucket.region}.amazonaws.com/${encodeURIComponent(key)}`],
        ['Bucket', bucket.name],
        ['Key', key],
        ['ETag', object.etag],
        ...(checksum ? checksumNodes(checksum) : []),
      ],
    ],
    { ...encryptionHeaders(object.encryption), ...versionHeader(bucket, object) },
  )
}

function listedParts(upload: Upload, root: XmlElement): readonly UploadPart[] {
  const listed = root.children.filter((child) => child.name === 'Part').map(readListed)
  if (listed.length === 0) throw malformedXml()
  const choice = chooseParts(upload.parts, listed, { minBytes: MIN_PART_BYTES, matches: checksumMatches })
  switch (choice.kind) {
    case 'chosen':
      return choice.parts
    case 'not-ascending':
      throw new AwsError(400, 'InvalidPartOrder', 'The list of parts was not in ascending order. Parts must be ordered by part number.', {
        details: [['UploadId', upload.id]],
      })
    case 'missing':
      throw new AwsError(
        400,
        'InvalidPart',
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        {
          details: [
            ['UploadId', upload.id],
            ['PartNumber', String(choice.number)],
            ['ETag', choice.etag],
          ],
        },
      )
    default:
      throw new AwsError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
        details: [
          ['ProposedSize', String(choice.part.content.size)],
          ['MinSizeAllowed', String(MIN_PART_BYTES)],
          ['PartNumber', String(choice.part.number)],
          ['ETag', choice.part.md5.toString('hex')],
        ],
      })
  }
}

interface ListedPart {
  readonly number: number
  readonly etag: string
  readonly checksum: string | undefined
}

function readListed(element: XmlElement): ListedPart {
  const number = Number(childText(element, 'PartNumber') ?? '')
  if (!Number.isInteger(number)) throw malformedXml()
  const checksum = element.children.find((child) => child.name.startsWith('Checksum'))?.text.trim()
  return { number, etag: childText(element, 'ETag') ?? '', checksum }
}

function checksumMatches(part: UploadPart, { checksum }: ListedPart): boolean {
  return checksum === undefined || !part.checksum || checksum === part.checksum[1]
}

/** Of the whole object, or of the parts' checksums with their number behind, as the upload was begun. */
async function wholeChecksum(
  upload: Upload,
  parts: readonly UploadPart[],
  content: Content,
): Promise<readonly [string, string] | undefined> {
  if (!upload.checksum) return undefined
  const { header, whole } = upload.checksum
  const checksum = startChecksum(header)
  if (whole) {
    for await (const piece of readContent(content, 0, content.size)) checksum.update(piece)
    return [header, checksum.digest()]
  }
  if (parts.some((part) => part.checksum?.[0] !== header)) return undefined
  for (const part of parts) checksum.update(Buffer.from(part.checksum?.[1] ?? '', 'base64'))
  return [header, `${checksum.digest()}-${parts.length}`]
}

export function checksumNodes([header, value]: readonly [string, string]): readonly XmlNode[] {
  return [
    [`Checksum${header.slice('x-amz-checksum-'.length).toUpperCase()}`, value],
    ['ChecksumType', value.includes('-') ? 'COMPOSITE' : 'FULL_OBJECT'],
  ]
}

export async function abortMultipartUpload(call: BucketCall): Promise<Answer> {
  demandS3(call, { operation: 'AbortMultipartUpload' })
  call.state.uploads.delete(uploadOf(call).id)
  return emptyAnswer(204)
}
