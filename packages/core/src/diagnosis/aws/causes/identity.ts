import type { Cause, Explanation } from '../../cause.ts'
import type { Failure } from '../../failure.ts'
import type { Facts } from '../../facts.ts'
import { said } from '../../said.ts'
import { allowing, wanted } from '../asked.ts'
import { statementLines } from '../change.ts'
import { isExpress } from '../express.ts'
import { identityCandidates } from '../identity-candidates.ts'
import { identityGap, type IdentityGap } from '../identity-gap.ts'
import { judgeBy } from '../judge.ts'
import { isForeignKey, isKeyUntold, keyOf } from '../key.ts'
import { named, possible, speaksOf } from '../../evidence.ts'
import { isForData, isForKey, laterSuccess, valuesOfFailure } from '../refusal.ts'
import { suspected } from '../silence.ts'

const POLICIES = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html'
const ACTIONS = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html'

const where = said('IAM console > Roles > {name} > Permissions', 'IAM 控制台 > 角色 > {name} > 权限')
const risk = said(
  'None for others: the statement only adds what the connection asked for.',
  '对其他人没有影响:该语句只增加连接所要求的权限。',
)
const undo = said('Put the former policy back; keep a copy before the change.', '恢复原来的策略;更改前请先备份。')
const verify = said('Repeat the request; IAM takes a few seconds to take the change over.', '重试该请求;IAM 生效需要几秒钟。')

const settle = {
  read: 'iam:GetRolePolicy and GetPolicyVersion',
  by: 'cloud-admin',
  command: 'aws iam list-role-policies --role-name ROLE; aws iam list-attached-role-policies --role-name ROLE',
} as const

/** How an identity's gap stands to a refusal: by the documents where they were shown, else by what the text and the other requests tell. */
function gap(code: IdentityGap) {
  return (failure: Failure, facts: Facts): Explanation | undefined => {
    if (!isForData(failure) || isExpress(failure, facts)) return undefined
    const found = identityGap(failure, facts)
    if (found !== undefined) return found.gap === code ? found.explanation : undefined
    const again = laterSuccess(failure, facts) !== undefined
    if (speaksOf(failure.clue, 'identity', 'implicit') && !again) return fromText(code, failure, facts)
    if (isKeyUntold(failure)) return code === 'aws.kms.identity' || code === 'aws.kms.multipart' ? ofKey(code, failure, facts) : undefined
    return suspected(code, failure, facts)
  }
}

function fromText(code: IdentityGap, failure: Failure, facts: Facts): Explanation | undefined {
  const place = identityCandidates(failure, facts).indexOf(code)
  if (place === -1 || (isForKey(failure) && isForeignKey(keyOf(failure, facts), failure, facts) === true)) return undefined
  const action = failure.clue.action ?? ''
  return {
    ...named(said(`The answer says that no identity-based policy allows ${action}.`, `响应指出没有基于身份的策略允许 ${action}。`), {
      values: valuesOfFailure(failure, facts),
    }),
    likelihood: -place,
    ...missingStatement(failure, facts),
    ...(facts.documents.rolePolicies === undefined
      ? {}
      : {
          against: [
            said(
              'The policies that were shown would allow it: another one may be in force.',
              '所提供的策略会允许它:实际生效的可能是另一份。',
            ),
          ],
        }),
  }
}

/** What to add to the role's policies, where the text names the action and something of the case the place. */
function missingStatement(failure: Failure, facts: Facts): Pick<Explanation, 'snippet' | 'command' | 'terraform'> {
  const { action } = failure.clue
  const need = judgeBy(failure, facts, {})?.find((one) => one.need.action.toLowerCase() === action?.toLowerCase())?.need
  return need === undefined ? {} : statementLines(allowing(wanted(need, facts)), facts, failure.clue)
}

