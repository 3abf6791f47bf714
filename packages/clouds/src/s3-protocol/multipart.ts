import { createHash } from 'node:crypto'
import type { UploadedPart } from '@sluice/core'
import { childText, parseXml } from '../http/xml.ts'
import type { VendorAnswer } from '../store/vendor-answer.ts'
import { vendorError } from './errors.ts'

/**
 * The ETag in the answer to CompleteMultipartUpload. S3 sends status 200 before it knows the outcome, so the body may be an error.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export function completedEtag(
  answer: Pick<VendorAnswer, 'text' | 'headers' | 'subject' | 'secrets'>,
  parts: readonly UploadedPart[],
): string {
  const root = parseXml(answer.text)
  if (root.name === 'CompleteMultipartUploadResult') {
    // Ceph's gateway leaves it empty; it gives the object the ETag that S3 would.
    const etag = childText(root, 'ETag') || expectedEtag(parts)
    if (etag !== undefined) return etag
  }
  throw vendorError({ ...answer, operation: 'CompleteMultipartUpload', status: root.name === 'Error' ? 500 : 200 })
}

/** The ETag that S3 gives an upload of these parts, where their own ETags are MD5 sums; undefined where they are not. */
export function expectedEtag(parts: readonly UploadedPart[]): string | undefined {
  const hash = createHash('md5')
  for (const part of parts.toSorted((one, other) => one.partNumber - other.partNumber)) {
    const sum = /^"?([0-9a-f]{32})"?$/.exec(part.etag)?.[1]
    if (sum === undefined) return undefined
    hash.update(Buffer.from(sum, 'hex'))
  }
  return `"${hash.digest('hex')}-${parts.length}"`
}
