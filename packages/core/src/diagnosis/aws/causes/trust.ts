import type { Cause, Explanation } from '../../cause.ts'
import { hasCode, named, possible } from '../../evidence.ts'
import type { Observation } from '../../case.ts'
import type { Failure } from '../../failure.ts'
import type { Facts } from '../../facts.ts'
import { said } from '../../said.ts'
import { canaryOf } from '../canary.ts'
import { openTrust } from '../open-trust.ts'
import { operationName } from '../operations.ts'
import { isAssume, isDeniedAssume, laterSuccess } from '../refusal.ts'
import { trustGap, trustValues, type TrustGap } from '../trust-gap.ts'
import { ofTrust } from './web-identity.ts'

const PAGE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html'
const EXTERNAL_ID = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html'

/** From outside none of these can be told from the others: STS answers all alike. */
const INSEPARABLE = ['aws.sts.role_missing', 'aws.sts.trust_principal', 'aws.sts.trust_orphan', 'aws.sts.external_id', 'aws.sts.rcp']

const where = said(
  'IAM console > Roles > {name} > Trust relationships > Edit trust policy',
  'IAM 控制台 > 角色 > {name} > 信任关系 > 编辑信任策略',
)
const verify = said('sluice connection validate: “Trust accepts us” passes.', 'sluice connection validate:“Trust accepts us” 通过。')
const undo = said(
  'Put the former trust policy back; IAM keeps no history, so copy it first.',
  '恢复原来的信任策略;IAM 不保留历史,请先备份。',
)
const settle = {
  read: 'iam:GetRole shows the trust policy',
  by: 'cloud-admin',
  command: 'aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument',
} as const

/** How one gap of the trust stands to a refusal of AssumeRole. */
function trust(code: TrustGap | 'aws.sts.role_missing') {
  return (failure: Failure, facts: Facts): Explanation | undefined => {
    if (!isRefused(failure, facts)) return undefined
    const { clue } = failure
    const values = { values: trustValues(facts) }
    // Our own guard rails and policies are not the customer's trust.
    if (clue.layer !== undefined && clue.layer !== 'rcp' && clue.layer !== 'trust' && clue.layer !== 'resource') return undefined
    if (isMissing(facts))
      return code === 'aws.sts.role_missing'
        ? named(said('IAM says that there is no such role.', 'IAM 说明不存在该角色。'), values)
        : undefined
    const found = trustGap(facts, failure.observation.index >= 0)
    if (typeof found === 'object' && isOfLayer(found.gap, failure)) return found.gap === code ? found.explanation : undefined
    if (clue.layer === 'rcp')
      return code === 'aws.sts.rcp'
        ? named(said('The answer names a resource control policy.', '响应指出资源控制策略。'), values)
        : undefined
    if (clue.layer !== undefined)
      return code === 'aws.sts.rcp' || code === 'aws.sts.role_missing'
        ? undefined
        : named(said('The answer names the role’s trust policy.', '响应指出角色的信任策略。'), values)
    if (canaryOf(facts) === 'refused') return undefined
    return unsettled(code, found, facts)
  }
}

/** What stays possible where the answer gives no reason. */
function unsettled(code: TrustGap | 'aws.sts.role_missing', found: ReturnType<typeof trustGap>, facts: Facts): Explanation | undefined {
  const values = { values: trustValues(facts) }
  const { trustPolicy, rcps } = facts.documents
  if (found === 'none')
    // The trust policy that was shown lets us in: what is left is what no trust policy shows.
    return code === 'aws.sts.rcp' && rcps === undefined
      ? possible(said('The trust policy that was shown would let us in.', '所提供的信任策略会允许我们。'), values)
      : undefined
  const asksId = /sts:ExternalId/i.test(JSON.stringify(trustPolicy ?? {})) && facts.connection.externalId === undefined
  const isOpen = code === 'aws.sts.trust_principal' || code === 'aws.sts.rcp' || (code === 'aws.sts.external_id' && asksId)
  if (found === 'open' && !isOpen) return undefined
  // A role whose trust policy can be read is there.
  if (code === 'aws.sts.role_missing' && trustPolicy !== undefined) return undefined
  return possible(
    said('STS refuses without a reason, as it does to callers of another account.', 'STS 没有说明原因,它对其他账户的调用方如此响应。'),
    values,
  )
}

