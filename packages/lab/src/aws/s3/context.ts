import { expandS3Call, type RequestContext, type S3Call, type S3Need, type S3Operation } from '@sluice/core'
import { queryValue, type LabRequest } from '../../http/request.ts'
import { bucketArn, partitionOf } from '../arn.ts'
import type { Verified } from '../auth/verify.ts'
import { judge, type Ask } from '../authorize.ts'
import type { Call } from '../call.ts'
import type { Caller } from '../caller.ts'
import { AwsError } from '../error.ts'
import { isOneOrganization } from '../state/organizations.ts'
import { prepared } from '../state/policies.ts'
import { presentPolicy } from '../state/principals.ts'
import type { AccessPoint, Bucket, KmsKey } from '../state/types.ts'

/** An S3 request whose signature has been checked. */
export interface SignedCall extends Call {
  readonly caller: Caller
  readonly verified: Verified | undefined
}

/** One that is about an existing bucket. */
export interface BucketCall extends SignedCall {
  readonly bucket: Bucket
  /** The one it came through. */
  readonly accessPoint?: AccessPoint
  /** '' for operations on the bucket. */
  readonly key: string
}

/** What a call asks for beyond its bucket and key. */
export type Wants = { readonly operation: S3Operation } & Partial<Omit<S3Call, 'bucket' | 'partition' | 'region' | 'operation'>>

/** S3's plain denial: all that a caller from another account is told. */
export function accessDenied(): AwsError {
  return new AwsError(403, 'AccessDenied', 'Access Denied')
}

/** Throws S3's AccessDenied unless the caller may do all this to the bucket; it says why only within the bucket's account and its organization. */
export function demandS3(call: BucketCall, wants: Wants): void {
  for (const need of needsOf(call, wants, 's3')) demandNeed(call, need)
}

/** The same for a permission on the bucket or the object that no API call of the evaluator's table stands for. */
export function demandAction(call: BucketCall, action: string): void {
  demandNeed(call, needOf(call, action))
}

function demandNeed(call: BucketCall, need: S3Need): void {
  for (const ask of asksOf(call, need)) {
    const { decision, message } = judge(call.caller, ask)
    if (!decision.allowed)
      throw new AwsError(403, 'AccessDenied', message(isOneOrganization(call.state, call.caller.accountId, ask.resourceAccount)))
  }
}

function needOf({ bucket, key }: BucketCall, action: string): S3Need {
  const arn = bucketArn(bucket)
  return { action, resource: key === '' ? arn : `${arn}/${key}`, service: 's3', context: {} }
}

/** Whether the caller may; without a word. */
export function mayS3(call: BucketCall, wants: Wants): boolean {
  return needsOf(call, wants, 's3').every((need) => mayNeed(call, need))
}

/** The same of a permission by its name. */
export function mayAction(call: BucketCall, action: string): boolean {
  return mayNeed(call, needOf(call, action))
}

function mayNeed(call: BucketCall, need: S3Need): boolean {
  return asksOf(call, need).every((ask) => judge(call.caller, ask).decision.allowed)
}

/** The permissions of one kind that an API call comes to. */
export function needsOf(call: BucketCall, wants: Wants, service: S3Need['service']): readonly S3Need[] {
  const { bucket, key } = call
  const needs = expandS3Call({ key, ...wants, bucket: bucket.name, partition: partitionOf(bucket.region), region: bucket.region })
  // What a copy needs at its source is asked of the source's bucket, by itself.
  const own = wants.source ? needs.filter((need) => !need.action.startsWith('s3:GetObject') && need.action !== 'kms:Decrypt') : needs
  return own.filter((need) => need.service === service)
}

/** Through an access point both ask: its own policy first, then the bucket's, which learns by which point one comes. */
function asksOf(call: BucketCall, need: S3Need): readonly Ask[] {
  const { accessPoint: point, state } = call
  const ask = bucketAsk(call, need)
  if (point === undefined) return [ask]
  const through = {
    's3:DataAccessPointArn': point.arn,
    's3:DataAccessPointAccount': point.accountId,
    's3:AccessPointNetworkOrigin': 'Internet',
  }
  const [, key] = need.resource.split(/\/(.*)/s)
  const { resourcePolicy: _, ...rest } = ask
  const context = { ...ask.context, ...through }
  return [
    {
      ...rest,
      context,
      resource: key === undefined ? point.arn : `${point.arn}/object/${key}`,
      resourceAccount: point.accountId,
      ...(point.policy
        ? { resourcePolicy: prepared(state, `policy of access point ${point.name}`, presentPolicy(state, point.policy)) }
        : {}),
    },
    { ...ask, context },
  ]
}

function bucketAsk({ state, bucket, request, verified }: BucketCall, need: S3Need): Ask {
  const { policy, publicAccessBlock } = bucket
  const endpoint = state.network?.endpoint
  return {
    action: need.action,
    resource: need.resource,
    resourceAccount: bucket.accountId,
    ...(policy ? { resourcePolicy: prepared(state, `bucket policy of ${bucket.name}`, presentPolicy(state, policy)) } : {}),
    ...(endpoint === undefined ? {} : { vpcEndpoint: prepared(state, `policy of ${endpoint.id}`, endpoint.policy) }),
    restrictPublicBuckets: publicAccessBlock.restrictPublicBuckets,
    context: { ...signatureContext(request, verified), ...need.context },
  }
}

/** The question whether a caller may use a KMS key. */
export function keyAsk({ state }: Call, key: KmsKey, need: { readonly action: string; readonly context: RequestContext }): Ask {
  return {
    action: need.action,
    resource: key.arn,
    resourceAccount: key.accountId,
    resourcePolicy: prepared(state, `key policy of ${key.arn}`, presentPolicy(state, key.policy)),
    resourceRule: 'kms-key',
    context: need.context,
  }
}

function signatureContext(request: LabRequest, verified: Verified | undefined): RequestContext {
  if (!verified) return {}
  const hash = request.headers.get('x-amz-content-sha256') ?? queryValue(request, 'X-Amz-Content-Sha256')
  return {
    's3:authType': verified.signature.expiresSeconds === undefined ? 'REST-HEADER' : 'REST-QUERY-STRING',
    's3:signatureversion': 'AWS4-HMAC-SHA256',
    ...(hash === undefined ? {} : { 's3:x-amz-content-sha256': hash }),
  }
}
