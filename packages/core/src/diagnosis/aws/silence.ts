import type { Explanation, Said } from '../cause.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { said } from '../said.ts'
import { crossAccount } from './bucket-owner.ts'
import { identityCandidates } from './identity-candidates.ts'
import { keyOfObject } from './key.ts'
import { hasNoBoundary } from './no-boundary.ts'
import { foreignOwner } from './object-owner.ts'
import { operationName } from './operations.ts'
import { possible } from '../evidence.ts'
import { isForData, isForKey, isServed, isUntold, laterSuccess, mannerOf, succeeded, valuesOfFailure, type Manner } from './refusal.ts'
import { isSameObject, sameTarget, targetOf } from './subject.ts'
import { readTarget } from './target.ts'

/** What can stand behind a refusal that gives no reason: how likely it is beside the others, and why it is possible. */
type Suspects = ReadonlyMap<string, { readonly likelihood: number; readonly evidence: Said }>

const SUSPECTS: Slot<Suspects> = { name: 'suspects' }

/** How a cause stands to a refusal that gives no reason, of which the documents say nothing. */
export function suspected(code: string, failure: Failure, facts: Facts): Explanation | undefined {
  const found = facts.memo(SUSPECTS, failure, () => suspectsOf(failure, facts)).get(code)
  return found === undefined
    ? undefined
    : possible(found.evidence, { likelihood: found.likelihood, values: valuesOfFailure(failure, facts) })
}

/** Suspects of one kind of evidence, by how likely each is where S3 says its own two words, and where nothing is said. */
type Weighed = readonly (readonly [code: string, whenBare: number, whenSilent: number])[]

function suspectsOf(failure: Failure, given: Facts): Suspects {
  const facts = asJudged(failure, given)
  // What the documents foretell they explain.
  if (failure.observation.index < 0 || !isForData(failure) || isForKey(failure) || !isUntold(failure)) return new Map()
  const manner = mannerOf(failure)
  const weigh = (all: Weighed, evidence: Said): readonly (readonly [string, { readonly likelihood: number; readonly evidence: Said }])[] =>
    all.map(([code, whenBare, whenSilent]) => [code, { likelihood: manner === 'bare' ? whenBare : whenSilent, evidence }])
  if (laterSuccess(failure, facts) !== undefined)
    return new Map(
      weigh(
        [
          ['aws.propagation', 2, 2],
          ['aws.id.revoked_session', 1, 1],
        ],
        AGAIN,
      ),
    )
  if (isPartAlone(failure, facts))
    return new Map(
      weigh(
        [
          ['aws.kms.multipart', 2, 2],
          ['aws.kms.key_policy', 1, 1],
        ],
        PART_ALONE,
      ),
    )
  if (isBehindEndpoint(failure, facts) === 'alone')
    return new Map(
      weigh(
        [
          ['aws.vpce', 2, 2],
          ['aws.rp.deny_network', 1, 1],
        ],
        ENDPOINT,
      ),
    )
  if (headSucceeded(failure, facts))
    return new Map(
      weigh(
        [
          ['aws.kms.identity', 2, 2],
          ['aws.kms.key_policy', 1, 1],
        ],
        HEAD_WORKS,
      ),
    )
  const abroad = abroadSuspects(failure, facts, manner)
  if (isSureAbroad(failure, facts, manner) && abroad.length > 0) return new Map(weigh(abroad, ABROAD))
  return new Map([
    ...weigh(abroad, manner === 'bare' ? BARE : SILENT),
    ...weigh(objectSuspects(failure, facts, manner), LISTED),
    ...weigh(policySuspects(failure, facts), NOT_SHOWN),
    ...weigh(keySuspects(failure, facts, manner), NOT_SHOWN),
    ...weigh(wayless(failure, facts, manner), SILENT),
  ])
}

/** Of a request that nobody named, the documents that were shown exclude nothing: what it took of them is not known. */
function asJudged(failure: Failure, facts: Facts): Facts {
  const { rolePolicies: _role, bucketPolicy: _bucket, boundary: _boundary, sessionPolicy: _session, ...rest } = facts.documents
  const { scps: _scps, rcps: _rcps, vpcEndpointPolicy: _endpoint, ...documents } = rest
  return operationName(failure.observation, failure.clue) === '' ? { ...facts, documents } : facts
}

const AGAIN = said('The same request succeeded later.', '同一请求随后成功。')
const HEAD_WORKS = said(
  'HeadObject of the same object works: only its key or its content is refused.',
  '对同一对象的 HeadObject 正常:只有密钥或内容被拒绝。',
)
const PART_ALONE = said(
  'The same permission of S3 was enough to begin the upload: what a part needs beyond it is the key.',
  '开始上传所需的 S3 权限相同且已足够:分段额外需要的是密钥权限。',
)
const ENDPOINT = said('The same request works where it does not go through the VPC endpoint.', '不经过 VPC 终端节点的同一请求正常。')
const ABROAD = said(
  'S3 gives no reason, and paying for the request or naming the role’s account changes nothing.',
  'S3 没有给出原因,同意付费或指明角色账户也没有改变结果。',
)
const BARE = said('S3 gives no reason, as it does when the bucket is another account’s.', 'S3 没有给出原因,存储桶属于其他账户时正是如此。')
const SILENT = said('The answer gives no reason.', '响应没有给出原因。')
const LISTED = said('Listing works and this object is refused without a reason.', '列出正常,而该对象被拒绝且没有原因。')
const NOT_SHOWN = said('The answer gives no reason, and this policy was not shown.', '响应没有给出原因,且未提供该策略。')

