import { emptyAnswer, xmlAnswer, type Answer } from '../../http/answer.ts'
import { childText } from '../../http/xml.ts'
import { AliyunError } from '../error.ts'
import { requestedBucketAcl } from './acl.ts'
import { malformedOssXml, receiveOssText, receiveOssXml } from './body.ts'
import { demandOss, type OssBucketCall } from './context.ts'
import { kmsKeyId, readEncryption } from './encryption.ts'
import { ossOwnerNode } from './list.ts'
import { isPublicPolicy } from './public.ts'
import { readRamPolicy } from '../state/policies.ts'

export async function getBucketPolicy(call: OssBucketCall): Promise<Answer> {
  demandOss(call, { operation: 'GetBucketPolicy' })
  const { policy, name } = call.bucket
  if (!policy)
    throw new AliyunError(404, 'NoSuchBucketPolicy', 'The bucket policy does not exist.', {
      ec: '0015-00000610',
      details: [['BucketName', name]],
    })
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(policy)) }
}

export async function putBucketPolicy(call: OssBucketCall): Promise<Answer> {
  const { bucket } = call
  const text = await receiveOssText(call)
  demandOss(call, { operation: 'PutBucketPolicy' })
  const document = readRamPolicy(
    text,
    'bucket',
    (message) => new AliyunError(400, 'InvalidPolicyDocument', `The policy document is invalid: ${message}`),
  )
  if (bucket.blockPublicAccess && isPublicPolicy(document))
    throw new AliyunError(403, 'AccessDenied', 'Put public bucket policy is not allowed.', { ec: '0003-00000802' })
  bucket.policy = document
  return emptyAnswer(200)
}

export async function deleteBucketPolicy(call: OssBucketCall): Promise<Answer> {
  demandOss(call, { operation: 'DeleteBucketPolicy' })
  call.bucket.policy = undefined
  return emptyAnswer(204)
}

export async function getBucketPolicyStatus(call: OssBucketCall): Promise<Answer> {
  demandOss(call, { operation: 'GetBucketPolicyStatus' })
  const { policy } = call.bucket
  return xmlAnswer(['PolicyStatus', [['IsPublic', String(policy !== undefined && isPublicPolicy(policy))]]])
}

export async function getBucketAcl(call: OssBucketCall): Promise<Answer> {
  demandOss(call, { operation: 'GetBucketAcl' })
  return xmlAnswer(['AccessControlPolicy', [ossOwnerNode(call.bucket.accountId), ['AccessControlList', [['Grant', call.bucket.acl]]]]])
}

export async function putBucketAcl(call: OssBucketCall): Promise<Answer> {
  demandOss(call, { operation: 'PutBucketAcl' })
  const acl = requestedBucketAcl(call.request.headers.get('x-oss-acl') ?? '')
  if (acl !== 'private' && call.bucket.blockPublicAccess)
    throw new AliyunError(403, 'AccessDenied', 'Put public bucket acl is not allowed.', { ec: '0003-00000801' })
  call.bucket.acl = acl
  return emptyAnswer(200)
}

export async function getBucketPublicAccessBlock(call: OssBucketCall): Promise<Answer> {
  demandOss(call, { operation: 'GetBucketPublicAccessBlock' })
  return xmlAnswer(['PublicAccessBlockConfiguration', [['BlockPublicAccess', String(call.bucket.blockPublicAccess)]]])
}

export async function putBucketPublicAccessBlock(call: OssBucketCall): Promise<Answer> {
  const root = await receiveOssXml(call, 'PublicAccessBlockConfiguration')
  demandOss(call, { operation: 'PutBucketPublicAccessBlock' })
  call.bucket.blockPublicAccess = childText(root, 'BlockPublicAccess')?.toLowerCase() === 'true'
  return emptyAnswer(200)
}

export async function deleteBucketPublicAccessBlock(call: OssBucketCall): Promise<Answer> {
  demandOss(call, { operation: 'DeleteBucketPublicAccessBlock' })
  call.bucket.blockPublicAccess = false
  return emptyAnswer(204)
}

export async function getBucketVersioning(call: OssBucketCall): Promise<Answer> {
  demandOss(call, { operation: 'GetBucketVersioning' })
  const { versioning } = call.bucket
  return xmlAnswer(['VersioningConfiguration', versioning === 'off' ? '' : [['Status', versioning]]])
}

export async function putBucketVersioning(call: OssBucketCall): Promise<Answer> {
  const root = await receiveOssXml(call, 'VersioningConfiguration')
  demandOss(call, { operation: 'PutBucketVersioning' })
  const status = childText(root, 'Status')
  if (status !== 'Enabled' && status !== 'Suspended') throw malformedOssXml()
  call.bucket.versioning = status
  return emptyAnswer(200)
}

export async function getBucketEncryption(call: OssBucketCall): Promise<Answer> {
  demandOss(call, { operation: 'GetBucketEncryption' })
  const { encryption, name } = call.bucket
  if (!encryption)
    throw new AliyunError(404, 'NoSuchServerSideEncryptionRule', 'The server side encryption configuration was not found.', {
      details: [['BucketName', name]],
    })
  return xmlAnswer([
    'ServerSideEncryptionRule',
    [
      [
        'ApplyServerSideEncryptionByDefault',
        [
          ['SSEAlgorithm', encryption.algorithm],
          ...(encryption.kmsKey === undefined ? [] : [['KMSMasterKeyID', kmsKeyId(encryption.kmsKey)] as const]),
        ],
      ],
    ],
  ])
}

export async function putBucketEncryption(call: OssBucketCall): Promise<Answer> {
  const root = await receiveOssXml(call, 'ServerSideEncryptionRule')
  demandOss(call, { operation: 'PutBucketEncryption' })
  const byDefault = root.children.find((child) => child.name === 'ApplyServerSideEncryptionByDefault')
  call.bucket.encryption = readEncryption(call.bucket, childText(byDefault, 'SSEAlgorithm') ?? '', childText(byDefault, 'KMSMasterKeyID'))
  return emptyAnswer(200)
}

export async function deleteBucketEncryption(call: OssBucketCall): Promise<Answer> {
  demandOss(call, { operation: 'DeleteBucketEncryption' })
  call.bucket.encryption = undefined
  return emptyAnswer(204)
}
