import type { Cause } from '../../cause.ts'
import { named } from '../../evidence.ts'
import { said } from '../../said.ts'
import { speechOf } from '../../speech.ts'
import { isOidcTrustOpen, isTrustOpen, trustGap, trustValues } from '../trust.ts'

const PAGE = 'https://help.aliyun.com/en/ram/user-guide/edit-the-trust-policy-of-a-ram-role'
const EXTERNAL_ID = 'https://help.aliyun.com/en/ram/use-cases/use-externalid-to-prevent-the-confused-deputy-problem'

const where = said(
  'RAM console > Identities > Roles > {name} > Trust Policy > Edit Trust Policy',
  'RAM 控制台 > 身份管理 > 角色 > {name} > 信任策略 > 编辑信任策略',
)
const undo = said('Put the former trust policy back; copy it before the change.', '恢复原来的信任策略;更改前请先备份。')
const verify = said('sluice connection validate: “Trust accepts us” passes.', 'sluice connection validate:“Trust accepts us” 通过。')
const settle = {
  read: 'ram:GetRole shows the trust policy',
  by: 'cloud-admin',
  command: 'aliyun ram GetRole --RoleName ROLE',
} as const

/** STS answers these alike. */
const INSEPARABLE = ['oss.trust', 'oss.extid']

