import { emptyAnswer, xmlAnswer, type Answer } from '../../http/answer.ts'
import { childText, type XmlElement, type XmlNode } from '../../http/xml.ts'
import { AwsError } from '../error.ts'
import { OWNERSHIPS, type Encryption } from '../state/types.ts'
import { demandAction, demandS3, type BucketCall } from './context.ts'
import { keyArnOf } from './encryption.ts'
import { ownerNode, ownerOf } from './list.ts'
import { readableObject } from './read.ts'
import { malformedXml, receiveXml, S3_NAMESPACE } from './xml.ts'

const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((found) => found.name === name)

const BLOCKS = [
  ['BlockPublicAcls', 'blockPublicAcls'],
  ['IgnorePublicAcls', 'ignorePublicAcls'],
  ['BlockPublicPolicy', 'blockPublicPolicy'],
  ['RestrictPublicBuckets', 'restrictPublicBuckets'],
] as const

export async function getPublicAccessBlock(call: BucketCall): Promise<Answer> {
  demandS3(call, { operation: 'GetPublicAccessBlock' })
  const { publicAccessBlock } = call.bucket
  return xmlAnswer([
    `PublicAccessBlockConfiguration ${S3_NAMESPACE}`,
    BLOCKS.map(([name, field]) => [name, String(publicAccessBlock[field])]),
  ])
}

export async function putPublicAccessBlock(call: BucketCall): Promise<Answer> {
  const root = await receiveXml(call, 'PublicAccessBlockConfiguration')
  demandS3(call, { operation: 'PutPublicAccessBlock' })
  const is = (name: string): boolean => childText(root, name)?.toLowerCase() === 'true'
  call.bucket.publicAccessBlock = {
    blockPublicAcls: is('BlockPublicAcls'),
    ignorePublicAcls: is('IgnorePublicAcls'),
    blockPublicPolicy: is('BlockPublicPolicy'),
    restrictPublicBuckets: is('RestrictPublicBuckets'),
  }
  return emptyAnswer(200)
}

export async function getBucketOwnershipControls(call: BucketCall): Promise<Answer> {
  demandS3(call, { operation: 'GetBucketOwnershipControls' })
  return xmlAnswer([`OwnershipControls ${S3_NAMESPACE}`, [['Rule', [['ObjectOwnership', call.bucket.ownership]]]]])
}

export async function putBucketOwnershipControls(call: BucketCall): Promise<Answer> {
  const root = await receiveXml(call, 'OwnershipControls')
  demandS3(call, { operation: 'PutBucketOwnershipControls' })
  const asked = childText(child(root, 'Rule'), 'ObjectOwnership')
  const ownership = OWNERSHIPS.find((known) => known === asked)
  if (!ownership) throw malformedXml()
  call.bucket.ownership = ownership
  return emptyAnswer(200)
}

export async function getBucketEncryption(call: BucketCall): Promise<Answer> {
  demandS3(call, { operation: 'GetBucketEncryption' })
  const { algorithm, kmsKeyArn, bucketKey = false } = call.bucket.encryption
  return xmlAnswer([
    `ServerSideEncryptionConfiguration ${S3_NAMESPACE}`,
    [
      [
        'Rule',
        [
          [
            'ApplyServerSideEncryptionByDefault',
            [['SSEAlgorithm', algorithm], ...(kmsKeyArn === undefined ? [] : [['KMSMasterKeyID', kmsKeyArn] as const])],
          ],
          ['BucketKeyEnabled', String(bucketKey)],
        ],
      ],
    ],
  ])
}

export async function putBucketEncryption(call: BucketCall): Promise<Answer> {
  const root = await receiveXml(call, 'ServerSideEncryptionConfiguration')
  demandS3(call, { operation: 'PutBucketEncryption' })
  const rule = child(root, 'Rule')
  const byDefault = child(rule, 'ApplyServerSideEncryptionByDefault')
  const algorithm = (['AES256', 'aws:kms', 'aws:kms:dsse'] as const).find((known) => known === childText(byDefault, 'SSEAlgorithm'))
  if (!algorithm) throw malformedXml()
  const keyId = childText(byDefault, 'KMSMasterKeyID')
  if (algorithm === 'AES256' && keyId !== undefined)
    throw new AwsError(
      400,
      'InvalidArgument',
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
    )
  const encryption: Encryption = {
    algorithm,
    ...(keyId === undefined ? {} : { kmsKeyArn: keyArnOf(call.state, call.bucket, keyId) }),
    ...(childText(rule, 'BucketKeyEnabled') === 'true' ? { bucketKey: true } : {}),
  }
  call.bucket.encryption = encryption
  return emptyAnswer(200)
}

