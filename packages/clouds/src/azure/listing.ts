import { type ListPage, type ListRequest, type ObjectInfo, accessError } from '@sluice/core'
import { parseRecords } from '../http/xml-records.ts'
import { type XmlElement, child, childText, children } from '../http/xml.ts'

/** The query of List Blobs. */
export function listQuery(request: ListRequest): { readonly [name: string]: string } {
  return {
    restype: 'container',
    comp: 'list',
    prefix: request.prefix,
    ...(request.delimiter === undefined ? {} : { delimiter: request.delimiter }),
    ...(request.continuation === undefined ? {} : { marker: request.continuation }),
    ...(request.maxKeys === undefined ? {} : { maxresults: String(request.maxKeys) }),
  }
}

/** One page of a listing. Directories of accounts with a hierarchical namespace, which are listed like blobs, are no objects. */
export function parseListing(text: string): ListPage {
  const root = parseRecords(text, 'Blob')
  if (root.name !== 'EnumerationResults') throw malformed(`its root is ${root.name}`)
  const blobs = child(root, 'Blobs')
  const continuation = childText(root, 'NextMarker')
  // It stands on every page, empty on the last one: where it is missing, the page was cut.
  if (blobs === undefined || continuation === undefined) throw malformed('it does not say whether it is complete')
  return {
    objects: children(blobs, 'Blob').flatMap(listedBlob),
    prefixes: children(blobs, 'BlobPrefix').map(nameOf),
    ...(continuation === '' ? {} : { continuation }),
  }
}

function listedBlob(element: XmlElement): readonly ObjectInfo[] {
  const properties = child(element, 'Properties')
  if (childText(properties, 'ResourceType') === 'directory') return []
  const size = Number(required(properties, 'Content-Length'))
  const modified = Date.parse(required(properties, 'Last-Modified'))
  if (!Number.isSafeInteger(size) || size < 0 || Number.isNaN(modified)) throw malformed('a blob has no size or time')
  const storageClass = childText(properties, 'AccessTier')
  const contentType = childText(properties, 'Content-Type')
  return [
    {
      key: nameOf(element),
      size,
      etag: quoted(required(properties, 'Etag')),
      lastModified: new Date(modified).toISOString(),
      ...(storageClass ? { storageClass } : {}),
      ...(contentType ? { contentType } : {}),
    },
  ]
}

/** Names that XML cannot carry are percent-encoded and say so. https://learn.microsoft.com/rest/api/storageservices/list-blobs#response-body */
function nameOf(element: XmlElement): string {
  const name = child(element, 'Name')
  if (name === undefined) throw malformed(`${element.name} has no name`)
  if (name.attributes?.['Encoded'] !== 'true') return name.text
  try {
    return decodeURIComponent(name.text)
  } catch {
    throw malformed('a name is not encoded as it says')
  }
}

/** Listings write entity tags without the quotes that headers have. */
function quoted(etag: string): string {
  return etag.startsWith('"') ? etag : `"${etag}"`
}

function required(element: XmlElement | undefined, name: string): string {
  const text = childText(element, name)
  if (text === undefined) throw malformed(`a blob has no ${name}`)
  return text
}

function malformed(detail: string): Error {
  return accessError('network.protocol', { message: `The answer is not a listing: ${detail}.` })
}
