import { isList, isObject } from '../../../policy/shapes.ts'
import type { Cause } from '../../cause.ts'
import type { Facts } from '../../facts.ts'
import { named } from '../../evidence.ts'
import { servedLater } from '../../later-success.ts'
import { said } from '../../said.ts'
import { isUnreachable, speechOf } from '../../speech.ts'
import { valuesOf as textsOf } from '../../statement-patch.ts'
import { opensToAll } from '../open-policy.ts'
import { policyGap } from '../policy.ts'
import { locationOf } from '../subject.ts'
import { valuesOf } from '../values.ts'
import { isDataDenial, WORDS } from '../words.ts'

const ACTIONS = 'https://help.aliyun.com/en/oss/user-guide/authorization-syntax-and-elements'
const DETAIL = 'https://help.aliyun.com/en/ram/user-guide/how-do-i-troubleshoot-access-denied-errors'
const BUCKET = 'https://help.aliyun.com/en/oss/user-guide/bucket-policy'

const role = said(
  'RAM console > Identities > Roles > {name} > Permissions (Users for a RAM user)',
  'RAM 控制台 > 身份管理 > 角色 > {name} > 权限管理(RAM 用户则在“用户”中)',
)
const bucket = said(
  'OSS console > Buckets > {bucket} > Permission Control > Bucket Policy',
  'OSS 控制台 > Bucket 列表 > {bucket} > 权限控制 > Bucket 授权策略',
)
const undo = said('Put the former policy back; keep a copy before the change.', '恢复原来的策略;更改前请先备份。')
const verify = said(
  'Repeat the request; probe again after the change, for one policy is named even where several deny.',
  '重试该请求;即使多个策略拒绝也只会指出一个,更改后请再次探测。',
)

const settlePolicies = {
  read: 'the policies of the role or user, and that of the bucket',
  by: 'cloud-admin',
  command: 'aliyun ram ListPoliciesForRole --RoleName ROLE && aliyun oss bucket-policy --method get oss://BUCKET',
} as const

