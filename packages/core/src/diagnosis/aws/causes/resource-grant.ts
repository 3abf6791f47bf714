import type { Cause, Explanation } from '../../cause.ts'
import { named, speaksOf } from '../../evidence.ts'
import type { Failure } from '../../failure.ts'
import type { Facts } from '../../facts.ts'
import { said } from '../../said.ts'
import { isForData, isForKey, valuesOfFailure } from '../refusal.ts'
import { resourceGap, type ResourceGap } from '../resource-gap.ts'
import { suspected } from '../silence.ts'
import { PAGE, settle, undo, verify, where } from './bucket-policy-texts.ts'

/** What a bucket's policy lacks for callers of other accounts: by the policy where it was shown, else by the text, else as one of many. */
function grant(code: ResourceGap) {
  return (failure: Failure, facts: Facts): Explanation | undefined => {
    if (!isForData(failure) || isForKey(failure)) return undefined
    const own = resourceGap(failure, facts)
    if (own !== undefined) return own.gap === code ? own.explanation : undefined
    const { bucketPolicy } = facts.documents
    const told = speaksOf(failure.clue, 'resource', 'implicit') && failure.clue.action?.startsWith('s3:') === true
    if (told && bucketPolicy === undefined)
      return code === 'aws.bpa'
        ? undefined
        : named(
            said(
              'The answer says that no resource-based policy allows it, as S3 does across accounts of one organization.',
              '响应指出没有基于资源的策略允许它,S3 对同一组织内的跨账户请求如此响应。',
            ),
            { values: valuesOfFailure(failure, facts) },
          )
    return suspected(code, failure, facts)
  }
}

/** What the policy of another account's bucket has to say of us, and does not. */
export const RESOURCE_GRANT_CAUSES: readonly Cause[] = [
  {
    code: 'aws.rp.absent',
    cloud: 'aws',
    layer: 'policy',
    title: said('The bucket is another account’s, and its policy does not name us', '存储桶属于其他账户,其策略没有写我们'),
    meaning: said(
      'Where bucket and role are of different accounts both must allow: the bucket policy has no statement for {principal}.',
      '存储桶与角色属于不同账户时双方都必须允许:存储桶策略没有针对 {principal} 的语句。',
    ),
    symptom: said(
      'Every request is refused without a reason, as S3 answers callers of other accounts.',
      '所有请求都被拒绝且没有原因,S3 对其他账户的调用方如此响应。',
    ),
    remedy: {
      who: 'data-owner',
      where,
      summary: said(
        'Add a statement that allows {principal} what the connection is for; the role’s own policy must allow it too.',
        '增加一条语句,允许 {principal} 执行连接所需的操作;角色自身的策略也必须允许。',
      ),
      risk: said('The role of the other account can then do what the statement names.', '另一账户的角色随后可以执行语句所写的操作。'),
      undo,
      verify,
    },
    settle,
    inseparable: ['aws.rp.absent', 'aws.bpa'],
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example2.html'],
    explain: grant('aws.rp.absent'),
  },
  {
    code: 'aws.rp.condition_never',
    cloud: 'aws',
    layer: 'policy',
    title: said('The bucket policy’s Allow has a condition that never holds', '存储桶策略的 Allow 条件永远不成立'),
    meaning: said(
      'A statement allows us, but only if a key is present that such a request never carries.',
      '有语句允许我们,但要求请求带有它从不携带的条件键。',
    ),
    symptom: said('Refused although a statement of the bucket policy names us.', '尽管存储桶策略写了我们,仍被拒绝。'),
    remedy: {
      who: 'data-owner',
      where,
      summary: said('Remove the condition, or ask for a key that our requests carry.', '移除该条件,或改用我们的请求会携带的条件键。'),
      risk: said('Without the condition the statement holds from everywhere.', '没有该条件后,语句在任何来源都成立。'),
      undo,
      verify,
    },
    settle,
    links: [PAGE],
    explain: grant('aws.rp.condition_never'),
  },
  {
    code: 'aws.bpa',
    cloud: 'aws',
    layer: 'policy',
    title: said('Block Public Access keeps other accounts out', '阻止公有访问拦截了其他账户'),
    meaning: said(
      'Access came only from a public statement of the bucket policy, and RestrictPublicBuckets lets nobody outside the owner’s account use one.',
      '访问仅来自存储桶策略的公有语句,而 RestrictPublicBuckets 不允许所有者账户以外的任何人使用。',
    ),
    symptom: said(
      'Refused without a reason from another account although the bucket policy seems to allow everybody.',
      '存储桶策略看似允许所有人,其他账户仍被拒绝且没有原因。',
    ),
    remedy: {
      who: 'data-owner',
      where,
      summary: said(
        'Name {principal} in a statement of its own and remove the public one; leave Block Public Access on.',
        '在单独的语句中写明 {principal} 并移除公有语句;保持阻止公有访问开启。',
      ),
      risk: said('Whoever else relied on the public statement loses access.', '依赖公有语句的其他人将失去访问权限。'),
      undo,
      verify,
    },
    settle: {
      read: 's3:GetBucketPolicyStatus and GetPublicAccessBlock',
      by: 'data-owner',
      command: 'aws s3api get-public-access-block --bucket BUCKET',
    },
    inseparable: ['aws.rp.absent', 'aws.bpa'],
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html'],
    explain: grant('aws.bpa'),
  },
]
