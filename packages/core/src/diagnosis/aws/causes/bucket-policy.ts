import type { Cause, Explanation } from '../../cause.ts'
import type { Failure } from '../../failure.ts'
import type { Facts } from '../../facts.ts'
import { said } from '../../said.ts'
import { crossAccount } from '../bucket-owner.ts'
import { denyExplanation, denying, type Denying } from '../denies.ts'
import { named, possible, speaksOf } from '../../evidence.ts'
import { isBare, isForData, succeeded, valuesOfFailure } from '../evidence.ts'
import { operationName } from '../operations.ts'
import { resourceGap } from '../resource-gap.ts'

const where = said('S3 console > Buckets > {bucket} > Permissions > Bucket policy', 'S3 控制台 > 存储桶 > {bucket} > 权限 > 存储桶策略')
const undo = said(
  'Put the former bucket policy back; S3 keeps no history, so copy it first.',
  '恢复原来的存储桶策略;S3 不保留历史,请先备份。',
)
const verify = said(
  'Repeat the request; where several policies deny, the text names the next one.',
  '重试该请求;若有多个策略拒绝,信息会指出下一个。',
)
const settle = {
  read: 's3:GetBucketPolicy',
  by: 'data-owner',
  command: 'aws s3api get-bucket-policy --bucket BUCKET --query Policy --output text',
} as const
const PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html'

type DenyKind = 'network' | 'tls' | 'sse' | 'other'

const NETWORK = /^aws:(sourceip|sourcevpc|sourcevpce|vpcsourceip|sourceaccount|viaawsservice)$/

function kindOf({ keys }: Denying): DenyKind {
  if (keys.some((key) => key.startsWith('s3:x-amz-server-side-encryption'))) return 'sse'
  if (keys.some((key) => key === 'aws:securetransport' || key === 's3:tlsversion')) return 'tls'
  if (keys.some((key) => NETWORK.test(key))) return 'network'
  return 'other'
}

/** How an explicit deny of the bucket policy stands to a refusal, by what its condition asks. */
function deny(kind: DenyKind) {
  return (failure: Failure, facts: Facts): Explanation | undefined => {
    if (!isForData(failure) || failure.clue.action?.startsWith('kms:') === true) return undefined
    const values = { values: valuesOfFailure(failure, facts) }
    if (facts.documents.bucketPolicy !== undefined) {
      const all = denying(failure, facts, 'resource').filter(({ judged }) => judged.need.service === 's3')
      const [first] = all.filter((one) => kindOf(one) === kind)
      return first === undefined ? undefined : denyExplanation(failure, facts, first, all.length === 1)
    }
    if (speaksOf(failure.clue, 'resource', 'explicit'))
      return textKinds(failure, facts).includes(kind)
        ? named('The answer names an explicit deny in a resource-based policy.', values)
        : undefined
    return isBare(failure.clue) && (kind === 'other' || kind === 'network')
      ? possible('The answer gives no reason, and the bucket policy was not shown.', values)
      : undefined
  }
}

/** What a deny of the bucket policy can hang on, as far as the other requests tell. */
function textKinds(failure: Failure, facts: Facts): readonly DenyKind[] {
  const writes = failure.capability === 'write'
  const reads = succeeded(facts, 'getobject', 'headobject', 'listobjectsv2')
  const withHeader = facts.successes.some(
    (one) => /^putobject/i.test(operationName(one, { fields: {} })) && one.headers['x-amz-server-side-encryption'] !== undefined,
  )
  if (writes && withHeader) return ['sse']
  // What lets reads through is neither the network nor the transport.
  if (reads) return writes ? ['sse', 'other'] : ['other']
  return writes ? ['other', 'network', 'tls', 'sse'] : ['other', 'network', 'tls']
}

