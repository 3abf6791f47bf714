import { type ListPage, type ListRequest, type ObjectInfo, accessError } from '@sluice/core'
import { parseRecords } from '../http/xml-records.ts'
import { type XmlElement, child, childText, children } from '../http/xml.ts'
import { decodeListed } from './encoding.ts'

/** The query of ListObjectsV2. Keys are asked for URL-encoded: XML cannot carry every character a key may have. */
export function listQuery(request: ListRequest): { readonly [name: string]: string } {
  return {
    'list-type': '2',
    'encoding-type': 'url',
    prefix: request.prefix,
    ...(request.delimiter === undefined ? {} : { delimiter: request.delimiter }),
    ...(request.startAfter === undefined ? {} : { 'start-after': request.startAfter }),
    ...(request.continuation === undefined ? {} : { 'continuation-token': request.continuation }),
    ...(request.maxKeys === undefined ? {} : { 'max-keys': String(request.maxKeys) }),
    ...(request.fetchOwner === true ? { 'fetch-owner': 'true' } : {}),
  }
}

/** One page of a listing. A page that says there is more and not where is refused: silently ending there would lose objects. */
export function parseListing(text: string): ListPage {
  const root = parseRecords(text, 'Contents')
  if (root.name !== 'ListBucketResult') throw malformed(`its root is ${root.name}`)
  const decode = childText(root, 'EncodingType') === 'url' ? decodeListed : (key: string) => key
  const truncated = childText(root, 'IsTruncated')
  if (truncated !== 'true' && truncated !== 'false') throw malformed('it does not say whether it is complete')
  const continuation = childText(root, 'NextContinuationToken')
  if (truncated === 'true' && !continuation) throw malformed('it is incomplete and does not say where to go on')
  return {
    objects: children(root, 'Contents').map((element) => listedObject(element, decode)),
    prefixes: children(root, 'CommonPrefixes').map((element) => decode(required(element, 'Prefix'))),
    ...(truncated === 'true' && continuation ? { continuation } : {}),
  }
}

function listedObject(element: XmlElement, decode: (key: string) => string): ObjectInfo {
  const size = Number(required(element, 'Size'))
  if (!Number.isSafeInteger(size) || size < 0) throw malformed('an object has no size')
  const storageClass = childText(element, 'StorageClass')
  const ownerId = childText(child(element, 'Owner'), 'ID')
  return {
    key: decode(required(element, 'Key')),
    size,
    etag: required(element, 'ETag'),
    lastModified: required(element, 'LastModified'),
    ...(storageClass ? { storageClass } : {}),
    ...(ownerId ? { ownerId } : {}),
  }
}

function required(element: XmlElement, name: string): string {
  const text = childText(element, name)
  if (text === undefined) throw malformed(`${element.name} has no ${name}`)
  return text
}

function malformed(detail: string): Error {
  return accessError('network.protocol', { message: `The answer is not a listing: ${detail}.` })
}
