import type { Cause, Explanation } from '../../cause.ts'
import type { Failure } from '../../failure.ts'
import type { Facts } from '../../facts.ts'
import { named, possible, speaksOf } from '../../evidence.ts'
import { said } from '../../said.ts'
import { crossAccount } from '../bucket-owner.ts'
import { denyExplanation, denying } from '../denies.ts'
import { identityGap } from '../identity-gap.ts'
import { defaultKey, differsFromOthers, isForeignKey, isKeyUntold, isManaged, keyOf } from '../key.ts'
import { keyPolicyGap } from '../key-policy.ts'
import { isForData, isForKey, laterSuccess, mannerOf, valuesOfFailure } from '../refusal.ts'
import { suspected } from '../silence.ts'

const where = said(
  'KMS console > Customer managed keys > the key > Key policy > Key users',
  'KMS 控制台 > 客户管理的密钥 > 该密钥 > 密钥策略 > 密钥用户',
)
const undo = said('Take the role out of the key policy again.', '将该角色从密钥策略中移除。')
const verify = said('Repeat the request.', '重试该请求。')
const settle = {
  read: 'kms:DescribeKey, GetKeyPolicy and ListGrants',
  by: 'cloud-admin',
  command: 'aws kms get-key-policy --key-id KEY_ARN --policy-name default --output text',
} as const
const PAGE = 'https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html'

/** How the key's own policy stands to a refusal. */
function keyPolicy(failure: Failure, facts: Facts): Explanation | undefined {
  if (!isForData(failure)) return undefined
  const denies = denying(failure, facts, 'resource').filter(({ judged }) => judged.need.service === 'kms')
  const [first] = denies
  if (first !== undefined) return denyExplanation(failure, facts, first, denies.length === 1)
  const gap = keyPolicyGap(failure, facts)
  if (gap !== undefined) return isOthers(failure, facts) ? undefined : gap
  if (!isForKey(failure) && failure.clue.layer !== 'key') return suspected('aws.kms.key_policy', failure, facts)
  if (laterSuccess(failure, facts) !== undefined) return undefined
  const values = { values: valuesOfFailure(failure, facts) }
  const key = keyOf(failure, facts)
  if (speaksOf(failure.clue, 'resource'))
    return isElsewhere(failure, facts) || managed(failure, facts)
      ? undefined
      : named(
          said(
            'The answer names a resource-based policy, and of a key that is the key policy.',
            '响应指出基于资源的策略,对密钥而言即密钥策略。',
          ),
          values,
        )
  const shown = key !== undefined && facts.documents.keyPolicies?.[key] !== undefined
  if (failure.clue.layer === 'identity' || shown || isElsewhere(failure, facts) || managed(failure, facts)) return undefined
  if (failure.clue.layer === 'key')
    return named(
      said('KMS does not say why, as it answers callers of other accounts.', 'KMS 没有说明原因,它对其他账户的调用方如此响应。'),
      { ...values, likelihood: 1 },
    )
  return isKeyUntold(failure)
    ? possible(said('The key refuses, and the answer does not say by which policy.', '密钥拒绝了请求,响应没有说明是哪个策略。'), values)
    : undefined
}

/** Whether the object's key is another account's, and other objects are not encrypted with it. */
function isElsewhere(failure: Failure, facts: Facts): boolean {
  const key = keyOf(failure, facts)
  return isForeignKey(key, failure, facts) === true && differsFromOthers(key, failure, facts)
}

/** Whether the object's key is another account's, and not the one that its bucket encrypts with. */
function isOthers(failure: Failure, facts: Facts): boolean {
  const key = keyOf(failure, facts)
  return isForeignKey(key, failure, facts) === true && defaultKey(facts) !== key
}

/** Whether the key is the AWS managed key of another account. */
function managed(failure: Failure, facts: Facts): boolean {
  const key = keyOf(failure, facts)
  const denied = isForKey(failure) || failure.clue.layer === 'key' || mannerOf(failure) === 'bare'
  return (
    denied &&
    isManaged(key, facts) &&
    (isForeignKey(key, failure, facts) === true || failure.clue.layer === 'key' || crossAccount(facts) === 'yes')
  )
}

