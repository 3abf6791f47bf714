import { xmlAnswer, type Answer } from '../../http/answer.ts'
import { queryValue } from '../../http/request.ts'
import type { XmlNode } from '../../http/xml.ts'
import { folderOf } from '../../storage/listing.ts'
import { compareKeys } from '../../storage/object-table.ts'
import type { AwsState, Upload } from '../state/types.ts'
import { demandS3, type BucketCall } from './context.ts'
import { encoder, listQuery, ownerNode } from './list.ts'
import { etagOf, uploadOf } from './multipart.ts'
import { S3_NAMESPACE } from './xml.ts'

export async function listParts(call: BucketCall): Promise<Answer> {
  const { bucket, key, request, state } = call
  demandS3(call, { operation: 'ListParts' })
  const upload = uploadOf(call)
  const { maxKeys } = listQuery(request, 'max-parts')
  const marker = Number(queryValue(request, 'part-number-marker') ?? '0')
  const after = [...upload.parts.values()].filter((part) => part.number > marker).sort((left, right) => left.number - right.number)
  const page = after.slice(0, maxKeys)
  return xmlAnswer([
    `ListPartsResult ${S3_NAMESPACE}`,
    [
      ['Bucket', bucket.name],
      ['Key', key],
      ['UploadId', upload.id],
      initiatorNode(upload),
      ownerNode(state, upload.ownerAccount),
      ['StorageClass', upload.storageClass],
      ['PartNumberMarker', String(marker)],
      ['NextPartNumberMarker', String(page.at(-1)?.number ?? 0)],
      ['MaxParts', String(maxKeys)],
      ['IsTruncated', String(after.length > page.length)],
      ...page.map((part): XmlNode => [
        'Part',
        [
          ['PartNumber', String(part.number)],
          ['LastModified', new Date(part.lastModified).toISOString()],
          ['ETag', etagOf(part)],
          ['Size', String(part.content.size)],
        ],
      ]),
    ],
  ])
}

export async function listMultipartUploads(call: BucketCall): Promise<Answer> {
  const { bucket, request, state } = call
  demandS3(call, { operation: 'ListMultipartUploads' })
  const query = listQuery(request, 'max-uploads')
  const keyMarker = queryValue(request, 'key-marker') ?? ''
  const idMarker = queryValue(request, 'upload-id-marker') ?? ''
  const text = encoder(query)
  const waiting = uploadsOf(state, bucket.name, query.prefix).filter((upload) => {
    const order = compareKeys(upload.key, keyMarker)
    return keyMarker === '' || order > 0 || (order === 0 && idMarker !== '' && upload.id > idMarker)
  })
  const prefixes = new Set<string>()
  const page: Upload[] = []
  let last: Upload | undefined
  let truncated = false
  for (const upload of waiting) {
    const folder = folderOf(upload.key, query.prefix, query.delimiter)
    if (folder !== undefined && prefixes.has(folder)) continue
    truncated = page.length + prefixes.size >= query.maxKeys
    if (truncated) break
    if (folder === undefined) page.push(upload)
    else prefixes.add(folder)
    last = upload
  }
  return xmlAnswer([
    `ListMultipartUploadsResult ${S3_NAMESPACE}`,
    [
      ['Bucket', bucket.name],
      ['KeyMarker', text(keyMarker)],
      ['UploadIdMarker', idMarker],
      ...(truncated && last ? [['NextKeyMarker', text(last.key)] as const, ['NextUploadIdMarker', last.id] as const] : []),
      ['Prefix', text(query.prefix)],
      ...(query.delimiter === '' ? [] : [['Delimiter', text(query.delimiter)] as const]),
      ['MaxUploads', String(query.maxKeys)],
      ...(query.encoded ? [['EncodingType', 'url'] as const] : []),
      ['IsTruncated', String(truncated)],
      ...page.map((upload): XmlNode => [
        'Upload',
        [
          ['Key', text(upload.key)],
          ['UploadId', upload.id],
          initiatorNode(upload),
          ownerNode(state, upload.ownerAccount),
          ['StorageClass', upload.storageClass],
          ['Initiated', new Date(upload.initiatedAt).toISOString()],
        ],
      ]),
      ...[...prefixes].map((prefix): XmlNode => ['CommonPrefixes', [['Prefix', text(prefix)]]]),
    ],
  ])
}

function uploadsOf(state: AwsState, bucket: string, prefix: string): readonly Upload[] {
  return [...state.uploads.values()]
    .filter((upload) => upload.bucket === bucket && upload.key.startsWith(prefix))
    .sort((left, right) => compareKeys(left.key, right.key) || (left.id < right.id ? -1 : 1))
}

function initiatorNode(upload: Upload): XmlNode {
  return [
    'Initiator',
    [
      ['ID', upload.initiatorArn],
      ['DisplayName', upload.initiatorArn.slice(upload.initiatorArn.lastIndexOf('/') + 1)],
    ],
  ]
}
