import { type ListPage, type ListRequest, type ObjectInfo, accessError } from '@sluice/core'
import { parseRecords } from '../http/xml-records.ts'
import { type XmlElement, child, childText, children } from '../http/xml.ts'
import { decodeListed } from './encoding.ts'

/** Which listing a store answers, and whether it encodes keys in it. */
export interface ListingForm {
  readonly version: 1 | 2
  readonly isEncoded: boolean
}

/** ListObjectsV2, with keys URL-encoded: XML cannot carry every character a key may have. */
export const LISTING_V2: ListingForm = { version: 2, isEncoded: true }

/** The query of a listing. The older one goes on after a key, whoever named it. */
export function listQuery(request: ListRequest, { version, isEncoded } = LISTING_V2): { readonly [name: string]: string } {
  const encoding = isEncoded ? { 'encoding-type': 'url' } : {}
  if (version === 1) {
    const marker = request.continuation ?? request.startAfter
    return {
      ...encoding,
      prefix: request.prefix,
      ...(request.delimiter === undefined ? {} : { delimiter: request.delimiter }),
      ...(marker === undefined ? {} : { marker }),
      ...(request.maxKeys === undefined ? {} : { 'max-keys': String(request.maxKeys) }),
    }
  }
  return {
    'list-type': '2',
    ...encoding,
    prefix: request.prefix,
    ...(request.delimiter === undefined ? {} : { delimiter: request.delimiter }),
    ...(request.startAfter === undefined ? {} : { 'start-after': request.startAfter }),
    ...(request.continuation === undefined ? {} : { 'continuation-token': request.continuation }),
    ...(request.maxKeys === undefined ? {} : { 'max-keys': String(request.maxKeys) }),
    ...(request.fetchOwner === true ? { 'fetch-owner': 'true' } : {}),
  }
}

/** One page of a listing. A page that says there is more and not where is refused: silently ending there would lose objects. */
export function parseListing(text: string, { version } = LISTING_V2): ListPage {
  const root = parseRecords(text, 'Contents')
  if (root.name !== 'ListBucketResult') throw malformed(`its root is ${root.name}`)
  const decode = childText(root, 'EncodingType') === 'url' ? decodeListed : (key: string) => key
  const truncated = childText(root, 'IsTruncated')
  if (truncated !== 'true' && truncated !== 'false') throw malformed('it does not say whether it is complete')
  const objects = children(root, 'Contents').map((element) => listedObject(element, decode))
  const prefixes = children(root, 'CommonPrefixes').map((element) => decode(required(element, 'Prefix')))
  if (truncated === 'false') return { objects, prefixes }
  const continuation = version === 2 ? childText(root, 'NextContinuationToken') : nextMarker(childText(root, 'NextMarker'), decode, objects)
  if (!continuation) throw malformed('it is incomplete and does not say where to go on')
  return { objects, prefixes, continuation }
}

/** Where the older listing goes on: it says so only where folders are grouped, and after the last key otherwise. */
function nextMarker(marker: string | undefined, decode: (key: string) => string, objects: readonly ObjectInfo[]): string | undefined {
  return marker ? decode(marker) : objects.at(-1)?.key
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
