import { expandOssCall, type NamedPolicy, type OssCall, type OssNeed, type OssOperation } from '@sluice/core'
import { deniedDetail, judgeRam, type RamAsk } from '../authorize.ts'
import type { AliyunCaller } from '../caller.ts'
import type { CloudCall } from '../../http/cloud.ts'
import { AliyunError } from '../error.ts'
import { preparedRam } from '../state/policies.ts'
import type { AliyunState, OssBucket } from '../state/types.ts'
import { aclAllows } from './acl.ts'
import { demandNetwork } from './network.ts'
import { policyInForce } from './public.ts'
import type { OssTarget } from './target.ts'

/** An OSS request whose signature has been checked. */
export interface OssServiceCall extends CloudCall {
  readonly state: AliyunState
  readonly caller: AliyunCaller
  readonly target: OssTarget
}

/** One that is about an existing bucket. */
export interface OssBucketCall extends OssServiceCall {
  readonly bucket: OssBucket
  /** '' for operations on the bucket. */
  readonly key: string
}

/** What a call asks for beyond its bucket and key. */
export type OssWants = { readonly operation: OssOperation } & Partial<Omit<OssCall, 'bucket' | 'owner' | 'region' | 'operation'>>

/** Throws OSS's AccessDenied unless the caller may do all this to the bucket. */
export function demandOss(call: OssBucketCall, wants: OssWants): void {
  for (const need of needsOf(call, wants)) {
    if (need.service === 'kms') demandKms(call, need)
    else demandAsk(call, bucketAsk(call, need), wants.operation)
  }
}

function needsOf({ bucket, key }: OssBucketCall, wants: OssWants): readonly OssNeed[] {
  return expandOssCall({ key, ...wants, bucket: bucket.name, owner: bucket.accountId, region: bucket.region })
}

function bucketAsk({ state, bucket }: OssBucketCall, need: OssNeed): RamAsk {
  const policy = policyInForce(bucket)
  const named: NamedPolicy | undefined = policy && preparedRam(state, `bucket policy of ${bucket.name}`, policy, 'bucket')
  return {
    action: need.action,
    resource: need.resource,
    resourceAccount: bucket.accountId,
    rule: 'bucket',
    context: need.context,
    ...(named ? { resourcePolicy: named } : {}),
  }
}

function demandAsk(call: OssBucketCall, ask: RamAsk, operation: OssOperation): void {
  demandNetwork(call, ask)
  const decision = judgeRam(call.caller, ask)
  if (decision.allowed) return
  // Where no policy has a say, the ACLs have the last word; a session policy has had its say.
  if (decision.effect === 'implicit-deny' && decision.layer !== 'session' && decision.layer !== 'scp' && aclAllows(call, operation)) return
  throw denialOf(call.caller, ask, decision, call.key !== '')
}

/** The words and numbers of OSS for a denial. https://help.aliyun.com/en/oss/user-guide/0003-error-codes */
export function denialOf(caller: AliyunCaller, ask: RamAsk, decision: ReturnType<typeof judgeRam>, isObject: boolean): AliyunError {
  const denied = deniedDetail(caller, ask, decision)
  const more = denied ? { denied } : {}
  if (caller.accountId === undefined)
    return new AliyunError(403, 'AccessDenied', isObject ? NO_RIGHT : 'Anonymous access is forbidden for this operation.', {
      ec: '0003-00000001',
    })
  if (decision.layer === 'session')
    return new AliyunError(403, 'AccessDenied', "Access denied by authorizer's policy.", { ec: '0003-00000301', ...more })
  if (decision.layer === 'scp' && decision.effect === 'explicit-deny')
    return new AliyunError(403, 'AccessDenied', 'Access denied by bucket policy.', more)
  if (decision.effect === 'explicit-deny')
    return new AliyunError(403, 'AccessDenied', 'Access denied by bucket policy.', {
      ec: DENY_NUMBERS[denyingLayers(caller, ask)],
      ...more,
    })
  return new AliyunError(403, 'AccessDenied', isObject ? NO_RIGHT : 'The bucket you access does not belong to you.', {
    ec: '0003-00000001',
    ...more,
  })
}

/** Whose explicit denies stand against a request: the text is the same for all of them, the number is not. */
const DENY_NUMBERS = { identity: '0003-00000201', resource: '0003-00000101', both: '0003-00000203' }

function denyingLayers(caller: AliyunCaller, ask: RamAsk): keyof typeof DENY_NUMBERS {
  const { explanation = [] } = judgeRam(caller, ask, { explain: true })
  const denies = (layer: string): boolean => explanation.some((one) => one.layer === layer && one.effect === 'Deny' && one.matches)
  if (!denies('resource')) return 'identity'
  return denies('identity') ? 'both' : 'resource'
}

const NO_RIGHT = 'You have no right to access this object because of bucket acl.'

/** OSS asks KMS on the caller's behalf, and says of whatever KMS answers no more than this. */
function demandKms({ state, caller }: OssBucketCall, need: OssNeed): void {
  const key = state.keys.get(need.resource)
  const ask: RamAsk = { action: need.action, resource: need.resource, resourceAccount: key?.accountId ?? '', rule: 'none' }
  const decision = judgeRam(caller, ask)
  if (decision.allowed && key?.state === 'Enabled') return
  const denied = decision.allowed ? undefined : deniedDetail(caller, ask, decision)
  throw new AliyunError(403, 'AccessDenied', 'This request is forbidden by kms.', denied ? { denied } : {})
}