/** A key of another account: by the policies that were shown, or as the answer and the key's ARN have it. */
function foreignKey(failure: Failure, facts: Facts): Explanation | undefined {
  if (!isForData(failure)) return undefined
  const own = identityGap(failure, facts)
  if (own?.gap === 'aws.kms.foreign_key') return own.explanation
  const gap = keyPolicyGap(failure, facts)
  if (gap !== undefined) return isOthers(failure, facts) ? gap : undefined
  if ((!isForKey(failure) && failure.clue.layer !== 'key') || laterSuccess(failure, facts) !== undefined || managed(failure, facts))
    return undefined
  const key = keyOf(failure, facts)
  const foreign = isForeignKey(key, failure, facts)
  const shown = key !== undefined && facts.documents.keyPolicies?.[key] !== undefined
  if (foreign === false || shown) return undefined
  const account = key?.split(':')[4]
  const told =
    account === undefined
      ? said('The key is of another account, or is not there: KMS does not tell which.', '密钥属于其他账户,或不存在:KMS 不说明是哪一种。')
      : said(`The object’s key is of account ${account}.`, `对象的密钥属于账户 ${account}。`)
  const more = { values: valuesOfFailure(failure, facts), likelihood: 2 }
  // Of a key that the rest of the bucket does not use, nothing else is to be said; of one that all of it uses, its policy may be it.
  return foreign === true || failure.clue.layer === 'key' ? named(told, more) : undefined
}

