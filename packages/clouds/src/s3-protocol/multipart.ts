import type { UploadedPart } from '@sluice/core'
import { childText, parseXml } from '../http/xml.ts'
import { expectedEtag } from '../store/multipart.ts'
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
