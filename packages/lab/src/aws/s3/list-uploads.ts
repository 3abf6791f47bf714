import { xmlAnswer, type Answer } from '../../http/answer.ts'
import { queryValue } from '../../http/request.ts'
import type { XmlNode } from '../../http/xml.ts'
import { listWaitingUploads } from '../../storage/uploads.ts'
import type { Upload } from '../state/types.ts'
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
  const own = [...state.uploads.values()].filter((upload) => upload.bucket === bucket.name)
  const page = listWaitingUploads(own, query, { key: keyMarker, id: idMarker })
  return xmlAnswer([
    `ListMultipartUploadsResult ${S3_NAMESPACE}`,
    [
      ['Bucket', bucket.name],
      ['KeyMarker', text(keyMarker)],
      ['UploadIdMarker', idMarker],
      ...(page.next ? [['NextKeyMarker', text(page.next.key)] as const, ['NextUploadIdMarker', page.next.id] as const] : []),
      ['Prefix', text(query.prefix)],
      ...(query.delimiter === '' ? [] : [['Delimiter', text(query.delimiter)] as const]),
      ['MaxUploads', String(query.maxKeys)],
      ...(query.encoded ? [['EncodingType', 'url'] as const] : []),
      ['IsTruncated', String(page.next !== undefined)],
      ...page.uploads.map((upload): XmlNode => [
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
      ...page.prefixes.map((prefix): XmlNode => ['CommonPrefixes', [['Prefix', text(prefix)]]]),
    ],
  ])
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