/** Policies, ACLs and keys. */
export const POLICY_CAUSES: readonly Cause[] = [
  {
    code: 'oss.ram.missing',
    cloud: 'aliyun',
    layer: 'policy',
    title: said('The RAM policies do not allow this', 'RAM 策略没有允许该操作'),
    meaning: said(
      'No policy of {name} allows {action} here. Listing and reading of the bucket are asked of acs:oss:*:*:{bucket}, objects of acs:oss:*:*:{bucket}/*: it takes both.',
      '{name} 的策略没有在此允许 {action}。列出与读取存储空间信息针对 acs:oss:*:*:{bucket},对象针对 acs:oss:*:*:{bucket}/*:两者都需要。',
    ),
    symptom: said(
      'AccessDenied with ImplicitDeny in AccessDeniedDetail; or “The bucket you access does not belong to you” where GetBucketInfo or listing is missing.',
      'AccessDenied,AccessDeniedDetail 为 ImplicitDeny;缺少 GetBucketInfo 或列出权限时为 “The bucket you access does not belong to you”。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: role,
      summary: said('Allow exactly {action} on {resource}.', '仅允许对 {resource} 执行 {action}。'),
      risk: said(
        'None for others: the statement only adds what the connection asked for.',
        '对其他人没有影响:该语句只增加连接所要求的权限。',
      ),
      undo,
      verify,
    },
    settle: settlePolicies,
    links: [ACTIONS, DETAIL],
    explain: policyGap('oss.ram.missing'),
  },
  {
    code: 'oss.ram.explicit',
    cloud: 'aliyun',
    layer: 'policy',
    title: said('A RAM policy denies it', 'RAM 策略明确拒绝'),
    meaning: said(
      'A Deny of a policy attached to {name} meets the request, whatever else allows it. OSS words it as “bucket policy” all the same.',
      '附加到 {name} 的策略中有 Deny 语句匹配该请求,与其他授权无关。OSS 的提示仍为 “bucket policy”。',
    ),
    symptom: said(
      'AccessDenied with ExplicitDeny and an identity-based policy in AccessDeniedDetail, EC 0003-00000201.',
      'AccessDenied,AccessDeniedDetail 为 ExplicitDeny 与身份策略,EC 0003-00000201。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: role,
      summary: said(
        'Let {action} on {resource} out of the Deny, or detach that policy from {name}.',
        '将对 {resource} 的 {action} 排除在 Deny 之外,或从 {name} 解除该策略。',
      ),
      risk: said('The Deny does not hold for that any more; ask why it was written.', '该 Deny 对此不再生效;请先了解其用途。'),
      undo,
      verify,
    },
    settle: settlePolicies,
    links: ['https://help.aliyun.com/en/oss/user-guide/0003-00000201', DETAIL],
    explain: policyGap('oss.ram.explicit'),
  },
  {
    code: 'oss.bp.deny',
    cloud: 'aliyun',
    layer: 'policy',
    title: said('The bucket policy denies it', 'Bucket 授权策略明确拒绝'),
    meaning: said(
      'A Deny of the policy of the bucket {bucket} meets the request.',
      '存储空间 {bucket} 的授权策略中有 Deny 语句匹配该请求。',
    ),
    symptom: said(
      'AccessDenied, “Access denied by bucket policy”, with a resource-based policy in AccessDeniedDetail.',
      'AccessDenied,“Access denied by bucket policy”,AccessDeniedDetail 为资源策略。',
    ),
    remedy: {
      who: 'data-owner',
      where: bucket,
      summary: said(
        'Let our role out of the Deny (NotPrincipal with arn:sts::UID:assumed-role/{name}/*), and go on denying it what the connection is not for.',
        '将我们的角色排除在 Deny 之外(NotPrincipal 填 arn:sts::UID:assumed-role/{name}/*),并继续拒绝其访问连接范围之外的内容。',
      ),
      risk: said(
        'The Deny does not hold for that role any more, in what the connection is for: also for others who use the role.',
        '在连接所需的范围内,该 Deny 对此角色不再生效,对使用该角色的其他人也是如此。',
      ),
      undo,
      verify,
    },
    settle: {
      read: 'oss:GetBucketPolicy shows the policy',
      by: 'data-owner',
      command: 'aliyun oss bucket-policy --method get oss://BUCKET',
    },
    links: [BUCKET],
    explain: policyGap('oss.bp.deny'),
  },
  {
    code: 'oss.vpc',
    cloud: 'aliyun',
    layer: 'network',
    title: said('The network that the request came from is not allowed', '请求来源网络不被允许'),
    meaning: said(
      'A policy of a VPC endpoint, or a condition on acs:SourceVpc or acs:SourceIp in the policy of the bucket, keeps it out; or an internal endpoint is used from outside.',
      'VPC 终端节点策略或授权策略中的 acs:SourceVpc、acs:SourceIp 条件拒绝了请求;或从外部使用了内网 Endpoint。',
    ),
    symptom: said(
      '“Access denied by VPC endpoint policy”; or denied by bucket policy from one network and served from another.',
      '“Access denied by VPC endpoint policy”;或某一网络被授权策略拒绝而另一网络正常。',
    ),
    remedy: {
      who: 'data-owner',
      where: bucket,
      summary: said(
        'Add our addresses or VPC to the condition, or let our role out of the statement; from outside use the public endpoint.',
        '将我们的地址或 VPC 加入条件,或将我们的角色排除在该语句之外;从外部访问请使用公网 Endpoint。',
      ),
      risk: said('Whoever comes from there and has the permissions reaches the bucket.', '来自该处且拥有权限者都能访问存储空间。'),
      undo,
      verify,
    },
    settle: {
      read: 'the policy of the bucket, and that of the VPC endpoint',
      by: 'data-owner',
      command: 'aliyun oss bucket-policy --method get oss://BUCKET',
    },
    links: ['https://help.aliyun.com/en/oss/user-guide/use-vpc-policies-to-control-access-to-oss-resources', BUCKET],
    explain: (failure, facts) => {
      const about = `${failure.observation.target ?? ''} ${failure.observation.message ?? ''} ${facts.connection.location ?? ''}`
      // Endpoints with -internal answer within Alibaba Cloud in the same region only.
      return isUnreachable(failure) && about.includes('-internal.aliyuncs.com')
        ? named(said('Nothing answers at an internal endpoint.', '内网 Endpoint 没有响应。'), { values: valuesOf(failure, facts) })
        : policyGap('oss.vpc')(failure, facts)
    },
  },
  {
    code: 'oss.sts.session_policy',
    cloud: 'aliyun',
    layer: 'policy',
    title: said('The policy of the session does not allow this', '会话策略没有允许该操作'),
    meaning: said(
      'A session may do what both the role and the policy that it was taken with allow: the latter leaves {action} out.',
      '会话的权限是角色权限与会话策略的交集:后者不包含 {action}。',
    ),
    symptom: said(
      'AccessDenied, “Access denied by authorizer’s policy”, EC 0003-00000301.',
      'AccessDenied,“Access denied by authorizer’s policy”,EC 0003-00000301。',
    ),
    remedy: {
      who: 'platform',
      where: said('the request for the session: its Policy', '会话请求中的 Policy'),
      summary: said('Take a session whose policy allows {action} on {resource}.', '获取策略允许对 {resource} 执行 {action} 的会话。'),
      risk: said('The session can do that too.', '该会话将拥有该权限。'),
      undo: said('Take sessions with the former policy.', '恢复使用原来的会话策略。'),
      verify,
    },
    links: ['https://help.aliyun.com/en/oss/user-guide/0003-00000301'],
    explain: policyGap('oss.sts.session_policy'),
  },
  {
    code: 'oss.control_policy',
    cloud: 'aliyun',
    layer: 'organization',
    title: said('A control policy of the resource directory forbids it', '资源目录的管控策略禁止该操作'),
    meaning: said(
      'The organization limits what its accounts may do, and this is not part of it.',
      '组织限制了成员账号的权限,不包含该操作。',
    ),
    symptom: said('AccessDenied with ControlPolicy in AccessDeniedDetail.', 'AccessDenied,AccessDeniedDetail 为 ControlPolicy。'),
    remedy: {
      who: 'organization',
      where: said('Resource Management console > Resource Directory > Control Policy', '资源管理控制台 > 资源目录 > 管控策略'),
      summary: said('Make an exception from the control policy for the account or role.', '在管控策略中为该账号或角色设置例外。'),
      risk: said('The policy does not hold for them any more.', '该策略将不再对其生效。'),
      undo: said('Remove the exception again.', '移除该例外。'),
      verify,
    },
    links: ['https://help.aliyun.com/en/resource-management/resource-directory/user-guide/overview-of-control-policies'],
    explain: (failure, facts) =>
      failure.clue.layer === 'scp' && failure.clue.code === 'NoPermission'
        ? named(said('The detail of the answer names a control policy.', '响应详情指向管控策略。'), { values: valuesOf(failure, facts) })
        : policyGap('oss.control_policy')(failure, facts),
  },
  {
    code: 'oss.kms',
    cloud: 'aliyun',
    layer: 'key',
    title: said('KMS does not let us use the encryption key', 'KMS 不允许使用加密密钥'),
    meaning: said(
      'The object is encrypted with a key of KMS, and the role lacks kms:Decrypt (to write, kms:GenerateDataKey too), or the key is disabled; OSS does not say which.',
      '对象使用 KMS 密钥加密,而角色缺少 kms:Decrypt(写入还需 kms:GenerateDataKey),或密钥已禁用;OSS 不会说明是哪一种。',
    ),
    symptom: said(
      '“This request is forbidden by kms”; listing and HeadObject work.',
      '“This request is forbidden by kms”;列出与 HeadObject 正常。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: role,
      summary: said(
        'Allow kms:Decrypt and kms:GenerateDataKey on the key, name it in the connection (--kms-read-key, --kms-write-key), and see that it is enabled and KMS is activated.',
        '允许对该密钥执行 kms:Decrypt 与 kms:GenerateDataKey,在连接中指定该密钥(--kms-read-key、--kms-write-key),并确认密钥已启用且 KMS 已开通。',
      ),
      risk: said('The role can then decrypt whatever that key encrypted.', '该角色可以解密使用该密钥加密的内容。'),
      undo,
      verify,
    },
    settle: { read: 'the state of the key and the policies of the role', by: 'cloud-admin', command: 'aliyun kms DescribeKey --KeyId KEY' },
    links: ['https://help.aliyun.com/en/oss/user-guide/server-side-encryption-5'],
    explain: policyGap('oss.kms'),
  },
  {
    code: 'oss.bucket_foreign',
    cloud: 'aliyun',
    layer: 'place',
    title: said('The bucket is another account’s', '存储空间属于其他账号'),
    meaning: said(
      'The bucket {bucket} exists in another account, whose policy of the bucket does not name us: policies of our own account do not count there.',
      '存储空间 {bucket} 属于其他账号,其授权策略没有写明我们:我们账号的策略在那里无效。',
    ),
    symptom: said(
      '“The bucket you access does not belong to you” on everything.',
      '所有操作都返回 “The bucket you access does not belong to you”。',
    ),
    remedy: {
      who: 'data-owner',
      where: bucket,
      summary: said(
        'Correct the name of the bucket; or grant our role in the policy of the bucket.',
        '更正存储空间名称;或在授权策略中授权我们的角色。',
      ),
      risk: said('None for others.', '对其他人没有影响。'),
      undo,
      verify,
    },
    settle: { read: 'the owner of the bucket', by: 'data-owner', command: 'aliyun oss stat oss://BUCKET' },
    links: [BUCKET],
    explain: policyGap('oss.bucket_foreign'),
  },
  {
    code: 'oss.acl.anonymous',
    cloud: 'aliyun',
    layer: 'ownership',
    title: said('The request came without a signature, and the ACL is private', '请求没有签名,而 ACL 为私有'),
    meaning: said(
      'Nobody signed the request, and the bucket or object lets only signed ones in.',
      '请求未签名,而存储空间或对象只允许签名访问。',
    ),
    symptom: said(
      'AccessDenied, “You have no right to access this object because of bucket acl” or “Anonymous access is forbidden”.',
      'AccessDenied,“You have no right to access this object because of bucket acl” 或 “Anonymous access is forbidden”。',
    ),
    remedy: {
      who: 'platform',
      where: said('the program that sends the request', '发送请求的程序'),
      summary: said('Sign the request.', '对请求签名。'),
      risk: said('None.', '没有影响。'),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify: said('The signed request succeeds, or names the permission that it lacks.', '签名后的请求成功,或提示缺少的权限。'),
    },
    links: ['https://help.aliyun.com/en/oss/user-guide/0003-00000001'],
    explain: policyGap('oss.acl.anonymous'),
  },
  {
    code: 'oss.bpa',
    cloud: 'aliyun',
    layer: 'ownership',
    title: said('Block Public Access keeps anonymous requests out', '“阻止公共访问”拒绝了匿名请求'),
    meaning: said(
      'Block Public Access is on: public ACLs and policies count for nobody, and none can be set.',
      '已开启阻止公共访问:公共 ACL 与公共授权策略均不生效,也无法设置。',
    ),
    symptom: said(
      'Anonymous requests are refused though the ACL is public; “Put public bucket acl is not allowed”.',
      'ACL 为公共读但匿名请求被拒绝;“Put public bucket acl is not allowed”。',
    ),
    remedy: {
      who: 'platform',
      where: said(
        'OSS console > Buckets > {bucket} > Permission Control > Block Public Access',
        'OSS 控制台 > Bucket 列表 > {bucket} > 权限控制 > 阻止公共访问',
      ),
      summary: said('Leave it on and sign the request.', '保持开启,并对请求签名。'),
      risk: said('None. To turn it off opens whatever is public.', '没有影响。若关闭,所有公共内容将开放。'),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify: said('The signed request succeeds.', '签名后的请求成功。'),
    },
    links: ['https://help.aliyun.com/en/oss/user-guide/block-public-access'],
    explain: (failure, facts) =>
      WORDS.publicBlock.test(speechOf(failure))
        ? named(said('The answer says that nothing public may be set.', '响应称不允许设置公共访问。'), { values: valuesOf(failure, facts) })
        : policyGap('oss.bpa')(failure, facts),
  },
  {
    code: 'oss.propagation',
    cloud: 'aliyun',
    layer: 'policy',
    title: said('The change had not arrived everywhere yet', '更改当时尚未在各处生效'),
    meaning: said('RAM takes about a minute until a change of policies counts.', 'RAM 策略更改约需一分钟生效。'),
    symptom: said('It fails at first, and works a few minutes later.', '起初失败,几分钟后恢复正常。'),
    remedy: {
      who: 'platform',
      where: said('the program that tries', '发出请求的程序'),
      summary: said('Try again with pauses for a minute before giving a verdict.', '在下结论之前,间隔重试一分钟。'),
      risk: said('None.', '没有影响。'),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify: said('The request goes on succeeding.', '请求持续成功。'),
    },
    links: ['https://help.aliyun.com/en/ram/policy-evaluation-process'],
    explain: (failure, facts) =>
      isDataDenial(failure) && servedLater(failure, facts)
        ? named(said('The same request succeeded later.', '同一请求稍后成功。'), { values: valuesOf(failure, facts) })
        : undefined,
  },
  {
    code: 'oss.ram.broad',
    cloud: 'aliyun',
    layer: 'settings',
    title: said('The RAM policy allows everything in OSS', 'RAM 策略允许 OSS 的所有操作'),
    meaning: said(
      'A statement allows oss:* (or *) on every bucket: more than the connection is for.',
      '有语句允许对所有存储空间执行 oss:*(或 *):超出连接所需。',
    ),
    symptom: said('Nothing fails.', '没有失败。'),
    remedy: {
      who: 'cloud-admin',
      where: role,
      summary: said(
        'Use the policy that sluice connection setup shows, which names actions, bucket and folder.',
        '使用 sluice connection setup 显示的策略,其中写明操作、存储空间与目录。',
      ),
      risk: said('Whatever else uses the role with other buckets stops.', '使用该角色访问其他存储空间的程序会失效。'),
      undo,
      verify,
    },
    links: [ACTIONS],
    explain: () => undefined,
    notice: (facts) => {
      const found = (facts.documents.ramPolicies ?? []).findIndex((one) => statementsOf(one['Statement']).some(isBroad))
      return found === -1 ? undefined : { fits: 'proved', for: [`documents.ramPolicies[${found}]`], values: nameOf(facts) }
    },
  },
  {
    code: 'oss.public',
    cloud: 'aliyun',
    layer: 'settings',
    title: said('The bucket policy is open to everybody', 'Bucket 授权策略对所有人开放'),
    meaning: said('A statement allows * without a condition.', '有语句无条件允许 *。'),
    symptom: said('Nothing fails: unsigned requests succeed too.', '没有失败:未签名的请求也会成功。'),
    remedy: {
      who: 'data-owner',
      where: bucket,
      summary: said('Name the principals, and turn Block Public Access on.', '写明主体,并开启阻止公共访问。'),
      risk: said('Whoever uses the bucket without a signature no longer can.', '不带签名使用该存储空间者将无法再使用。'),
      undo,
      verify,
    },
    links: ['https://help.aliyun.com/en/oss/user-guide/block-public-access', BUCKET],
    explain: () => undefined,
    notice: (facts) => {
      const found = opensToAll(facts.documents.bucketPolicy ?? {})
      const location = locationOf(facts)
      return found === undefined
        ? undefined
        : {
            fits: 'proved',
            for: [`documents.bucketPolicy, Statement ${found}`],
            values: location === undefined ? {} : { bucket: location.bucket },
          }
    },
  },
]

function statementsOf(value: Parameters<typeof isList>[0]) {
  return (isList(value) ? value : [value]).filter(isObject)
}

function isBroad(statement: ReturnType<typeof statementsOf>[number]): boolean {
  const everything = textsOf(statement['Resource']).some((one) => /^(\*|acs:oss:[^:]*:[^:]*:\*)$/.test(one))
  return statement['Effect'] === 'Allow' && everything && textsOf(statement['Action']).some((one) => /^(\*|oss:\*)$/i.test(one))
}

function nameOf({ connection }: Facts): { readonly [name: string]: string } {
  const name = /\/([^/]+)$/.exec(connection.roleArn ?? connection.principal ?? '')?.[1]
  return name === undefined ? {} : { name }
}