/** Whether HEAD of the same object works: it needs the same permission of S3, but nothing of the object's key. */
function headSucceeded({ observation, clue }: Failure, facts: Facts): boolean {
  return (
    /^(getobject)?$/.test(operationName(observation, clue)) &&
    facts.successes.some((one) => operationName(one) === 'headobject' && isSameObject(one, observation))
  )
}

/** Whether a part is refused of an upload that could be begun. */
function isPartAlone({ observation, clue }: Failure, facts: Facts): boolean {
  return operationName(observation, clue).startsWith('uploadpart') && succeeded(facts, 'createmultipartupload', 'putobject')
}

/** Whether a request goes through an endpoint inside a VPC; `alone` where the same works on another way. */
function isBehindEndpoint(failure: Failure, facts: Facts): 'alone' | 'yes' | 'no' {
  const { observation, clue } = failure
  if (targetOf(failure, facts)?.inVpc !== true) return 'no'
  const own = operationName(observation, clue)
  const otherwise = facts.successes.some((one) => operationName(one) === own && readTarget(one.target)?.inVpc !== true)
  return otherwise ? 'alone' : 'yes'
}

function isCompatible({ subject }: Facts): boolean {
  return subject.cloud === 's3'
}

/** Another account's bucket. S3 gives its own callers a reason, which `cut` is the beginning of. */
function abroadSuspects(failure: Failure, facts: Facts, manner: Manner): Weighed {
  if (manner === 'cut' || crossAccount(facts) === 'no' || isServedLikewise(failure, facts)) return []
  const works = isServed(facts)
  // Other stores have no accounts of this kind: a bucket that is not ours is one case among others.
  if (isCompatible(facts)) return facts.documents.bucketPolicy === undefined ? [['aws.rp.absent', 2, 2]] : []
  const owner: Weighed = namesOwner(failure, facts) ? [['aws.bucket_foreign', 8.5, 3.5]] : []
  const policy: Weighed = facts.documents.bucketPolicy === undefined ? [['aws.rp.absent', works ? 3 : 9, works ? 1 : 4]] : []
  const block: Weighed =
    policy.length === 0 || works || facts.documents.publicAccessBlock?.['RestrictPublicBuckets'] === false ? [] : [['aws.bpa', 8, 3]]
  const pays: Weighed = hasOfferedToPay(failure, facts) ? [] : [['aws.requester_pays', 7, 2]]
  return [...owner, ...policy, ...block, ...pays]
}

/** Whether the request, or the same as it was first made, said who must own the bucket: somebody else's refuses with and without. */
function namesOwner({ observation, clue }: Failure, facts: Facts): boolean {
  const own = operationName(observation, clue)
  const names = (headers: { readonly [name: string]: string }): boolean => headers['x-amz-expected-bucket-owner'] !== undefined
  return (
    names(observation.headers) ||
    facts.failures.some((one) => names(one.observation.headers) && operationName(one.observation, one.clue) === own)
  )
}

function isServedLikewise({ observation, clue }: Failure, facts: Facts): boolean {
  return succeeded(facts, operationName(observation, clue))
}

/** Whether the request, or the same once more, offered to pay and was refused all the same. */
function hasOfferedToPay({ observation, clue }: Failure, facts: Facts): boolean {
  const own = operationName(observation, clue)
  const offers = (headers: { readonly [name: string]: string }): boolean => headers['x-amz-request-payer'] !== undefined
  return (
    offers(observation.headers) ||
    facts.failures.some((one) => offers(one.observation.headers) && operationName(one.observation, one.clue) === own)
  )
}

/** Whether it was tried what tells another account's bucket from the rest: that it is refused even when we pay, or name its owner as the role's account. */
function isSureAbroad(failure: Failure, facts: Facts, manner: Manner): boolean {
  if (manner !== 'bare' || isServed(facts)) return false
  const named = facts.failures.some(({ observation }) => observation.headers['x-amz-expected-bucket-owner'] !== undefined)
  const paid = facts.failures.some(({ observation }) => observation.headers['x-amz-request-payer'] !== undefined)
  return crossAccount(facts) !== 'no' && (paid || named) && hasOfferedToPay(failure, facts) === paid
}