/** Getting into the customer's account. */
export const TRUST_CAUSES: readonly Cause[] = [
  {
    code: 'oss.trust',
    cloud: 'aliyun',
    layer: 'trust',
    title: said('The trust policy of the role names somebody else', '角色的信任策略没有写明我们'),
    meaning: said(
      'No statement of the trust policy lets our principal {principal} in.',
      '信任策略没有任何语句允许我们的主体 {principal}。',
    ),
    symptom: said('AssumeRole answers NoPermission.', 'AssumeRole 返回 NoPermission。'),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Add {principal} under Principal.RAM, with the external id as its condition.',
        '在 Principal.RAM 中加入 {principal},并以外部 ID 作为条件。',
      ),
      risk: said('None for others: whom the policy names, it goes on naming.', '对其他人没有影响:原有主体保持不变。'),
      undo,
      verify,
    },
    settle,
    inseparable: INSEPARABLE,
    links: [PAGE],
    explain: trustGap('oss.trust'),
  },
  {
    code: 'oss.extid',
    cloud: 'aliyun',
    layer: 'trust',
    title: said('The trust policy expects another external id', '信任策略要求的外部 ID 不同'),
    meaning: said(
      'sts:ExternalId in the trust policy is not the id of this connection: compare letter by letter.',
      '信任策略中的 sts:ExternalId 与此连接的 ID 不一致:请逐字符比较。',
    ),
    symptom: said(
      'AssumeRole answers NoPermission, with the right, a wrong and no id alike.',
      '无论 ID 正确、错误或缺失,AssumeRole 都返回 NoPermission。',
    ),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Paste the external id that sluice connection setup shows into StringEquals sts:ExternalId.',
        '将 sluice connection setup 显示的外部 ID 填入 StringEquals sts:ExternalId。',
      ),
      risk: said('Whoever else assumes this role with the former id no longer can.', '使用原外部 ID 担任此角色的其他方将无法再担任。'),
      undo,
      verify,
    },
    settle,
    inseparable: INSEPARABLE,
    links: [EXTERNAL_ID],
    explain: trustGap('oss.extid'),
  },
  {
    code: 'oss.caller',
    cloud: 'aliyun',
    layer: 'trust',
    title: said('Our own identity may not assume roles', '我们自己的身份没有 AssumeRole 权限'),
    meaning: said(
      'The platform’s RAM user lacks AliyunSTSAssumeRoleAccess, or it is an account itself, which assumes no roles.',
      '平台的 RAM 用户缺少 AliyunSTSAssumeRoleAccess,或使用的是不能担任角色的主账号。',
    ),
    symptom: said(
      'NoPermission for every customer’s role; the detail names a policy of the identity.',
      '所有客户的角色都返回 NoPermission;详情指向身份策略。',
    ),
    remedy: {
      who: 'platform',
      where: said('RAM console > Identities > Users > our user > Permissions', 'RAM 控制台 > 身份管理 > 用户 > 我们的用户 > 权限管理'),
      summary: said('Attach AliyunSTSAssumeRoleAccess to our RAM user.', '为我们的 RAM 用户授予 AliyunSTSAssumeRoleAccess。'),
      risk: said('Our identity can then assume whatever role trusts it.', '此后我们的身份可以担任任何信任它的角色。'),
      undo: said('Detach the policy again.', '移除该策略。'),
      verify,
    },
    links: ['https://help.aliyun.com/en/ram/developer-reference/api-sts-2015-04-01-assumerole'],
    explain: trustGap('oss.caller'),
  },
  {
    code: 'oss.role_missing',
    cloud: 'aliyun',
    layer: 'trust',
    title: said('There is no such role', '该角色不存在'),
    meaning: said(
      'The role {role} does not exist: its name or the account is written otherwise.',
      '角色 {role} 不存在:名称或账号 ID 不同。',
    ),
    symptom: said('AssumeRole answers EntityNotExist.Role.', 'AssumeRole 返回 EntityNotExist.Role。'),
    remedy: {
      who: 'cloud-admin',
      where: said('RAM console > Identities > Roles', 'RAM 控制台 > 身份管理 > 角色'),
      summary: said(
        'Copy the ARN of the role into the connection, or create the role by the setup.',
        '将角色的 ARN 复制到连接中,或按设置创建该角色。',
      ),
      risk: said('None.', '没有影响。'),
      undo: said('Set the former ARN again.', '恢复原来的 ARN。'),
      verify,
    },
    links: [PAGE],
    explain: trustGap('oss.role_missing'),
  },
  {
    code: 'oss.oidc',
    cloud: 'aliyun',
    layer: 'trust',
    title: said('The OIDC provider or trust does not take our token', 'OIDC 身份提供商或信任策略不接受我们的令牌'),
    meaning: said(
      'Issuer, client id, fingerprint or subject are not those of our tokens; the words of the answer say which, where it says.',
      '颁发者、客户端 ID、指纹或主体与我们的令牌不符;若响应有说明,以其为准。',
    ),
    symptom: said('AssumeRoleWithOIDC answers AuthenticationFail.…', 'AssumeRoleWithOIDC 返回 AuthenticationFail.…'),
    remedy: {
      who: 'cloud-admin',
      where: said('RAM console > Integrations > SSO > Role-based SSO > OIDC', 'RAM 控制台 > 集成管理 > SSO 管理 > 角色 SSO > OIDC'),
      summary: said(
        'Compare provider and trust policy with those that sluice connection setup shows, letter by letter; the fingerprint changes with the certificate authority.',
        '将身份提供商与信任策略和 sluice connection setup 显示的内容逐字符比较;指纹会随证书颁发机构变化。',
      ),
      risk: said('Tokens of the former issuer or client are not taken any more.', '原颁发者或客户端的令牌将不再被接受。'),
      undo: said('Set the former values again.', '恢复原来的值。'),
      verify,
    },
    links: ['https://help.aliyun.com/en/ram/developer-reference/api-sts-2015-04-01-assumerolewithoidc'],
    explain: trustGap('oss.oidc'),
  },
  {
    code: 'oss.sts.duration',
    cloud: 'aliyun',
    layer: 'trust',
    title: said('The session asked for is longer than the role allows', '请求的会话时长超过角色允许的上限'),
    meaning: said('MaxSessionDuration of the role is shorter.', '角色的 MaxSessionDuration 更短。'),
    symptom: said('InvalidParameter.DurationSeconds.', 'InvalidParameter.DurationSeconds。'),
    remedy: {
      who: 'platform',
      where: said('the request for the session', '会话请求'),
      summary: said('Ask for 3600 seconds at most.', '最多请求 3600 秒。'),
      risk: said('Sessions have to be renewed more often.', '会话需要更频繁地续期。'),
      undo: said('Ask for the former duration.', '恢复原来的时长。'),
      verify,
    },
    links: ['https://help.aliyun.com/en/ram/developer-reference/api-sts-2015-04-01-assumerole'],
    explain: (failure) =>
      /DurationSeconds/.test(`${failure.clue.code ?? ''} ${speechOf(failure)}`)
        ? named(said('The answer names the duration of the session.', '响应提到会话时长。'))
        : undefined,
  },
  {
    code: 'oss.trust.open',
    cloud: 'aliyun',
    layer: 'trust',
    title: said('The role lets us in without naming this connection', '角色的信任没有限定到此连接'),
    meaning: said(
      'The trust policy has no condition on sts:ExternalId (with OIDC: on oidc:sub) that this connection alone fulfils: another tenant of this platform who knows the ARN could use the role.',
      '信任策略没有只有此连接才满足的 sts:ExternalId(OIDC 为 oidc:sub)条件:知道该 ARN 的平台其他租户也能使用此角色。',
    ),
    symptom: said('AssumeRole succeeds with a wrong id or without one.', '使用错误的 ID 或不使用 ID 时 AssumeRole 也成功。'),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Add StringEquals sts:ExternalId (oidc:sub) with the value that sluice connection setup shows.',
        '增加 StringEquals sts:ExternalId(oidc:sub),值为 sluice connection setup 显示的内容。',
      ),
      risk: said('Whoever else assumes the role through this statement needs it too.', '通过该语句担任此角色的其他方也需要满足该条件。'),
      undo: said('Remove the condition again.', '移除该条件。'),
      verify,
    },
    links: [EXTERNAL_ID],
    explain: () => undefined,
    notice: (facts) => {
      const { method } = facts.connection
      const isOpen = ((method === undefined || method === 'role') && isTrustOpen(facts)) || isOidcTrustOpen(facts)
      return isOpen
        ? {
            fits: 'proved',
            for: [said('The trust policy lets us in whatever names the connection.', '信任策略不区分连接即允许我们。')],
            values: trustValues(facts),
          }
        : undefined
    },
  },
]
