import { createHash } from 'node:crypto'
import { type ObjectInfo, type UploadedPart, accessError, isAccessError } from '@sluice/core'
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

/** The ETag that S3, and OSS in capitals, gives an upload of these parts, where their own ETags are MD5 sums; undefined where they are not. */
export function expectedEtag(parts: readonly UploadedPart[]): string | undefined {
  const hash = createHash('md5')
  for (const part of parts.toSorted((one, other) => one.partNumber - other.partNumber)) {
    const sum = /^"?([0-9a-f]{32})"?$/i.exec(part.etag)?.[1]
    if (sum === undefined) return undefined
    hash.update(Buffer.from(sum, 'hex'))
  }
  return `"${hash.digest('hex')}-${parts.length}"`
}

/**
 * What a completion comes to. One whose answer was lost has happened all the same: asked again, the store knows no such upload,
 * and the object that is there has the ETag of these parts.
 */
export async function completed(
  complete: () => Promise<ObjectInfo>,
  parts: readonly UploadedPart[],
  head: () => Promise<ObjectInfo>,
): Promise<ObjectInfo> {
  try {
    return await complete()
  } catch (error) {
    if (!isAccessError(error) || error.reason !== 'upload.missing') throw error
    const expected = expectedEtag(parts)
    const found = expected === undefined ? undefined : await head().catch(() => undefined)
    if (found === undefined || found.etag.toLowerCase() !== expected) throw error
    return found
  }
}
