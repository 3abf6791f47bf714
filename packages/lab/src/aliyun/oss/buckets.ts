import { expandOssCall } from '@sluice/core'
import { emptyAnswer, xmlAnswer, type Answer } from '../../http/answer.ts'
import { childText, readXml, type XmlNode } from '../../http/xml.ts'
import { judgeRam, type RamAsk } from '../authorize.ts'
import { AliyunError } from '../error.ts'
import { createOssBucket } from '../state/buckets.ts'
import { STORAGE_CLASSES, type OssBucket } from '../state/types.ts'
import { requestedBucketAcl } from './acl.ts'
import { malformedOssXml, receiveOssText } from './body.ts'
import { demandOss, denialOf, type OssBucketCall, type OssServiceCall } from './context.ts'
import { kmsKeyId } from './encryption.ts'
import { ossOwnerNode } from './list.ts'

export async function listBuckets(call: OssServiceCall): Promise<Answer> {
  const accountId = demandOwn(call, { operation: 'ListBuckets', region: call.target.region })
  const own = [...call.state.buckets.values()]
    .filter((bucket) => bucket.accountId === accountId)
    .sort((left, right) => (left.name < right.name ? -1 : 1))
  return xmlAnswer([
    'ListAllMyBucketsResult',
    [
      ossOwnerNode(accountId),
      ['Buckets', own.map((bucket): XmlNode => ['Bucket', [['Name', bucket.name], ['Region', bucket.region], ...placeNodes(bucket)]])],
    ],
  ])
}

function placeNodes({ createdAt, region, storageClass }: OssBucket): readonly XmlNode[] {
  return [
    ['CreationDate', new Date(createdAt).toISOString()],
    ['ExtranetEndpoint', `oss-${region}.aliyuncs.com`],
    ['IntranetEndpoint', `oss-${region}-internal.aliyuncs.com`],
    ['Location', `oss-${region}`],
    ['StorageClass', storageClass],
  ]
}

/** Throws unless the caller may do this in his own account; gives the account. */
function demandOwn({ caller }: OssServiceCall, call: Omit<Parameters<typeof expandOssCall>[0], 'owner'>): string {
  const { accountId } = caller
  for (const need of expandOssCall({ ...call, owner: accountId ?? '' })) {
    const ask: RamAsk = { action: need.action, resource: need.resource, resourceAccount: accountId ?? '', rule: 'none' }
    const decision = judgeRam(caller, ask)
    if (!decision.allowed) throw denialOf(caller, ask, decision, false)
  }
  return accountId ?? ''
}

export async function putBucket(call: OssServiceCall): Promise<Answer> {
  const { state, target, request } = call
  const name = target.bucket ?? ''
  const { region } = target
  const text = await receiveOssText(call)
  const accountId = demandOwn(call, { operation: 'PutBucket', bucket: name, region })
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name))
    throw new AliyunError(400, 'InvalidBucketName', 'The specified bucket is not valid.', { details: [['BucketName', name]] })
  const existing = state.buckets.get(name)
  if (existing && existing.accountId !== accountId)
    throw new AliyunError(
      409,
      'BucketAlreadyExists',
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
      { ec: '0015-00000104', details: [['BucketName', name]] },
    )
  const acl = requestedBucketAcl(request.headers.get('x-oss-acl') ?? 'private')
  // A bucket of one's own may be made again: that changes nothing but its ACL.
  const bucket = existing ?? createOssBucket(state, { name, accountId, region, storageClass: requestedClass(text) })
  bucket.acl = acl
  return emptyAnswer(200, { location: `/${name}` })
}

function requestedClass(text: string): OssBucket['storageClass'] {
  if (text.trim() === '') return 'Standard'
  const root = readXml(text)
  if (root?.name !== 'CreateBucketConfiguration') throw malformedOssXml()
  const asked = childText(root, 'StorageClass') ?? 'Standard'
  const storageClass = STORAGE_CLASSES.find((known) => known === asked)
  if (!storageClass) throw malformedOssXml()
  return storageClass
}

export async function deleteBucket(call: OssBucketCall): Promise<Answer> {
  const { bucket, state } = call
  demandOss(call, { operation: 'DeleteBucket' })
  if (bucket.objects.size > 0)
    throw new AliyunError(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty.', {
      ec: '0015-00000301',
      details: [['BucketName', bucket.name]],
    })
  state.buckets.delete(bucket.name)
  return emptyAnswer(204)
}

export async function getBucketInfo(call: OssBucketCall): Promise<Answer> {
  const { bucket } = call
  demandOss(call, { operation: 'GetBucketInfo' })
  return xmlAnswer([
    'BucketInfo',
    [
      [
        'Bucket',
        [
          ['Name', bucket.name],
          ...placeNodes(bucket),
          ossOwnerNode(bucket.accountId),
          ['AccessControlList', [['Grant', bucket.acl]]],
          ['BlockPublicAccess', String(bucket.blockPublicAccess)],
          ...(bucket.versioning === 'off' ? [] : [['Versioning', bucket.versioning] as const]),
          ['ServerSideEncryptionRule', encryptionNodes(bucket)],
        ],
      ],
    ],
  ])
}

function encryptionNodes({ encryption }: OssBucket): readonly XmlNode[] {
  return [
    ['SSEAlgorithm', encryption?.algorithm ?? 'None'],
    ...(encryption?.kmsKey === undefined ? [] : [['KMSMasterKeyID', kmsKeyId(encryption.kmsKey)] as const]),
  ]
}

export async function getBucketLocation(call: OssBucketCall): Promise<Answer> {
  demandOss(call, { operation: 'GetBucketLocation' })
  return xmlAnswer(['LocationConstraint', `oss-${call.bucket.region}`])
}