/** What the bucket's own policy says, or does not say. */
export const BUCKET_POLICY_CAUSES: readonly Cause[] = [
  {
    code: 'aws.rp.deny',
    cloud: 'aws',
    layer: 'policy',
    title: said('The bucket policy denies it', '存储桶策略显式拒绝'),
    meaning: said(
      'A Deny statement of the bucket policy covers {action} on {resource}: no Allow outweighs it.',
      '存储桶策略中的 Deny 语句涵盖对 {resource} 执行 {action}:任何 Allow 都无法覆盖。',
    ),
    symptom: said(
      'The answer names an explicit deny in a resource-based policy, whatever is asked.',
      '无论请求什么,响应都指出基于资源的策略中的显式拒绝。',
    ),
    remedy: {
      who: 'data-owner',
      where,
      summary: said(
        'Except {principal} from the statement: ArnNotLike aws:PrincipalArn.',
        '在该语句中将 {principal} 设为例外:ArnNotLike aws:PrincipalArn。',
      ),
      risk: said(
        'The exception lets the role do whatever else the statement denies, as far as its own policies allow it.',
        '例外会让该角色在其自身策略允许时执行该语句拒绝的其他操作。',
      ),
      undo,
      verify,
    },
    settle,
    links: [PAGE],
    explain: deny('other'),
  },
  {
    code: 'aws.rp.deny_network',
    cloud: 'aws',
    layer: 'network',
    title: said('The bucket policy lets only certain networks in', '存储桶策略只允许特定网络'),
    meaning: said(
      'A Deny of the bucket policy hangs on the address or VPC the request comes from.',
      '存储桶策略的 Deny 取决于请求来源的地址或 VPC。',
    ),
    symptom: said(
      'Refused from our addresses; the same credential works from an allowed network.',
      '从我们的地址被拒绝;同一凭证在允许的网络中正常。',
    ),
    remedy: {
      who: 'data-owner',
      where,
      summary: said(
        'Add our public addresses (sluice platform show) to the condition, or except {principal} from the statement.',
        '将我们的公网地址(sluice platform show)加入条件,或将 {principal} 设为例外。',
      ),
      risk: said(
        'With an exception by role, a session of it works from any network; addresses in the condition let others behind them in too.',
        '按角色例外后,其会话可在任何网络使用;在条件中加入地址也会放行该地址后的其他人。',
      ),
      undo,
      verify,
    },
    settle,
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html'],
    explain: deny('network'),
  },
  {
    code: 'aws.rp.deny_tls',
    cloud: 'aws',
    layer: 'network',
    title: said('The bucket policy wants a newer TLS', '存储桶策略要求更高版本的 TLS'),
    meaning: said(
      'A Deny of the bucket policy hangs on aws:SecureTransport or s3:TlsVersion.',
      '存储桶策略的 Deny 取决于 aws:SecureTransport 或 s3:TlsVersion。',
    ),
    symptom: said(
      'Refused over http or an old TLS; works over https with TLS 1.2 or newer.',
      '通过 http 或旧版 TLS 被拒绝;使用 TLS 1.2 及以上的 https 正常。',
    ),
    remedy: {
      who: 'platform',
      where: said('the client that sends the request', '发送请求的客户端'),
      summary: said('Send it over https with TLS 1.2 or newer.', '使用 TLS 1.2 及以上的 https 发送。'),
      risk: said('None.', '没有影响。'),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify,
    },
    settle,
    links: [PAGE],
    explain: deny('tls'),
  },
  {
    code: 'aws.rp.deny_sse',
    cloud: 'aws',
    layer: 'policy',
    title: said('The bucket policy wants an encryption header on writes', '存储桶策略要求写入时带加密标头'),
    meaning: said(
      'A Deny of the bucket policy hangs on s3:x-amz-server-side-encryption or its key: writes have to send it.',
      '存储桶策略的 Deny 取决于 s3:x-amz-server-side-encryption 或其密钥:写入时必须发送该标头。',
    ),
    symptom: said(
      'Reads work; PutObject is refused without the header and works with it.',
      '读取正常;不带标头的 PutObject 被拒绝,带上后正常。',
    ),
    remedy: {
      who: 'platform',
      where: said('the settings of the connection', '连接的设置'),
      summary: said(
        'Send the header: sluice connection update NAME --encryption aws:kms --encryption-key ARN. Or the data owner drops the Deny, which a default encryption makes needless.',
        '发送该标头:sluice connection update NAME --encryption aws:kms --encryption-key ARN。或由数据所有者删除该 Deny,默认加密已使其不再必要。',
      ),
      risk: said(
        'What is written is encrypted with that key: whoever reads it needs the right to use it.',
        '写入的对象将使用该密钥加密:读取者需要使用该密钥的权限。',
      ),
      undo: said('Take the setting away again.', '移除该设置。'),
      verify,
    },
    settle,
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html'],
    explain: deny('sse'),
  },
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
    explain: (failure, facts) => {
      const own = resourceGap(failure, facts)
      if (own !== undefined) return own.gap === 'aws.rp.absent' ? own.explanation : undefined
      if (!isForData(failure) || !isBare(failure.clue) || facts.documents.bucketPolicy !== undefined) return undefined
      const cross = crossAccount(facts)
      if (cross === 'no') return undefined
      return possible(
        cross === 'yes'
          ? 'The bucket belongs to another account than the role.'
          : 'S3 gives no reason, as it does when the bucket is another account’s.',
        { values: valuesOfFailure(failure, facts) },
      )
    },
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
    explain: (failure, facts) => {
      const own = resourceGap(failure, facts)
      return own?.gap === 'aws.rp.condition_never' ? own.explanation : undefined
    },
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
    explain: (failure, facts) => {
      const own = resourceGap(failure, facts)
      if (own !== undefined) return own.gap === 'aws.bpa' ? own.explanation : undefined
      if (!isForData(failure) || !isBare(failure.clue) || facts.documents.bucketPolicy !== undefined || crossAccount(facts) === 'no')
        return undefined
      if (facts.documents.publicAccessBlock !== undefined && facts.documents.publicAccessBlock['RestrictPublicBuckets'] === false)
        return undefined
      return possible('S3 gives no reason, as it does when the bucket is another account’s.', { values: valuesOfFailure(failure, facts) })
    },
  },
]
