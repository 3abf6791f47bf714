import type { Cause } from '../../cause.ts'
import { named, possible } from '../../evidence.ts'
import { isCutOff } from '../../cut-off.ts'
import type { Failure } from '../../failure.ts'
import type { Facts } from '../../facts.ts'
import { said } from '../../said.ts'
import { speechOf } from '../../speech.ts'
import { isBare, isStorageDenial, WORDS } from '../denial.ts'
import { grantedPermissions } from '../facts.ts'
import { permissionGap, valuesOf } from '../permission.ts'

const verify = said('Repeat the request once the change is through.', '更改生效后重试该请求。')

/** What lies above the bucket. */
export const ORGANIZATION_CAUSES: readonly Cause[] = [
  {
    code: 'gcs.deny_policy',
    cloud: 'gcp',
    layer: 'organization',
    title: said('A deny policy takes the permission away', '拒绝政策收回了该权限'),
    meaning: said(
      'A deny policy of the project, a folder or the organization denies {permission} whatever the bindings give.',
      '项目、文件夹或组织的拒绝政策禁止 {permission},与绑定无关。',
    ),
    symptom: said('A binding gives the permission, and it is refused all the same.', '绑定已授予该权限,但仍被拒绝。'),
    remedy: {
      who: 'organization',
      where: said('Google Cloud console > IAM & Admin > IAM > Deny', 'Google Cloud 控制台 > IAM 和管理 > IAM > 拒绝'),
      summary: said('Add {principal} to the exception principals of the rule.', '将 {principal} 加入该规则的例外主账号。'),
      risk: said(
        'The rule does not hold for that principal any more, on all that it covers.',
        '该规则在其覆盖的所有资源上对该主账号不再生效。',
      ),
      undo: said('Remove the exception again.', '移除该例外。'),
      verify,
    },
    settle: {
      read: 'the deny policies of the project and of all above it',
      by: 'organization',
      command: 'gcloud beta projects get-ancestors-iam-policy PROJECT --include-deny --format=json',
    },
    inseparable: ['gcs.deny_policy', 'gcs.pab'],
    links: ['https://cloud.google.com/iam/docs/deny-overview'],
    explain: (failure, facts) =>
      /deny policy|denied by (an )?(IAM )?deny/i.test(speechOf(failure))
        ? named(said('The answer speaks of a deny policy.', '响应提到拒绝政策。'), { values: valuesOf(failure, facts) })
        : permissionGap('gcs.deny_policy')(failure, facts),
  },
  {
    code: 'gcs.pab',
    cloud: 'gcp',
    layer: 'organization',
    title: said('A principal access boundary leaves the bucket out', '主账号访问边界不包含该存储桶'),
    meaning: said(
      'The boundary of our principal does not list the project or organization of the bucket, so that no binding there counts.',
      '我们主账号的访问边界没有列出该存储桶所在的项目或组织,因此那里的绑定无效。',
    ),
    symptom: said('A binding gives the permission; nothing in the bucket works.', '绑定已授予权限,但存储桶中的任何操作都失败。'),
    remedy: {
      who: 'organization',
      where: said('Google Cloud console > IAM & Admin > Principal Access Boundary', 'Google Cloud 控制台 > IAM 和管理 > 主账号访问边界'),
      summary: said('Add the project of the bucket to the resources of a rule of the policy.', '将存储桶所在项目加入该政策规则的资源。'),
      risk: said('All principals under the policy become eligible for that project.', '该政策下的所有主账号都将有资格访问该项目。'),
      undo: said('Remove the project again.', '移除该项目。'),
      verify,
    },
    settle: {
      read: 'the principal access boundary policies that are bound to our principal',
      by: 'organization',
      command: 'gcloud iam principal-access-boundary-policies list --organization=ORGANIZATION --location=global --format=json',
    },
    inseparable: ['gcs.deny_policy', 'gcs.pab'],
    links: ['https://cloud.google.com/iam/docs/principal-access-boundary-policies'],
    explain: (failure, facts) =>
      /principal access boundary/i.test(speechOf(failure))
        ? named(said('The answer speaks of a principal access boundary.', '响应提到主账号访问边界。'), { values: valuesOf(failure, facts) })
        : permissionGap('gcs.pab')(failure, facts),
  },
  {
    code: 'gcs.vpcsc',
    cloud: 'gcp',
    layer: 'network',
    title: said('VPC Service Controls keep the request out', 'VPC Service Controls 拒绝了该请求'),
    meaning: said(
      'The bucket lies in a service perimeter that our identity or network may not enter. Unique identifier: {identifier}.',
      '存储桶位于服务边界内,我们的身份或网络不能进入。唯一标识符:{identifier}。',
    ),
    symptom: said(
      '403 “Request is prohibited by organization’s policy” with vpcServiceControlsUniqueIdentifier.',
      '403 “Request is prohibited by organization’s policy”,并带有 vpcServiceControlsUniqueIdentifier。',
    ),
    remedy: {
      who: 'organization',
      where: said(
        'Google Cloud console > Security > VPC Service Controls > the perimeter > Ingress policy',
        'Google Cloud 控制台 > 安全性 > VPC Service Controls > 边界 > 入站流量政策',
      ),
      summary: said(
        'Add an ingress rule from our identity to the project of the bucket, service storage.googleapis.com. The identifier leads to the log entry.',
        '新增入站规则:从我们的身份到存储桶所在项目,服务为 storage.googleapis.com。可用唯一标识符查找日志。',
      ),
      risk: said(
        'Our identity reaches that service in the perimeter from wherever the rule says.',
        '我们的身份可以从规则允许的来源访问边界内的该服务。',
      ),
      undo: said('Remove the ingress rule again.', '移除该入站规则。'),
      verify: said('Repeat the request; perimeters take up to 30 minutes.', '重试该请求;边界生效最多需要 30 分钟。'),
    },
    settle: {
      read: 'the audit log entry of the denial',
      by: 'organization',
      command:
        'gcloud logging read \'protoPayload.metadata."@type"="type.googleapis.com/google.cloud.audit.VpcServiceControlAuditMetadata"\' --limit=5 --format=json',
    },
    links: ['https://cloud.google.com/vpc-service-controls/docs/troubleshooting'],
    explain: (failure, facts) => {
      const speech = speechOf(failure)
      if (WORDS.perimeter.test(speech))
        return named(said('The answer speaks of the organization’s perimeter.', '响应提到组织的边界。'), { values: identifierIn(speech) })
      return silent(failure, facts)
    },
  },
  {
    code: 'gcs.org_policy',
    cloud: 'gcp',
    layer: 'organization',
    title: said('An organization policy forbids it', '组织政策禁止该操作'),
    meaning: said('The request goes against {constraint}.', '该请求违反了 {constraint}。'),
    symptom: said(
      '412 that names a constraint: public access prevention, uniform access, retention, locations, or how requests may be signed.',
      '412 并提到某个约束:禁止公开访问、统一访问、保留、位置,或请求签名方式。',
    ),
    remedy: {
      who: 'organization',
      where: said(
        'Google Cloud console > IAM & Admin > Organization Policies > {constraint}',
        'Google Cloud 控制台 > IAM 和管理 > 组织政策 > {constraint}',
      ),
      summary: said(
        'Do as the constraint wants, or have the organization make an exception from it for this project.',
        '按约束要求操作,或由组织为该项目设置例外。',
      ),
      risk: said('An exception lifts the constraint for all of the project.', '例外会在整个项目中解除该约束。'),
      undo: said('Let the project inherit the policy again.', '让该项目重新继承该政策。'),
      verify,
    },
    settle: {
      read: 'orgpolicy.policy.get shows the policy in force',
      by: 'organization',
      command: 'gcloud org-policies describe CONSTRAINT --effective --project=PROJECT',
    },
    links: ['https://cloud.google.com/storage/docs/org-policy-constraints'],
    explain: (failure) => {
      const speech = speechOf(failure)
      if (!WORDS.organization.test(speech) || WORDS.perimeter.test(speech)) return undefined
      const constraint = /constraints\/[\w.]+/.exec(speech)?.[0]
      return named(said('The answer names a constraint of the organization.', '响应提到组织约束。'), {
        values: constraint === undefined ? {} : { constraint },
      })
    },
  },
  {
    code: 'gcs.billing',
    cloud: 'gcp',
    layer: 'organization',
    title: said('Nobody pays for the project', '项目没有有效的结算账号'),
    meaning: said(
      'The billing account of the project that owns the bucket is closed, disabled or missing; or that of the project which the request bills, where the credential names one.',
      '存储桶所属项目的结算账号已关闭、停用或不存在;或者是请求所计费项目的结算账号(若凭据指定了计费项目)。',
    ),
    symptom: said('403 that speaks of the billing account, on every request.', '每个请求都返回提及结算账号的 403。'),
    remedy: {
      who: 'cloud-admin',
      where: said('Google Cloud console > Billing > the project > Change billing', 'Google Cloud 控制台 > 结算 > 该项目 > 更改结算账号'),
      summary: said(
        'Link the project to an open billing account. A quota project of the credential is the one to look at first: gcloud auth application-default set-quota-project names another.',
        '将项目关联到有效的结算账号。先检查凭据的配额项目:gcloud auth application-default set-quota-project 可改用其他项目。',
      ),
      risk: said('Whatever runs in the project costs again.', '项目中的资源会重新计费。'),
      undo: said('Unlink it again.', '取消关联。'),
      verify,
    },
    links: ['https://cloud.google.com/billing/docs/how-to/modify-project'],
    explain: (failure) =>
      WORDS.billing.test(speechOf(failure))
        ? named(said('The answer speaks of billing.', '响应提到结算。'))
        : WORDS.userProject.test(speechOf(failure)) && isCutOff(failure.observation)
          ? possible(said('The answer is about the project to bill, and is cut off.', '响应涉及计费项目,且被截断。'))
          : undefined,
  },
  {
    code: 'gcs.service_disabled',
    cloud: 'gcp',
    layer: 'organization',
    title: said('An API that the request takes is not enabled', '请求所需的 API 未启用'),
    meaning: said(
      'The API that the answer names is not enabled in the project that it names.',
      '响应中提到的 API 未在其提到的项目中启用。',
    ),
    symptom: said('403 SERVICE_DISABLED or accessNotConfigured.', '403 SERVICE_DISABLED 或 accessNotConfigured。'),
    remedy: {
      who: 'cloud-admin',
      where: said('Google Cloud console > APIs & Services > Library', 'Google Cloud 控制台 > API 和服务 > 库'),
      summary: said(
        'Enable it: gcloud services enable SERVICE --project=PROJECT.',
        '启用它:gcloud services enable SERVICE --project=PROJECT。',
      ),
      risk: said('None.', '没有影响。'),
      undo: said('Disable the API again.', '重新停用该 API。'),
      verify,
    },
    links: ['https://cloud.google.com/service-usage/docs/enable-disable'],
    explain: (failure) =>
      WORDS.service.test(speechOf(failure))
        ? named(said('The answer says that an API is not enabled.', '响应表示某个 API 未启用。'))
        : failure.capability === 'assume' && failure.clue.status === 403 && isCutOff(failure.observation)
          ? possible(said('The answer is cut off before its words.', '响应在正文之前被截断。'))
          : undefined,
  },
]

/** A refusal without any words may come from a perimeter too. */
export function silent(failure: Failure, facts: Facts) {
  // Who is told of the permissions on the bucket has come through to it.
  const isThrough = grantedPermissions(facts) !== undefined
  return isStorageDenial(failure) && isBare(failure) && failure.observation.index >= 0 && !isThrough
    ? possible(said('The answer gives no reason.', '响应没有给出原因。'), { values: valuesOf(failure, facts), likelihood: -1 })
    : undefined
}

function identifierIn(speech: string): { readonly [name: string]: string } {
  const identifier = /vpcServiceControlsUniqueIdentifier["']?\s*[:=]\s*["']?([\w-]+)/i.exec(speech)?.[1]
  return identifier === undefined ? {} : { identifier }
}