function isOfLayer(gap: TrustGap, { clue }: Failure): boolean {
  return clue.layer === undefined || (clue.layer === 'rcp') === (gap === 'aws.sts.rcp')
}

/** Whether IAM was asked for the role and knows none. */
function isMissing({ failures, subject }: Facts): boolean {
  const asked = [
    ...failures,
    ...subject.observations.map((observation) => ({
      observation,
      clue: { fields: {}, ...(observation.code === undefined ? {} : { code: observation.code }) },
    })),
  ]
  return asked.some(
    ({ observation, clue }) =>
      (operationName(observation, clue) === 'getrole' &&
        (clue.code === 'NoSuchEntity' || /NoSuchEntity/.test(observation.message ?? ''))) ||
      isInvalidPrincipal(observation),
  )
}

/** A policy of ours that names the role is refused for a principal that is not there: a resource policy takes only those that are. */
function isInvalidPrincipal({ operation, code = '', message = '' }: Observation): boolean {
  return (
    /^put\w*policy$/.test(operationName({ operation: operation ?? '' })) &&
    /MalformedPolicy/.test(`${code} ${message}`) &&
    /invalid principal/i.test(message)
  )
}

function isRefused(failure: Failure, facts: Facts): boolean {
  const { clue } = failure
  if (!isAssume(failure, facts) || operationName(failure.observation, clue) !== 'assumerole' || laterSuccess(failure, facts) !== undefined)
    return false
  return isDeniedAssume(clue)
}

