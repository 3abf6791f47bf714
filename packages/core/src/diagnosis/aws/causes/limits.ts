import type { Cause, Explanation } from '../../cause.ts'
import type { Failure } from '../../failure.ts'
import type { Facts } from '../../facts.ts'
import { named, possible, speaksOf } from '../../evidence.ts'
import { said } from '../../said.ts'
import { denyExplanation, denying, silentLayer, type Denying } from '../denies.ts'
import { operationName } from '../operations.ts'
import { isForData, laterSuccess, valuesOfFailure } from '../refusal.ts'
import { suspected } from '../silence.ts'

const EVALUATION = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html'
const undo = said('Put the former policy back; keep a copy before the change.', '恢复原来的策略;更改前请先备份。')
const verify = said('Repeat the request; the text then names the next layer, if there is one.', '重试该请求;若还有其他层拒绝,信息会指出。')

type Limit = 'boundary' | 'session' | 'scp' | 'rcp' | 'vpc-endpoint'

/** How a layer that limits others stands to a refusal: an explicit Deny in it, or nothing in it that allows. */
function limit(layer: Limit) {
  return (failure: Failure, facts: Facts): Explanation | undefined => {
    if (!isForData(failure) || laterSuccess(failure, facts) !== undefined) return undefined
    const [first, ...others] = denying(failure, facts, layer)
    if (first !== undefined) return denyExplanation(failure, facts, first, others.length === 0)
    return silentLayer(failure, facts, layer) ?? suspected(CODES[layer], failure, facts)
  }
}

const CODES: { readonly [layer in Limit]: string } = {
  boundary: 'aws.pb',
  session: 'aws.session_policy',
  scp: 'aws.scp',
  rcp: 'aws.rcp',
  'vpc-endpoint': 'aws.vpce',
}

