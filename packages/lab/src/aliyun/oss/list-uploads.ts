import { xmlAnswer, type Answer } from '../../http/answer.ts'
import { queryValue } from '../../http/request.ts'
import type { XmlNode } from '../../http/xml.ts'
import { listWaitingUploads } from '../../storage/uploads.ts'
import { demandOss, type OssBucketCall } from './context.ts'
import { encoder, encodingType, listQuery } from './list.ts'
import { ossUploadOf, partEtag } from './multipart.ts'

const MOST = 1000

export async function listParts(call: OssBucketCall): Promise<Answer> {
  const { bucket, key, request } = call
  demandOss(call, { operation: 'ListParts' })
  const upload = ossUploadOf(call)
  const query = listQuery(request, 'max-parts', MOST)
  const marker = Number(queryValue(request, 'part-number-marker') ?? '0')
  const after = [...upload.parts.values()].filter((part) => part.number > marker).sort((left, right) => left.number - right.number)
  const page = after.slice(0, query.maxKeys)
  return xmlAnswer([
    'ListPartsResult',
    [
      ['Bucket', bucket.name],
      ['Key', encoder(query)(key)],
      ['UploadId', upload.id],
      ['StorageClass', upload.storageClass],
      ['PartNumberMarker', String(marker)],
      ['NextPartNumberMarker', String(page.at(-1)?.number ?? 0)],
      ['MaxParts', String(query.maxKeys)],
      ...encodingType(query),
      ['IsTruncated', String(after.length > page.length)],
      ...page.map((part): XmlNode => [
        'Part',
        [
          ['PartNumber', String(part.number)],
          ['LastModified', new Date(part.lastModified).toISOString()],
          ['ETag', partEtag(part)],
          ['Size', String(part.content.size)],
        ],
      ]),
    ],
  ])
}

export async function listMultipartUploads(call: OssBucketCall): Promise<Answer> {
  const { bucket, request, state } = call
  demandOss(call, { operation: 'ListMultipartUploads' })
  const query = listQuery(request, 'max-uploads', MOST)
  const keyMarker = queryValue(request, 'key-marker') ?? ''
  const idMarker = queryValue(request, 'upload-id-marker') ?? ''
  const text = encoder(query)
  const own = [...state.uploads.values()].filter((upload) => upload.bucket === bucket.name)
  const page = listWaitingUploads(own, query, { key: keyMarker, id: idMarker })
  return xmlAnswer([
    'ListMultipartUploadsResult',
    [
      ['Bucket', bucket.name],
      ['KeyMarker', text(keyMarker)],
      ['UploadIdMarker', idMarker],
      ...(page.next ? [['NextKeyMarker', text(page.next.key)] as const, ['NextUploadIdMarker', page.next.id] as const] : []),
      ['Prefix', text(query.prefix)],
      ['Delimiter', text(query.delimiter)],
      ['MaxUploads', String(query.maxKeys)],
      ...encodingType(query),
      ['IsTruncated', String(page.next !== undefined)],
      ...page.uploads.map((upload): XmlNode => [
        'Upload',
        [
          ['Key', text(upload.key)],
          ['UploadId', upload.id],
          ['StorageClass', upload.storageClass],
          ['Initiated', new Date(upload.initiatedAt).toISOString()],
        ],
      ]),
      ...page.prefixes.map((prefix): XmlNode => ['CommonPrefixes', [['Prefix', text(prefix)]]]),
    ],
  ])
}
