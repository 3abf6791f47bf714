import { type UploadedPart, accessError } from '@sluice/core'
import { childText, parseXml } from '../http/xml.ts'
import { escapeXml } from './encoding.ts'

/** The upload id in the answer to a request that begins an upload. */
export function uploadIdIn(text: string): string {
  const id = childText(parseXml(text), 'UploadId')
  if (id) return id
  throw accessError('network.protocol', { message: 'The answer to the request that begins an upload has no upload id.' })
}

/** The body of CompleteMultipartUpload: the parts in order, in the XML namespace of the store, if it has one. */
export function completionBody(parts: readonly UploadedPart[], namespace?: string): Uint8Array {
  const listed = parts
    .toSorted((one, other) => one.partNumber - other.partNumber)
    .map((part) => `<Part><PartNumber>${part.partNumber}</PartNumber><ETag>${escapeXml(part.etag)}</ETag></Part>`)
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`
  return new TextEncoder().encode(`<CompleteMultipartUpload${attribute}>${listed.join('')}</CompleteMultipartUpload>`)
}