/** What stands above or around the role's own policies. */
export const LIMIT_CAUSES: readonly Cause[] = [
  {
    code: 'aws.scp',
    cloud: 'aws',
    layer: 'organization',
    title: said('A service control policy refuses it', '服务控制策略拒绝了请求'),
    meaning: said(
      'The organization’s guard rail {policy} does not let the account’s identities do {action}.',
      '组织的防护策略 {policy} 不允许该账户的身份执行 {action}。',
    ),
    symptom: said('The answer names a service control policy.', '响应指出服务控制策略。'),
    remedy: {
      who: 'organization',
      where: said('AWS Organizations console > Policies > Service control policies', 'AWS Organizations 控制台 > 策略 > 服务控制策略'),
      summary: said('Except {principal} from the statement, or allow {action}.', '在该语句中将 {principal} 设为例外,或允许 {action}。'),
      risk: said(
        'The exception holds in every account below the policy that has a role of that ARN.',
        '例外对该策略下所有具有该 ARN 的角色生效。',
      ),
      undo,
      verify,
    },
    settle: {
      read: 'organizations:DescribePolicy',
      by: 'organization',
      command: 'aws organizations list-policies-for-target --target-id ACCOUNT --filter SERVICE_CONTROL_POLICY',
    },
    links: ['https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html'],
    explain: limit('scp'),
  },
  {
    code: 'aws.rcp',
    cloud: 'aws',
    layer: 'organization',
    title: said('A resource control policy refuses it', '资源控制策略拒绝了请求'),
    meaning: said(
      'The organization’s guard rail {policy} keeps this caller from the resources of the account.',
      '组织的防护策略 {policy} 阻止该调用方访问该账户的资源。',
    ),
    symptom: said('The answer names a resource control policy.', '响应指出资源控制策略。'),
    remedy: {
      who: 'organization',
      where: said('AWS Organizations console > Policies > Resource control policies', 'AWS Organizations 控制台 > 策略 > 资源控制策略'),
      summary: said('Except {principal} from the statement.', '在该语句中将 {principal} 设为例外。'),
      risk: said('The exception holds for every resource below the policy.', '例外对该策略下的所有资源生效。'),
      undo,
      verify,
    },
    settle: {
      read: 'organizations:DescribePolicy',
      by: 'organization',
      command: 'aws organizations list-policies-for-target --target-id ACCOUNT --filter RESOURCE_CONTROL_POLICY',
    },
    links: ['https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html'],
    explain: limit('rcp'),
  },
  {
    code: 'aws.vpce',
    cloud: 'aws',
    layer: 'network',
    title: said('The VPC endpoint’s policy refuses it', 'VPC 终端节点策略拒绝了请求'),
    meaning: said(
      'The request goes through a VPC endpoint of ours whose policy does not let {action} through.',
      '请求经过我们的 VPC 终端节点,其策略不允许 {action}。',
    ),
    symptom: said(
      'It fails only from behind the endpoint; the answer names a VPC endpoint policy.',
      '仅在经过该终端节点时失败;响应指出 VPC 终端节点策略。',
    ),
    remedy: {
      who: 'platform',
      where: said('VPC console > Endpoints > the S3 endpoint > Policy', 'VPC 控制台 > 终端节点 > S3 终端节点 > 策略'),
      summary: said('Allow the buckets of customers in the endpoint’s policy.', '在终端节点策略中允许客户的存储桶。'),
      risk: said(
        'Whatever else runs behind the endpoint reaches these buckets too, as far as their policies let it.',
        '该终端节点后的其他程序在其策略允许时也能访问这些存储桶。',
      ),
      undo,
      verify,
    },
    settle: {
      read: 'ec2:DescribeVpcEndpoints',
      by: 'platform',
      command: 'aws ec2 describe-vpc-endpoints --query VpcEndpoints[].PolicyDocument',
    },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html'],
    explain: limit('vpc-endpoint'),
  },
  {
    code: 'aws.pb',
    cloud: 'aws',
    layer: 'policy',
    title: said('The role’s permissions boundary does not allow it', '角色的权限边界不允许'),
    meaning: said(
      'A permissions boundary limits what the role’s policies can grant, and {action} is outside it.',
      '权限边界限制了角色策略的授权范围,{action} 不在其中。',
    ),
    symptom: said('The answer names a permissions boundary.', '响应指出权限边界。'),
    remedy: {
      who: 'cloud-admin',
      where: said('IAM console > Roles > {name} > Permissions > Permissions boundary', 'IAM 控制台 > 角色 > {name} > 权限 > 权限边界'),
      summary: said('Let the boundary allow {action} on {resources}.', '让权限边界允许对 {resources} 执行 {action}。'),
      risk: said(
        'Every role and user under the same boundary may then be granted it.',
        '使用同一权限边界的所有角色和用户都可能被授予该权限。',
      ),
      undo,
      verify,
    },
    settle: {
      read: 'iam:GetRole shows the boundary',
      by: 'cloud-admin',
      command: 'aws iam get-role --role-name ROLE --query Role.PermissionsBoundary',
    },
    links: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html'],
    explain: limit('boundary'),
  },
  {
    code: 'aws.session_policy',
    cloud: 'aws',
    layer: 'policy',
    title: said('The session policy we passed is too narrow', '我们传入的会话策略过窄'),
    meaning: said('The lease was narrowed to less than the request needs.', '租约被限定得比请求所需更窄。'),
    symptom: said('The answer names a session policy.', '响应指出会话策略。'),
    remedy: {
      who: 'platform',
      where: said('the lease that was asked for', '所请求的租约'),
      summary: said(
        'Ask for a lease that covers {action} on {resources}. Of a key of KMS: name it in the connection, sluice connection update NAME --kms-read-key KEY --kms-write-key KEY.',
        '请求一个覆盖对 {resources} 执行 {action} 的租约。若为 KMS 密钥:在连接中写明该密钥,sluice connection update NAME --kms-read-key KEY --kms-write-key KEY。',
      ),
      risk: said('None: the role’s own policies still apply.', '没有影响:角色自身的策略仍然生效。'),
      undo: said('Ask for the former lease.', '恢复原来的租约范围。'),
      verify,
    },
    links: [EVALUATION],
    explain: limit('session'),
  },
  {
    code: 'aws.id.revoked_session',
    cloud: 'aws',
    layer: 'policy',
    title: said('The sessions of the role were revoked', '角色的会话已被撤销'),
    meaning: said(
      'AWSRevokeOlderSessions denies everything to sessions issued before a time. A new session works.',
      'AWSRevokeOlderSessions 拒绝某一时间之前签发的会话。新会话可以正常工作。',
    ),
    symptom: said(
      'The cached session is refused with an explicit deny in an identity-based policy; a new one works.',
      '缓存的会话被基于身份的策略显式拒绝;新会话正常。',
    ),
    remedy: {
      who: 'platform',
      where: said('the program that holds the session', '持有该会话的程序'),
      summary: said(
        'Drop the session and assume the role again. Sluice drops its own leases before it advises anything else.',
        '丢弃会话并重新担任角色。Sluice 会先丢弃自己的租约再给出其他建议。',
      ),
      risk: said('None.', '没有影响。'),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify: said('The same request with a new session succeeds.', '用新会话重发同一请求即可成功。'),
    },
    settle: {
      read: 'iam:ListRolePolicies shows AWSRevokeOlderSessions',
      by: 'cloud-admin',
      command: 'aws iam list-role-policies --role-name ROLE',
    },
    inseparable: ['aws.id.revoked_session', 'aws.propagation'],
    links: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html'],
    explain: (failure, facts) => identityDeny(failure, facts, 'revoked'),
  },
  {
    code: 'aws.id.explicit_deny',
    cloud: 'aws',
    layer: 'policy',
    title: said('A policy of the role denies it', '角色的策略显式拒绝'),
    meaning: said(
      'A Deny statement among the role’s own policies covers {action} on {resource}: no Allow outweighs it.',
      '角色自身的策略中有 Deny 语句涵盖对 {resource} 执行 {action}:任何 Allow 都无法覆盖。',
    ),
    symptom: said('The answer names an explicit deny in an identity-based policy.', '响应指出基于身份的策略中的显式拒绝。'),
    remedy: {
      who: 'cloud-admin',
      where: said('IAM console > Roles > {name} > Permissions', 'IAM 控制台 > 角色 > {name} > 权限'),
      summary: said('Narrow the Deny so that it leaves out what the connection is for.', '缩小 Deny 的范围,排除该连接所需的内容。'),
      risk: said(
        'What the Deny was meant to keep out may get in where the exception is wider than needed.',
        '如果例外过宽,Deny 原本要阻止的访问可能被放行。',
      ),
      undo,
      verify,
    },
    settle: {
      read: 'iam:GetRolePolicy and GetPolicyVersion',
      by: 'cloud-admin',
      command: 'aws iam list-attached-role-policies --role-name ROLE',
    },
    links: [EVALUATION],
    explain: (failure, facts) => identityDeny(failure, facts, 'other'),
  },
]