/** Getting into the customer's account. */
export const TRUST_CAUSES: readonly Cause[] = [
  {
    code: 'aws.sts.external_id',
    cloud: 'aws',
    layer: 'trust',
    title: said('The trust policy expects another external id', '信任策略要求的外部 ID 不同'),
    meaning: said(
      'sts:ExternalId in the trust policy is not the id of this connection: compare letter by letter, spaces and case too.',
      '信任策略中的 sts:ExternalId 与此连接的 ID 不一致:请逐字符比较,包括空格与大小写。',
    ),
    symptom: said(
      'AssumeRole answers AccessDenied without a reason, with the right, a wrong and no id alike.',
      '无论 ID 正确、错误或缺失,AssumeRole 都返回没有原因的 AccessDenied。',
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
    explain: trust('aws.sts.external_id'),
  },
  {
    code: 'aws.sts.trust_principal',
    cloud: 'aws',
    layer: 'trust',
    title: said('The trust policy names another principal', '信任策略中的主体不是我们'),
    meaning: said(
      'No statement of the trust policy names our principal {principal}.',
      '信任策略的任何语句都没有写我们的主体 {principal}。',
    ),
    symptom: said('AssumeRole answers AccessDenied without a reason.', 'AssumeRole 返回没有原因的 AccessDenied。'),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said('Set Principal.AWS to {principal}.', '将 Principal.AWS 设为 {principal}。'),
      risk: said(
        'Whoever the statement named before can no longer assume the role, unless they keep a statement of their own.',
        '原先写在该语句中的主体将无法再担任此角色,除非为其保留单独的语句。',
      ),
      undo,
      verify,
    },
    settle,
    inseparable: INSEPARABLE,
    links: [PAGE],
    explain: trust('aws.sts.trust_principal'),
  },
  {
    code: 'aws.sts.trust_orphan',
    cloud: 'aws',
    layer: 'trust',
    title: said('The trust policy holds the id of a principal that was deleted', '信任策略中保留的是已删除主体的 ID'),
    meaning: said(
      'A principal that was deleted and made again under its name is another one: the stored AROA… or AIDA… id matches nobody.',
      '主体被删除后以同名重建就是另一个主体:保存的 AROA… 或 AIDA… ID 不匹配任何人。',
    ),
    symptom: said('AssumeRole worked before and is refused now, without a reason.', '以前可以 AssumeRole,现在被拒绝且没有原因。'),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Save the trust policy again with the ARN {principal} in the place of the id.',
        '用 ARN {principal} 替换该 ID 并重新保存信任策略。',
      ),
      risk: said('None: nobody could use the id.', '没有影响:该 ID 本来就无人可用。'),
      undo,
      verify,
    },
    settle,
    inseparable: INSEPARABLE,
    links: [PAGE],
    explain: trust('aws.sts.trust_orphan'),
  },
  {
    code: 'aws.sts.role_missing',
    cloud: 'aws',
    layer: 'trust',
    title: said('There is no such role', '该角色不存在'),
    meaning: said('The role {role} does not exist: its name or its path is written otherwise.', '角色 {role} 不存在:名称或路径不同。'),
    symptom: said('AssumeRole answers AccessDenied without a reason.', 'AssumeRole 返回没有原因的 AccessDenied。'),
    remedy: {
      who: 'cloud-admin',
      where: said('IAM console > Roles', 'IAM 控制台 > 角色'),
      summary: said(
        'Copy the ARN of the role, with its path, into the connection; or create the role by the setup.',
        '将角色的 ARN(包括路径)复制到连接中;或按设置创建该角色。',
      ),
      risk: said('None.', '没有影响。'),
      undo: said('Set the former ARN again.', '恢复原来的 ARN。'),
      verify,
    },
    settle: { read: 'iam:GetRole answers NoSuchEntity', by: 'cloud-admin', command: 'aws iam get-role --role-name ROLE' },
    inseparable: INSEPARABLE,
    links: [PAGE],
    explain: (failure, facts) =>
      operationName(failure.observation, failure.clue) === 'getrole' && hasCode(failure.clue, 'NoSuchEntity')
        ? named(said('IAM says that there is no such role.', 'IAM 说明不存在该角色。'), { values: trustValues(facts) })
        : (trust('aws.sts.role_missing')(failure, facts) ?? ofTrust('aws.sts.role_missing')(failure, facts)),
  },
  {
    code: 'aws.sts.rcp',
    cloud: 'aws',
    layer: 'organization',
    title: said('A resource control policy keeps our account from the role', '资源控制策略阻止我们的账户担任该角色'),
    meaning: said(
      'The organization lets only its own principals assume roles: an RCP denies sts:AssumeRole to accounts outside.',
      '组织只允许自己的主体担任角色:RCP 拒绝外部账户的 sts:AssumeRole。',
    ),
    symptom: said('AssumeRole is refused though the trust policy is right.', '信任策略正确,AssumeRole 仍被拒绝。'),
    remedy: {
      who: 'organization',
      where: said('AWS Organizations console > Policies > Resource control policies', 'AWS Organizations 控制台 > 策略 > 资源控制策略'),
      summary: said(
        'Add our account {account} to the exception of the policy (aws:PrincipalAccount).',
        '将我们的账户 {account} 加入策略的例外(aws:PrincipalAccount)。',
      ),
      risk: said('Our account may then be trusted by any role below that policy.', '此后该策略下的任何角色都可以信任我们的账户。'),
      undo: said('Take the account out of the exception again.', '将该账户从例外中移除。'),
      verify,
    },
    settle: {
      read: 'organizations:ListPoliciesForTarget and DescribePolicy',
      by: 'organization',
      command: 'aws organizations list-policies-for-target --target-id ACCOUNT --filter RESOURCE_CONTROL_POLICY',
    },
    inseparable: INSEPARABLE,
    links: ['https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html'],
    explain: (failure, facts) => trust('aws.sts.rcp')(failure, facts) ?? ofTrust('aws.sts.rcp')(failure, facts),
  },
  {
    code: 'aws.sts.no_external_id',
    cloud: 'aws',
    layer: 'trust',
    title: said('The role lets us in without the right external id', '没有正确的外部 ID 也能担任该角色'),
    meaning: said(
      'The trust policy has no condition on sts:ExternalId, or one that any id fulfils: another tenant of this platform who knows the ARN could use the role.',
      '信任策略没有 sts:ExternalId 条件,或任何 ID 都能满足:知道该 ARN 的平台其他租户也能使用此角色。',
    ),
    symptom: said('AssumeRole succeeds with a wrong id or without one.', '使用错误的 ID 或不使用 ID 时 AssumeRole 也成功。'),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Add StringEquals sts:ExternalId with the id that sluice connection setup shows.',
        '增加 StringEquals sts:ExternalId,值为 sluice connection setup 显示的 ID。',
      ),
      risk: said('Whoever else assumes the role through this statement needs the id too.', '通过该语句担任此角色的其他方也需要该 ID。'),
      undo: said('Remove the condition again.', '移除该条件。'),
      verify,
    },
    links: [EXTERNAL_ID],
    explain: () => undefined,
    notice: openTrust,
  },
]