/** What the key of the objects says. The role's own policies are a cause of their own. */
export const KEY_CAUSES: readonly Cause[] = [
  {
    code: 'aws.kms.key_policy',
    cloud: 'aws',
    layer: 'key',
    title: said('The key policy does not let the role use the key', '密钥策略不允许该角色使用密钥'),
    meaning: said(
      'Neither names the role nor leaves it to the account’s IAM policies.',
      '密钥策略既没有写该角色,也没有交由账户的 IAM 策略决定。',
    ),
    symptom: said(
      'Listing and HeadObject work; GetObject is refused with kms:Decrypt and a resource-based policy.',
      '列出与 HeadObject 正常;GetObject 因 kms:Decrypt 与基于资源的策略被拒绝。',
    ),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Add {principal} to the key’s users: kms:Decrypt, and to write kms:GenerateDataKey.',
        '将 {principal} 添加为密钥用户:kms:Decrypt,写入还需 kms:GenerateDataKey。',
      ),
      risk: said(
        'The role can then use the key on every object encrypted with it that it may read.',
        '该角色随后可以对所有用该密钥加密且其可读取的对象使用密钥。',
      ),
      undo,
      verify,
    },
    settle,
    inseparable: ['aws.kms.identity', 'aws.kms.key_policy'],
    links: [PAGE],
    explain: keyPolicy,
  },
  {
    code: 'aws.kms.foreign_key',
    cloud: 'aws',
    layer: 'key',
    title: said('Some objects are encrypted with a key of another account', '部分对象使用其他账户的密钥加密'),
    meaning: said(
      'Objects copied from elsewhere keep the key they were written with: both keys must let the role in.',
      '从别处复制的对象保留写入时的密钥:两个密钥都必须允许该角色。',
    ),
    symptom: said(
      'Some objects are refused with kms:Decrypt; their key’s account or region differs from the bucket’s.',
      '部分对象因 kms:Decrypt 被拒绝;其密钥的账户或区域与存储桶不同。',
    ),
    remedy: {
      who: 'data-owner',
      where,
      summary: said(
        'Let the owner of that key add {principal} to its users and the role’s policy name the key; or copy the objects onto themselves with the bucket’s key.',
        '让该密钥的所有者将 {principal} 添加为密钥用户,并在角色策略中写明该密钥;或用存储桶的密钥将对象复制到自身。',
      ),
      risk: said('Copying makes new versions and changes the time of the objects.', '复制会产生新版本并改变对象的时间。'),
      undo,
      verify,
    },
    settle,
    links: ['https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html'],
    explain: foreignKey,
  },
  {
    code: 'aws.kms.managed_key',
    cloud: 'aws',
    layer: 'key',
    title: said('The AWS managed key aws/s3 cannot be used from another account', 'AWS 托管密钥 aws/s3 无法跨账户使用'),
    meaning: said(
      'The policy of aws/s3 admits principals of its own account only, and nobody can change it.',
      'aws/s3 的策略只允许本账户的主体,且无法修改。',
    ),
    symptom: said(
      'Objects under the AWS managed key are refused to a principal of another account.',
      '使用 AWS 托管密钥的对象拒绝其他账户的主体。',
    ),
    remedy: {
      who: 'data-owner',
      where: said('S3 console > Buckets > {bucket} > Properties > Default encryption', 'S3 控制台 > 存储桶 > {bucket} > 属性 > 默认加密'),
      summary: said(
        'Change the default encryption to a customer managed key or to SSE-S3, then copy the objects that are there onto themselves.',
        '将默认加密改为客户管理的密钥或 SSE-S3,然后将现有对象复制到自身。',
      ),
      risk: said(
        'Copying makes new versions and changes the time of the objects; a customer managed key costs money.',
        '复制会产生新版本并改变对象的时间;客户管理的密钥会产生费用。',
      ),
      undo: said(
        'Set the former default encryption again; copied objects keep the new key.',
        '恢复原来的默认加密;已复制的对象保留新密钥。',
      ),
      verify,
    },
    settle: {
      read: 'kms:DescribeKey shows KeyManager',
      by: 'data-owner',
      command: 'aws kms describe-key --key-id KEY_ARN --query KeyMetadata.KeyManager',
    },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html'],
    explain: (failure, facts) => {
      if (!isForData(failure) || laterSuccess(failure, facts) !== undefined) return undefined
      const values = { values: valuesOfFailure(failure, facts) }
      if (managed(failure, facts))
        return named(said('The key is the AWS managed key of another account.', '该密钥是其他账户的 AWS 托管密钥。'), values)
      const key = keyOf(failure, facts)
      const unknown = failure.clue.layer === 'key' && (key === undefined || facts.documents.keyPolicies?.[key] === undefined)
      return unknown && !differsFromOthers(key, failure, facts)
        ? named(
            said(
              'The key may be the AWS managed key of the bucket’s account: from outside it looks like any other.',
              '该密钥可能是存储桶账户的 AWS 托管密钥:从外部看与其他密钥相同。',
            ),
            values,
          )
        : undefined
    },
  },
  {
    code: 'aws.kms.disabled',
    cloud: 'aws',
    layer: 'key',
    title: said('The key is disabled, or pending deletion', '密钥已禁用或待删除'),
    meaning: said('The key is there and cannot be used in the state it is in, whoever asks.', '密钥存在,但在当前状态下任何人都无法使用。'),
    symptom: said('KMS.DisabledException or KMS.KMSInvalidStateException.', 'KMS.DisabledException 或 KMS.KMSInvalidStateException。'),
    remedy: {
      who: 'cloud-admin',
      where: said('KMS console > Customer managed keys > the key > Key actions', 'KMS 控制台 > 客户管理的密钥 > 该密钥 > 密钥操作'),
      summary: said(
        'Enable the key, or cancel its deletion and then enable it. Of a key that is gone: encrypt the bucket with another; what was encrypted with it is lost.',
        '启用密钥,或取消删除后再启用。若密钥已不存在:为存储桶改用其他密钥;用它加密的内容已无法恢复。',
      ),
      risk: said('Whoever may use the key can use it again.', '有权使用该密钥的人可以再次使用。'),
      undo: said('Disable it again.', '重新禁用。'),
      verify,
    },
    links: ['https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html'],
    explain: ({ clue }) =>
      /^KMS\.(Disabled|KMSInvalidState|NotFound)|^(DisabledException|KMSInvalidStateException)$/.test(clue.code ?? '') ||
      /arn:[\w-]+:kms:\S+ is (disabled|pending)/i.test(clue.text ?? '')
        ? named(said('The answer says in which state the key is.', '响应说明了密钥的状态。'))
        : undefined,
  },
]
