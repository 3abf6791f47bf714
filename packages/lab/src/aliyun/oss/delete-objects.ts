import { xmlAnswer, type Answer } from '../../http/answer.ts'
import { childText, type XmlNode } from '../../http/xml.ts'
import { AliyunError } from '../error.ts'
import { malformedOssXml, receiveOssXml } from './body.ts'
import { demandOss, type OssBucketCall } from './context.ts'
import { checkRemoving, removeOssObject } from './write.ts'

const MOST = 1000

/** Deletes many keys at once: all of them, or none where one is not permitted. */
export async function deleteMultipleObjects(call: OssBucketCall): Promise<Answer> {
  const { bucket, state, request } = call
  if (!request.headers.has('content-md5'))
    throw new AliyunError(400, 'MissingArgument', 'Missing Some Required Arguments.', { details: [['ArgumentName', 'Content-MD5']] })
  const root = await receiveOssXml(call, 'Delete')
  const objects = root.children
    .filter((child) => child.name === 'Object')
    .map((child) => {
      // A key is exactly its text: childText would take spaces off its ends.
      const key = child.children.find((part) => part.name === 'Key')?.text ?? ''
      const versionId = childText(child, 'VersionId')
      return { key, ...(versionId === undefined ? {} : { versionId }) }
    })
  if (objects.length === 0 || objects.length > MOST) throw malformedOssXml()
  demandOss(call, { operation: 'DeleteMultipleObjects', objects })
  for (const { key, versionId } of objects) checkRemoving(state, bucket, key, versionId)
  const deleted = objects.map(({ key, versionId }): XmlNode => {
    const removed = removeOssObject(state, bucket, key, versionId)
    return ['Deleted', [['Key', key], ...(removed.versionId === undefined ? [] : [['VersionId', removed.versionId] as const])]]
  })
  const quiet = childText(root, 'Quiet')?.toLowerCase() === 'true'
  return xmlAnswer(['DeleteResult', quiet ? '' : deleted])
}