/** An object that another account wrote. */
function objectSuspects(failure: Failure, facts: Facts, manner: Manner): Weighed {
  if (failure.capability !== 'read' || manner === 'cut' || isCompatible(facts) || facts.documents.ownership === 'BucketOwnerEnforced')
    return []
  const owner = foreignOwner(failure, facts)
  if (owner === 'own') return []
  if (owner === 'likely') return [['aws.own.foreign_object', 12, 12]]
  return isServed(facts) ? [['aws.own.foreign_object', 10, 8]] : [['aws.own.foreign_object', 1, 1]]
}

/** The policies that were not shown. */
function policySuspects(failure: Failure, facts: Facts): Weighed {
  const { effect } = failure.clue
  const { documents, connection } = facts
  const anonymous = connection.method === 'none'
  const mayDeny = effect !== 'implicit'
  const identity: Weighed =
    anonymous || documents.rolePolicies !== undefined
      ? []
      : [
          ...(effect === 'explicit'
            ? []
            : identityCandidates(failure, facts).map((code, place) => [code, 6 - place / 10, 9 - place / 10] as const)),
          ...(mayDeny ? [['aws.id.explicit_deny', 3, 4] as const] : []),
        ]
  const writes = failure.capability === 'write'
  const bucket: Weighed =
    documents.bucketPolicy === undefined && mayDeny
      ? [['aws.rp.deny', 4, 6], ['aws.rp.deny_network', 2, 3], ...(writes ? [['aws.rp.deny_sse', 2, 3] as const] : [])]
      : []
  const acl: Weighed = writes && sentAcl(failure) && !isRefusedWithoutAcl(failure, facts) ? [['aws.own.put_acl', 3, 4]] : []
  if (isCompatible(facts)) return [...identity, ...acl, ...bucket.filter(([code]) => code === 'aws.rp.deny')]
  const limits: Weighed = [
    ...(documents.scps === undefined && !anonymous ? [['aws.scp', 1.5, 2] as const] : []),
    ...(documents.rcps === undefined ? [['aws.rcp', 1.4, 1.9] as const] : []),
    ...(documents.boundary === undefined && !anonymous && !hasNoBoundary(facts) ? [['aws.pb', 1.3, 1.8] as const] : []),
    ...(documents.sessionPolicy === undefined && isSession(facts) ? [['aws.session_policy', 1.2, 1.7] as const] : []),
    ...(documents.vpcEndpointPolicy === undefined
      ? [['aws.vpce', isBehindEndpoint(failure, facts) === 'yes' ? 9 : 1.1, isBehindEndpoint(failure, facts) === 'yes' ? 9 : 1.6] as const]
      : []),
  ]
  return [...identity, ...acl, ...bucket, ...limits]
}

function sentAcl({ observation }: Failure): boolean {
  return observation.headers['x-amz-acl'] !== undefined
}

function isRefusedWithoutAcl({ observation, clue }: Failure, { failures }: Facts): boolean {
  const own = operationName(observation, clue)
  return failures.some((one) => operationName(one.observation, one.clue) === own && !sentAcl(one))
}

function isSession({ connection }: Facts): boolean {
  return connection.method === undefined || connection.method === 'role' || connection.method === 'oidc'
}

/** The key of the object, where nothing at all is said: KMS gives a reason, but some tools keep it to themselves. */
function keySuspects({ observation, clue, capability }: Failure, facts: Facts, manner: Manner): Weighed {
  const asksKey = (capability === 'read' || capability === 'write') && !operationName(observation, clue).startsWith('head')
  // HEAD takes nothing of the key: what refuses it stands before the key.
  const isBefore = facts.failures.some(
    (one) => operationName(one.observation, one.clue) === 'headobject' && sameTarget(one.observation, observation),
  )
  if (isBefore) return []
  if (manner !== 'silent' || !asksKey || isCompatible(facts) || facts.documents.rolePolicies !== undefined) return []
  const shown = keyOfObject(observation, facts) !== undefined
  return [
    ['aws.kms.identity', 1, shown ? 10 : 2],
    ['aws.kms.key_policy', 1, shown ? 9.9 : 1.5],
  ]
}

/** What is not a policy at all: the way the request takes, and whether it was understood. */
function wayless(failure: Failure, facts: Facts, manner: Manner): Weighed {
  const { observation, clue } = failure
  const isHead = manner === 'silent' && operationName(observation, clue).startsWith('head')
  // HEAD has no body: a key that is not known and a clock that is off look like any other refusal.
  const credential: Weighed =
    isHead && facts.successes.length === 0
      ? [
          ['aws.cred.invalid', 0, 0.5],
          ['aws.clock.skew', 0, 0.4],
        ]
      : []
  const hidden: Weighed =
    isHead &&
    failure.capability === 'read' &&
    facts.documents.rolePolicies === undefined &&
    !succeeded(facts, 'listobjectsv2', 'listobjects')
      ? [['aws.id.list_missing', 0, 5]]
      : []
  const point: Weighed = targetOf(failure, facts)?.accessPoint === undefined ? [] : [['aws.accesspoint', 9.5, 9.5]]
  return [...credential, ...hidden, ...point]
}
