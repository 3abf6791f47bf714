import { expandS3Call } from '@sluice/core'
import { emptyAnswer, xmlAnswer, type Answer } from '../../http/answer.ts'
import { childText, readXml } from '../../http/xml.ts'
import { partitionOf } from '../arn.ts'
import { judge } from '../authorize.ts'
import { AwsError } from '../error.ts'
import { OWNERSHIPS, type Ownership } from '../state/types.ts'
import { createBucket as makeBucket, lockBucket } from '../state/buckets.ts'
import { accessDenied, demandS3, type BucketCall, type SignedCall } from './context.ts'
import { ownerNode } from './list.ts'
import type { S3Target } from './route.ts'
import { malformedXml, receiveText, S3_NAMESPACE } from './xml.ts'

export interface ServiceCall extends SignedCall {
  readonly target: S3Target
}

export async function listBuckets(call: ServiceCall): Promise<Answer> {
  const { caller, state } = call
  const { accountId } = caller
  if (accountId === undefined) throw accessDenied()
  demandOwn(call, accountId, { operation: 'ListBuckets' })
  const own = [...state.buckets.values()]
    .filter((bucket) => bucket.accountId === accountId)
    .sort((left, right) => (left.name < right.name ? -1 : 1))
  return xmlAnswer([
    `ListAllMyBucketsResult ${S3_NAMESPACE}`,
    [
      [
        'Buckets',
        own.map((bucket) => [
          'Bucket',
          [
            ['Name', bucket.name],
            ['CreationDate', new Date(bucket.createdAt).toISOString()],
            ['BucketRegion', bucket.region],
          ],
        ]),
      ],
      ownerNode(state, accountId),
    ],
  ])
}

export async function createBucket(call: ServiceCall): Promise<Answer> {
  const { caller, state, target, verified } = call
  const { accountId } = caller
  const name = target.bucket ?? ''
  if (accountId === undefined || !verified) throw accessDenied()
  const text = await receiveText(call)
  const region = bucketRegion(text, target.endpointRegion ?? verified.signature.scope.region, target)
  demandOwn(call, accountId, { operation: 'CreateBucket', bucket: name, partition: partitionOf(region), region })
  checkBucketName(name)
  const ownership = requestedOwnership(call)
  const existing = state.buckets.get(name)
  if (existing?.accountId === accountId)
    throw new AwsError(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      {
        details: [['BucketName', name]],
      },
    )
  if (existing)
    throw new AwsError(
      409,
      'BucketAlreadyExists',
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
      { details: [['BucketName', name]] },
    )
  const bucket = makeBucket(state, { name, accountId, region })
  bucket.ownership = ownership
  if (call.request.headers.get('x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true') lockBucket(bucket, {})
  return emptyAnswer(200, { location: target.pathStyle ? `/${name}` : `http://${name}.s3.amazonaws.com/` })
}

// Without a constraint a bucket lies in us-east-1; an endpoint of another region insists on its own name.
function bucketRegion(text: string, endpoint: string, target: S3Target): string {
  const root = text.trim() === '' ? undefined : readXml(text)
  if (text.trim() !== '' && root?.name !== 'CreateBucketConfiguration') throw malformedXml()
  const constraint = childText(root, 'LocationConstraint') || 'us-east-1'
  const global = target.endpointRegion === undefined && !target.pathStyle
  if (!global && endpoint !== 'us-east-1' && constraint !== endpoint)
    throw new AwsError(
      400,
      'IllegalLocationConstraintException',
      `The ${root ? constraint : 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    )
  return constraint === 'EU' ? 'eu-west-1' : constraint
}

function requestedOwnership({ request: { headers } }: ServiceCall): Ownership {
  const asked = headers.get('x-amz-object-ownership') ?? 'BucketOwnerEnforced'
  const ownership = OWNERSHIPS.find((known) => known === asked)
  if (!ownership)
    throw new AwsError(400, 'InvalidArgument', 'Invalid x-amz-object-ownership header', {
      details: [
        ['ArgumentName', 'x-amz-object-ownership'],
        ['ArgumentValue', asked],
      ],
    })
  const acl = headers.get('x-amz-acl') ?? 'private'
  if (acl === 'private') return ownership
  throw ownership === 'BucketOwnerEnforced'
    ? new AwsError(
        400,
        'InvalidBucketAclWithObjectOwnership',
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
      )
    : new AwsError(501, 'NotImplemented', 'The lab does not implement the ACL of a bucket.')
}

function checkBucketName(name: string): void {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..') || /^\d+\.\d+\.\d+\.\d+$/.test(name))
    throw new AwsError(400, 'InvalidBucketName', 'The specified bucket is not valid.', { details: [['BucketName', name]] })
}

function demandOwn({ caller }: ServiceCall, accountId: string, call: Parameters<typeof expandS3Call>[0]): void {
  for (const need of expandS3Call(call)) {
    const { decision, message } = judge(caller, { ...need, resourceAccount: accountId })
    if (!decision.allowed) throw new AwsError(403, 'AccessDenied', message(true))
  }
}

export async function headBucket(call: BucketCall): Promise<Answer> {
  demandS3(call, { operation: 'HeadBucket' })
  return emptyAnswer(200, { 'x-amz-access-point-alias': String(call.accessPoint !== undefined) })
}

export async function deleteBucket(call: BucketCall): Promise<Answer> {
  const { bucket, state } = call
  demandS3(call, { operation: 'DeleteBucket' })
  if (bucket.objects.size > 0)
    throw new AwsError(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', { details: [['BucketName', bucket.name]] })
  state.buckets.delete(bucket.name)
  return emptyAnswer(204)
}

export async function getBucketLocation(call: BucketCall): Promise<Answer> {
  demandS3(call, { operation: 'GetBucketLocation' })
  return xmlAnswer([`LocationConstraint ${S3_NAMESPACE}`, call.bucket.region === 'us-east-1' ? '' : call.bucket.region])
}
