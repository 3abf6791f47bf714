import type { Explanation, Text } from '../cause.ts'
import { isCutOff } from '../cut-off.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { said } from '../said.ts'
import { speechOf } from '../speech.ts'
import { opensToAll } from './open-policy.ts'
import { operationName } from './operations.ts'
import { accountOf, placeOf } from './subject.ts'
import type { Gaps, PolicyGap } from './policy-gap.ts'
import { valuesOf } from './values.ts'
import { WORDS } from './words.ts'

/** What OSS's own answer tells: its detail first, its number, and only then its words, which are the same for several policies. */
export function fromOutside(failure: Failure, facts: Facts): Gaps {
  // The documents allow what nobody was refused.
  if (failure.observation.index < 0) return {}
  const values = valuesOf(failure, facts)
  const open = (gap: PolicyGap, evidence: Text, likelihood = 0): Gaps => ({
    [gap]: { fits: 'possible', for: [evidence], values, likelihood },
  })
  const sure = (gap: PolicyGap, evidence: Text): Gaps => ({ [gap]: { fits: 'named', for: [evidence], values } satisfies Explanation })
  return byDetail(failure, sure, open) ?? byWords(failure, facts, sure, open)
}

type Open = (gap: PolicyGap, evidence: Text, likelihood?: number) => Gaps
type Sure = (gap: PolicyGap, evidence: Text) => Gaps

function byDetail(failure: Failure, sure: Sure, open: Open): Gaps | undefined {
  const { clue } = failure
  const speech = speechOf(failure)
  // The detail that tells whose policy it is stands behind the words.
  if (WORDS.kms.test(speech) && clue.layer === undefined && isCutOff(failure.observation))
    return { ...open('oss.kms', CUT, 1), ...open('oss.sts.session_policy', CUT) }
  if ((WORDS.kms.test(speech) || clue.action?.startsWith('kms:') === true) && clue.layer !== 'session')
    return sure('oss.kms', said('The answer speaks of KMS.', '响应提到 KMS。'))
  if (WORDS.vpc.test(speech) || clue.layer === 'vpc-endpoint')
    return sure('oss.vpc', said('The answer names the VPC endpoint’s policy.', '响应提到 VPC 终端节点策略。'))
  if (clue.layer === 'session' || WORDS.session.test(speech))
    return sure('oss.sts.session_policy', said('The answer names the policy of the session.', '响应提到会话策略。'))
  if (clue.layer === 'scp') return sure('oss.control_policy', said('The answer names a control policy.', '响应提到管控策略。'))
  if (clue.fields['EC'] === '0003-00000203') return { ...sure('oss.bp.deny', BOTH), ...sure('oss.ram.explicit', BOTH) }
  if (clue.fields['EC'] === '0003-00000204' && clue.layer === undefined)
    return { ...open('oss.bp.deny', BATCH, 1), ...open('oss.ram.explicit', BATCH) }
  if (clue.layer === 'identity') {
    const evidence = said(
      `The detail of the answer names a policy of the identity, ${clue.fields['NoPermissionType'] ?? ''}.`,
      `响应详情指向身份策略,${clue.fields['NoPermissionType'] ?? ''}。`,
    )
    if (clue.effect === 'explicit') return sure('oss.ram.explicit', evidence)
    if (clue.effect === 'implicit') return sure('oss.ram.missing', evidence)
    return { ...open('oss.ram.missing', evidence, 1), ...open('oss.ram.explicit', evidence) }
  }
  if (clue.layer === 'resource') {
    const evidence = said('The detail of the answer names the policy of the bucket.', '响应详情指向存储空间策略。')
    // Which condition of it was not met, the answer does not say.
    if (clue.effect !== 'implicit') return { ...open('oss.bp.deny', evidence, 1), ...open('oss.vpc', evidence) }
    return sure('oss.bucket_foreign', evidence)
  }
  return undefined
}