/** An explicit deny among the role's own policies: the one that revokes sessions, or another. */
function identityDeny(failure: Failure, facts: Facts, which: 'revoked' | 'other'): Explanation | undefined {
  if (!isForData(failure)) return undefined
  const values = { values: valuesOfFailure(failure, facts) }
  const told = speaksOf(failure.clue, 'identity', 'explicit')
  if (told && laterSuccess(failure, facts) !== undefined)
    return which === 'revoked'
      ? named(said('The same request succeeded later, with a new session.', '同一请求随后在新会话中成功。'), values)
      : undefined
  const all = denying(failure, facts, 'identity')
  const [first] = all.filter(({ keys }) => keys.includes('aws:tokenissuetime') === (which === 'revoked'))
  if (first !== undefined)
    return which === 'revoked' ? revoked(failure, facts, first, all) : denyExplanation(failure, facts, first, all.length === 1)
  if (told && all.length === 0) {
    if (which === 'revoked' && isFresh(failure, facts)) return undefined
    return named(said('The answer names an explicit deny in an identity-based policy.', '响应指出基于身份的策略中的显式拒绝。'), {
      ...values,
      likelihood: which === 'other' ? 1 : 0,
    })
  }
  return suspected(which === 'other' ? 'aws.id.explicit_deny' : 'aws.id.revoked_session', failure, facts)
}

/** A policy that denies the sessions of before a time: what it wants is a new session, and no other policy. */
function revoked(failure: Failure, facts: Facts, one: Denying, all: readonly Denying[]): Explanation | undefined {
  if (isFresh(failure, facts)) return undefined
  const evidence = said(
    `${one.name}, Statement ${one.index}, denies sessions that were issued before a time (aws:TokenIssueTime).`,
    `${one.name} 的语句 ${one.index} 拒绝某一时间之前签发的会话(aws:TokenIssueTime)。`,
  )
  const more = { values: valuesOfFailure(failure, facts) }
  return failure.clue.effect === 'explicit' && all.length === 1 ? named(evidence, more) : possible(evidence, more)
}

/** Whether a new session was refused in the same way: then it is not its age. */
function isFresh({ observation, clue }: Failure, facts: Facts): boolean {
  const own = operationName(observation, clue)
  const again = facts.failures.some(
    (one) =>
      one.observation.index > observation.index &&
      operationName(one.observation, one.clue) === own &&
      one.observation.target === observation.target,
  )
  const before = facts.failures.some(
    (one) =>
      one.observation.index < observation.index &&
      operationName(one.observation, one.clue) === own &&
      one.observation.target === observation.target,
  )
  const renewed = facts.successes.some(
    (one) =>
      operationName(one).startsWith('assumerole') &&
      facts.failures.some((each) => each.observation.index < one.index && operationName(each.observation, each.clue) === own),
  )
  return renewed && (again || before)
}
