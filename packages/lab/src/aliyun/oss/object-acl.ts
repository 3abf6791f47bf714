import { emptyAnswer, xmlAnswer, type Answer } from '../../http/answer.ts'
import { replaceVersion } from '../../storage/versions.ts'
import { AliyunError } from '../error.ts'
import type { OssObject } from '../state/types.ts'
import { requestedObjectAcl } from './acl.ts'
import { demandOss, type OssBucketCall } from './context.ts'
import { ossOwnerNode } from './list.ts'

export async function getObjectAcl(call: OssBucketCall): Promise<Answer> {
  demandOss(call, { operation: 'GetObjectAcl' })
  const { acl } = existing(call)
  return xmlAnswer(['AccessControlPolicy', [ossOwnerNode(call.bucket.accountId), ['AccessControlList', [['Grant', acl]]]]])
}

export async function putObjectAcl(call: OssBucketCall): Promise<Answer> {
  const { bucket, request } = call
  demandOss(call, { operation: 'PutObjectAcl' })
  const object = existing(call)
  const acl = requestedObjectAcl(bucket, request.headers.get('x-oss-object-acl') ?? '')
  replaceVersion(bucket.objects, object, { ...object, acl })
  return emptyAnswer(200)
}

function existing({ bucket, key }: OssBucketCall): OssObject {
  const object = bucket.objects.current(key)
  if (object) return object
  throw new AliyunError(404, 'NoSuchKey', 'The specified key does not exist.', { ec: '0026-00000001', details: [['Key', key]] })
}