function byWords(failure: Failure, facts: Facts, sure: Sure, open: Open): Gaps {
  const speech = speechOf(failure)
  const signed = isSigned(failure, facts)
  const blocked = facts.documents.publicAccessBlock?.['BlockPublicAccess'] === true
  if (WORDS.anonymous.test(speech) || signed === 'no') {
    const isPublic = opensToAll(facts.documents.bucketPolicy ?? {}) !== undefined
    if (blocked && isPublic) return sure('oss.bpa', BLOCKED)
    // New buckets block the public: without knowing the ACL, that says little.
    if (blocked) return { ...open('oss.bpa', BLOCKED, 1), ...open('oss.acl.anonymous', UNSIGNED) }
    const evidence = said('The answer speaks of anonymous access.', '响应提到匿名访问。')
    return WORDS.anonymous.test(speech)
      ? sure('oss.acl.anonymous', evidence)
      : { ...open('oss.acl.anonymous', UNSIGNED, 1), ...open('oss.bpa', UNSIGNED) }
  }
  const own = servedIn(failure, facts) || isOwnBucket(facts)
  if (WORDS.bucketPolicy.test(speech))
    return { ...open('oss.bp.deny', SAME_WORDS, 2), ...open('oss.ram.explicit', SAME_WORDS, 1), ...open('oss.vpc', SAME_WORDS) }
  if (WORDS.foreign.test(speech)) {
    const evidence = said(
      'The answer says that the bucket is not ours: so it does too where reading the bucket is not granted.',
      '响应称存储空间不属于我们:缺少读取存储空间信息的权限时也会如此。',
    )
    return { ...open('oss.ram.missing', evidence, 1), ...(own ? {} : open('oss.bucket_foreign', evidence)) }
  }
  const missing: Gaps = { ...open('oss.ram.missing', NO_RIGHT, 2), ...(own ? {} : open('oss.bucket_foreign', NO_RIGHT)) }
  if (WORDS.noRight.test(speech)) {
    // Only the number says that nothing allowed it; without one, the words are those of a Deny too.
    const numbered = failure.clue.fields['EC'] === '0003-00000001'
    const denied = numbered ? {} : { ...open('oss.ram.explicit', NO_RIGHT, 1), ...open('oss.sts.session_policy', NO_RIGHT) }
    // A whole answer says to who signs which permission it was: one that does not may be to a program that came without a signature.
    const unsigned = numbered && own && failure.clue.action === undefined ? open('oss.acl.anonymous', NO_RIGHT) : {}
    if (signed === 'yes') return { ...missing, ...denied, ...unsigned }
    const anonymous = { ...open('oss.acl.anonymous', NO_RIGHT, 3), ...open('oss.bpa', NO_RIGHT, blocked ? 4 : 0) }
    return { ...anonymous, ...missing }
  }
  return {
    ...open('oss.ram.missing', SILENT, 3),
    ...open('oss.ram.explicit', SILENT, 2),
    ...open('oss.bp.deny', SILENT, 1),
    ...open('oss.vpc', SILENT),
    ...open('oss.sts.session_policy', SILENT),
    ...(own ? {} : open('oss.bucket_foreign', SILENT)),
    ...(signed === 'yes' ? {} : open('oss.acl.anonymous', SILENT)),
  }
}

/** Whether the request carried a signature, as the method of the connection or the answer says. */
function isSigned({ clue, observation }: Failure, facts: Facts): 'yes' | 'no' | 'unknown' {
  const { method, roleArn } = facts.connection
  if (method === 'none' || method === 'anonymous' || clue.fields['AuthPrincipalType'] === 'Anonymous') return 'no'
  if (method !== undefined || roleArn !== undefined || clue.principal !== undefined) return 'yes'
  if (/[?&](OSSAccessKeyId|x-oss-credential|x-oss-signature)=/i.test(observation.target ?? '')) return 'yes'
  return facts.documents.ramPolicies !== undefined || facts.documents.sessionPolicy !== undefined ? 'yes' : 'unknown'
}

/** Whether another request for data of the same bucket was served. */
function servedIn({ observation }: Failure, facts: Facts): boolean {
  const bucket = placeOf(observation, facts)?.bucket
  return facts.successes.some((one) => /object|part/.test(operationName(one, { fields: {} })) && placeOf(one, facts)?.bucket === bucket)
}

/** Whether the bucket says that it is of the account that we act in. */
function isOwnBucket(facts: Facts): boolean {
  const shown = (operation: string, pattern: RegExp): string | undefined =>
    facts.successes
      .filter((one) => operationName(one, { fields: {} }) === operation)
      .map(({ message = '' }) => pattern.exec(message)?.[1])
      .find((id) => id !== undefined)
  const owner = shown('getbucketinfo', /<Owner>\s*(?:<DisplayName>[^<]*<\/DisplayName>\s*)?<ID>(\d+)<\/ID>/)
  return owner !== undefined && owner === (shown('getcalleridentity', /"?AccountId"?\W+(\d+)/) ?? accountOf(facts))
}

const CUT = said('The answer speaks of KMS, and is cut off before its detail.', '响应提到 KMS,且在详情之前被截断。')
const BOTH = said(
  'EC 0003-00000203: both the bucket’s policy and one of the identity deny it.',
  'EC 0003-00000203:存储空间策略与身份策略都拒绝了该请求。',
)
const BATCH = said('EC 0003-00000204: one of both policies denies it.', 'EC 0003-00000204:两种策略之一拒绝了该请求。')
const SAME_WORDS = said('OSS says “bucket policy” of both kinds of policy.', 'OSS 对两种策略都会称 “bucket policy”。')
const NO_RIGHT = said('The answer says that there is no right to this.', '响应称没有此权限。')
const BLOCKED = said('Block Public Access is on, and the request came without a signature.', '已开启阻止公共访问,而请求没有签名。')
const UNSIGNED = said('The request came without a signature.', '请求没有签名。')
const SILENT = said('The answer says AccessDenied and no more.', '响应只有 AccessDenied。')