export async function getBucketVersioning(call: BucketCall): Promise<Answer> {
  demandS3(call, { operation: 'GetBucketVersioning' })
  const { versioning } = call.bucket
  return xmlAnswer([`VersioningConfiguration ${S3_NAMESPACE}`, versioning === 'off' ? '' : [['Status', versioning]]])
}

export async function putBucketVersioning(call: BucketCall): Promise<Answer> {
  const root = await receiveXml(call, 'VersioningConfiguration')
  demandS3(call, { operation: 'PutBucketVersioning' })
  const status = childText(root, 'Status')
  if (status !== 'Enabled' && status !== 'Suspended') throw malformedXml()
  call.bucket.versioning = status
  return emptyAnswer(200)
}

export async function getBucketRequestPayment(call: BucketCall): Promise<Answer> {
  demandS3(call, { operation: 'GetBucketRequestPayment' })
  return xmlAnswer([`RequestPaymentConfiguration ${S3_NAMESPACE}`, [['Payer', call.bucket.requesterPays ? 'Requester' : 'BucketOwner']]])
}

export async function putBucketRequestPayment(call: BucketCall): Promise<Answer> {
  const root = await receiveXml(call, 'RequestPaymentConfiguration')
  demandAction(call, 's3:PutBucketRequestPayment')
  const payer = childText(root, 'Payer')
  if (payer !== 'Requester' && payer !== 'BucketOwner') throw malformedXml()
  call.bucket.requesterPays = payer === 'Requester'
  return emptyAnswer(200)
}

export async function getBucketTagging(call: BucketCall): Promise<Answer> {
  demandS3(call, { operation: 'GetBucketTagging' })
  const tags = Object.entries(call.bucket.tags)
  if (tags.length === 0)
    throw new AwsError(404, 'NoSuchTagSet', 'The TagSet does not exist', { details: [['BucketName', call.bucket.name]] })
  return xmlAnswer([
    `Tagging ${S3_NAMESPACE}`,
    [
      [
        'TagSet',
        tags.map(([key, value]): XmlNode => [
          'Tag',
          [
            ['Key', key],
            ['Value', value],
          ],
        ]),
      ],
    ],
  ])
}

/** Objects of the lab have no tags; the AWS CLI asks for them before it copies in parts. */
export async function getObjectTagging(call: BucketCall): Promise<Answer> {
  readableObject(call, 'GetObjectTagging')
  return xmlAnswer([`Tagging ${S3_NAMESPACE}`, [['TagSet', []]]])
}

export async function getBucketAcl(call: BucketCall): Promise<Answer> {
  demandS3(call, { operation: 'GetBucketAcl' })
  return aclAnswer(call, call.bucket.accountId, [grant(call, call.bucket.accountId, 'FULL_CONTROL')])
}

export async function getObjectAcl(call: BucketCall): Promise<Answer> {
  const object = readableObject(call, 'GetObjectAcl')
  const owner = ownerOf(call.bucket, object)
  const grants = [grant(call, owner, 'FULL_CONTROL')]
  if (owner !== call.bucket.accountId && object.acl.startsWith('bucket-owner'))
    grants.push(grant(call, call.bucket.accountId, object.acl === 'bucket-owner-read' ? 'READ' : 'FULL_CONTROL'))
  if (object.acl.startsWith('public-read')) grants.push(groupGrant('AllUsers', 'READ'))
  if (object.acl === 'public-read-write') grants.push(groupGrant('AllUsers', 'WRITE'))
  if (object.acl === 'authenticated-read') grants.push(groupGrant('AuthenticatedUsers', 'READ'))
  return aclAnswer(call, owner, grants)
}

const SCHEMA = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

function aclAnswer({ state }: BucketCall, owner: string, grants: readonly XmlNode[]): Answer {
  return xmlAnswer([`AccessControlPolicy ${S3_NAMESPACE}`, [ownerNode(state, owner), ['AccessControlList', grants]]])
}

function grant({ state }: BucketCall, accountId: string, permission: string): XmlNode {
  const [, who] = ownerNode(state, accountId)
  return [
    'Grant',
    [
      [`Grantee ${SCHEMA} xsi:type="CanonicalUser"`, who],
      ['Permission', permission],
    ],
  ]
}

function groupGrant(group: 'AllUsers' | 'AuthenticatedUsers', permission: string): XmlNode {
  return [
    'Grant',
    [
      [`Grantee ${SCHEMA} xsi:type="Group"`, [['URI', `http://acs.amazonaws.com/groups/global/${group}`]]],
      ['Permission', permission],
    ],
  ]
}
