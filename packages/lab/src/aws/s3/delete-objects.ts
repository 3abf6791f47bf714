import { xmlAnswer, type Answer } from '../../http/answer.ts'
import { childText, type XmlNode } from '../../http/xml.ts'
import { checksumHeader } from '../auth/checksums.ts'
import { AwsError } from '../error.ts'
import { demandS3, type BucketCall } from './context.ts'
import { demandUnlocked } from './object-lock.ts'
import { removeObject } from './write.ts'
import { malformedXml, receiveXml, S3_NAMESPACE } from './xml.ts'

/** Deletes up to a thousand objects, each allowed or refused by itself. */
export async function deleteObjects(call: BucketCall): Promise<Answer> {
  const { headers } = call.request
  if (!headers.has('content-md5') && checksumHeader([...headers.keys(), headers.get('x-amz-trailer') ?? '']) === undefined)
    throw new AwsError(400, 'InvalidRequest', 'Missing required header for this request: Content-MD5')
  const root = await receiveXml(call, 'Delete')
  const listed = root.children.filter((child) => child.name === 'Object')
  if (listed.length === 0 || listed.length > 1000) throw malformedXml()
  const quiet = childText(root, 'Quiet') === 'true'
  const results: XmlNode[] = []
  for (const element of listed) {
    // A key is taken as it stands, blanks and all.
    const key = element.children.find((child) => child.name === 'Key')?.text ?? ''
    const result = deleteOne(call, key, childText(element, 'VersionId'))
    if (!quiet || result[0] === 'Error') results.push(result)
  }
  return xmlAnswer([`DeleteResult ${S3_NAMESPACE}`, results])
}

function deleteOne(call: BucketCall, key: string, versionId: string | undefined): XmlNode {
  const named: readonly XmlNode[] = [['Key', key], ...(versionId === undefined ? [] : [['VersionId', versionId] as const])]
  try {
    const one = { ...call, key }
    demandS3(one, { operation: 'DeleteObject', ...(versionId === undefined ? {} : { versionId }) })
    if (versionId !== undefined) demandUnlocked(one, call.bucket.objects.version(key, versionId))
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return ['Error', [...named, ['Code', error.code], ['Message', error.message]]]
  }
  const removed = removeObject(call.state, call.bucket, key, versionId)
  return [
    'Deleted',
    [...named, ...(removed.marker ? [['DeleteMarker', 'true'] as const, ['DeleteMarkerVersionId', removed.versionId ?? ''] as const] : [])],
  ]
}