/** A key that refuses without saying by which policy: the role's own, or the key's. */
function ofKey(code: IdentityGap, failure: Failure, facts: Facts): Explanation | undefined {
  if (facts.documents.rolePolicies !== undefined || !identityCandidates(failure, facts).includes(code)) return undefined
  if (isForeignKey(keyOf(failure, facts), failure, facts) === true) return undefined
  return possible(said('The key refuses, and the answer does not say by which policy.', '密钥拒绝了请求,响应没有说明是哪个策略。'), {
    likelihood: 1,
    values: valuesOfFailure(failure, facts),
  })
}

/** What the role's own policies leave out. */
export const IDENTITY_CAUSES: readonly Cause[] = [
  {
    code: 'aws.id.object_arn',
    cloud: 'aws',
    layer: 'policy',
    title: said('The role’s policy names other objects than these', '角色策略中的资源不包含这些对象'),
    meaning: said(
      'The action is allowed, but not on this object: the resource lacks /* at its end, names another folder, or is the bucket alone.',
      '操作已被允许,但不针对该对象:资源末尾缺少 /*、写成了其他目录,或只写了存储桶本身。',
    ),
    symptom: said(
      'Listing works; reading or writing objects is refused by an identity-based policy.',
      '可以列出对象;读取或写入对象被基于身份的策略拒绝。',
    ),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Let the statement name the objects: {resources}, or the folder followed by /*.',
        '让语句写明对象:{resources},或目录后加 /*。',
      ),
      risk,
      undo,
      verify,
    },
    settle,
    links: [POLICIES],
    explain: gap('aws.id.object_arn'),
  },
  {
    code: 'aws.id.list_missing',
    cloud: 'aws',
    layer: 'policy',
    title: said('The role may not list the bucket', '角色没有列出存储桶的权限'),
    meaning: said(
      'No policy of the role allows s3:ListBucket on the bucket. A key that does not exist then answers 403 instead of 404.',
      '角色的策略都没有允许对该存储桶执行 s3:ListBucket。此时不存在的对象返回 403 而不是 404。',
    ),
    symptom: said(
      'Listing is refused, reading works, and a missing key answers 403 that names s3:ListBucket.',
      '列出被拒绝,读取正常;不存在的键返回 403 并提到 s3:ListBucket。',
    ),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Allow s3:ListBucket on arn:aws:s3:::{bucket}, with s3:prefix limited to {prefix}*.',
        '允许对 arn:aws:s3:::{bucket} 执行 s3:ListBucket,并用 s3:prefix 限定为 {prefix}*。',
      ),
      risk,
      undo,
      verify,
    },
    settle,
    links: [ACTIONS],
    explain: gap('aws.id.list_missing'),
  },
  {
    code: 'aws.id.list_resource',
    cloud: 'aws',
    layer: 'policy',
    title: said('s3:ListBucket is granted on objects, not on the bucket', 's3:ListBucket 授权到了对象而不是存储桶'),
    meaning: said(
      'Listing is asked of the bucket: a statement whose resource ends with /* never allows it.',
      '列出操作针对存储桶:资源以 /* 结尾的语句永远不会允许它。',
    ),
    symptom: said('Listing is refused although a statement names s3:ListBucket.', '尽管语句写了 s3:ListBucket,列出仍被拒绝。'),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Put s3:ListBucket into a statement of its own whose resource is arn:aws:s3:::{bucket}.',
        '把 s3:ListBucket 放入单独的语句,资源为 arn:aws:s3:::{bucket}。',
      ),
      risk,
      undo,
      verify,
    },
    settle,
    links: [ACTIONS],
    explain: gap('aws.id.list_resource'),
  },
  {
    code: 'aws.id.list_prefix',
    cloud: 'aws',
    layer: 'policy',
    title: said('Listing is granted for another prefix', '列出权限限定在其他前缀'),
    meaning: said(
      'A condition on s3:prefix does not hold for this listing: another folder, a missing slash, or no prefix at all.',
      '此次列出不满足 s3:prefix 条件:目录不同、缺少斜杠,或根本没有前缀。',
    ),
    symptom: said('Listing works with one prefix and not with another.', '某个前缀可以列出,另一个不行。'),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said('Let the condition allow {prefix}*: StringLike s3:prefix.', '让条件允许 {prefix}*:StringLike s3:prefix。'),
      risk,
      undo,
      verify,
    },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html'],
    explain: gap('aws.id.list_prefix'),
  },
  {
    code: 'aws.id.action_missing',
    cloud: 'aws',
    layer: 'policy',
    title: said('The role’s policies do not allow this action', '角色策略没有允许该操作'),
    meaning: said('No policy of the role allows {action}.', '角色的策略都没有允许 {action}。'),
    symptom: said('One operation fails while others on the same object work.', '对同一对象,某一操作失败而其他操作正常。'),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said('Add exactly {action} on {resources}.', '仅增加对 {resources} 的 {action}。'),
      risk,
      undo,
      verify,
    },
    settle,
    links: [ACTIONS],
    explain: gap('aws.id.action_missing'),
  },
  {
    code: 'aws.id.invalid_action',
    cloud: 'aws',
    layer: 'policy',
    title: said('The policy names an API call instead of an action', '策略写的是 API 名称而不是操作名'),
    meaning: said(
      'ListObjects, ListObjectsV2, HeadObject and CopyObject are calls, not actions: IAM knows s3:ListBucket, s3:GetObject and s3:PutObject.',
      'ListObjects、ListObjectsV2、HeadObject、CopyObject 是 API 名称而不是操作名:IAM 使用 s3:ListBucket、s3:GetObject、s3:PutObject。',
    ),
    symptom: said('The operation is refused although the policy seems to name it.', '策略看似写了该操作,却仍被拒绝。'),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said('Write {action} in the place of the name of the call.', '将 API 名称改为 {action}。'),
      risk,
      undo,
      verify,
    },
    settle,
    links: [ACTIONS],
    explain: gap('aws.id.invalid_action'),
  },
  {
    code: 'aws.kms.identity',
    cloud: 'aws',
    layer: 'key',
    title: said('The role’s policies do not allow the encryption key', '角色策略没有允许使用加密密钥'),
    meaning: said(
      'The object is encrypted with a KMS key, and no policy of the role allows {action} on it.',
      '对象使用 KMS 密钥加密,而角色的策略没有允许对其执行 {action}。',
    ),
    symptom: said(
      'Listing and HeadObject work and show the key’s ARN; GetObject is refused with kms:Decrypt.',
      '列出与 HeadObject 正常并显示密钥 ARN;GetObject 因 kms:Decrypt 被拒绝。',
    ),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Allow kms:Decrypt on the key’s ARN; to write, kms:GenerateDataKey too.',
        '允许对密钥 ARN 执行 kms:Decrypt;写入还需要 kms:GenerateDataKey。',
      ),
      risk,
      undo,
      verify,
    },
    settle: {
      read: 'iam:GetRolePolicy and GetPolicyVersion',
      by: 'cloud-admin',
      command: 'aws iam list-attached-role-policies --role-name ROLE',
    },
    inseparable: ['aws.kms.identity', 'aws.kms.key_policy'],
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html'],
    explain: gap('aws.kms.identity'),
  },
  {
    code: 'aws.kms.multipart',
    cloud: 'aws',
    layer: 'key',
    title: said('Uploads in parts need kms:Decrypt too', '分段上传还需要 kms:Decrypt'),
    meaning: said(
      'Each part is encrypted under the upload’s data key, which S3 has to decrypt first: kms:GenerateDataKey alone is enough for small objects only.',
      '每个分段都用上传的数据密钥加密,S3 需要先解密它:仅有 kms:GenerateDataKey 只够写入小对象。',
    ),
    symptom: said(
      'A small PutObject works; UploadPart is refused with kms:Decrypt.',
      '小对象 PutObject 正常;UploadPart 因 kms:Decrypt 被拒绝。',
    ),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said('Add kms:Decrypt on {resource}.', '增加对 {resource} 的 kms:Decrypt。'),
      risk,
      undo,
      verify,
    },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html'],
    explain: gap('aws.kms.multipart'),
  },
]
