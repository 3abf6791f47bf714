import type { Cause, Explanation } from '../../cause.ts'
import type { Facts } from '../../facts.ts'
import { said } from '../../said.ts'
import { ownBindings } from '../bindings.ts'
import { memberOf } from '../caller.ts'
import { tokenGap } from '../token.ts'

const FEDERATION = 'https://cloud.google.com/iam/docs/troubleshooting-workload-identity-federation'

const where = said(
  'Google Cloud console > IAM & Admin > Workload Identity Federation > the pool > the provider',
  'Google Cloud 控制台 > IAM 和管理 > Workload Identity Federation > 池 > 提供方',
)
const verify = said('sluice connection validate: “Trust accepts us” passes.', 'sluice connection validate:“Trust accepts us” 通过。')
const settle = {
  read: 'iam.workloadIdentityPoolProviders.get shows issuer, audiences, mapping and condition',
  by: 'cloud-admin',
  command: 'gcloud iam workload-identity-pools providers describe PROVIDER --workload-identity-pool=POOL --location=global --format=json',
} as const

/** Getting from who we are to a token that counts in the customer's project. */
export const TRUST_CAUSES: readonly Cause[] = [
  {
    code: 'gcs.impersonation',
    cloud: 'gcp',
    layer: 'trust',
    title: said('We may not act as the service account', '我们无权以该服务账号身份操作'),
    meaning: said(
      'The service account has no binding that lets our identity get tokens of it: Service Account Token Creator for an account, Workload Identity User for a federated one.',
      '该服务账号没有绑定允许我们的身份获取其令牌:对账号是 Service Account Token Creator,对联合身份是 Workload Identity User。',
    ),
    symptom: said(
      '403 that names iam.serviceAccounts.getAccessToken; no request reaches the bucket.',
      '403 并提到 iam.serviceAccounts.getAccessToken;请求不会到达存储桶。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: said(
        'Google Cloud console > IAM & Admin > Service Accounts > the account > Principals with access > Grant access',
        'Google Cloud 控制台 > IAM 和管理 > 服务账号 > 该账号 > 拥有访问权限的主账号 > 授予访问权限',
      ),
      summary: said(
        'Grant our principal roles/iam.serviceAccountTokenCreator on this one service account; for federation roles/iam.workloadIdentityUser.',
        '在该服务账号上授予我们的主账号 roles/iam.serviceAccountTokenCreator;联合身份则授予 roles/iam.workloadIdentityUser。',
      ),
      risk: said('Our principal can then do all that the service account can.', '此后我们的主账号可以执行该服务账号的所有操作。'),
      undo: said('Remove the binding again.', '移除该绑定。'),
      verify,
    },
    settle: {
      read: 'iam.serviceAccounts.getIamPolicy shows who may act as the account',
      by: 'cloud-admin',
      command: 'gcloud iam service-accounts get-iam-policy ACCOUNT --format=json',
    },
    links: ['https://cloud.google.com/iam/docs/service-account-impersonation'],
    explain: tokenGap('gcs.impersonation'),
  },
  {
    code: 'gcs.federation.provider',
    cloud: 'gcp',
    layer: 'trust',
    title: said('There is no such workload identity provider', '该 Workload Identity 提供方不存在'),
    meaning: said(
      'The pool or provider that the connection names does not exist, is disabled or was deleted.',
      '连接所写的池或提供方不存在、已停用或已删除。',
    ),
    symptom: said('The token exchange answers invalid_target.', '令牌交换返回 invalid_target。'),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Enable or undelete it, apply the setup anew, or correct its resource name: it has the number of the project, not the id.',
        '启用或恢复它,重新执行设置,或更正资源名称:其中是项目编号而不是项目 ID。',
      ),
      risk: said('Every principal of the pool comes in again.', '该池的所有主账号都会恢复访问。'),
      undo: said('Disable it again.', '重新停用。'),
      verify,
    },
    settle,
    links: [FEDERATION],
    explain: tokenGap('gcs.federation.provider'),
  },
  {
    code: 'gcs.federation.token',
    cloud: 'gcp',
    layer: 'trust',
    title: said('The provider does not take our token', '提供方不接受我们的令牌'),
    meaning: said(
      'Issuer, audience or keys of the provider are not those of our tokens, or Google does not reach our issuer.',
      '提供方的颁发者、受众或密钥与我们的令牌不符,或 Google 无法访问我们的颁发者。',
    ),
    symptom: said(
      'The token exchange answers invalid_grant and speaks of the ID token or its issuer.',
      '令牌交换返回 invalid_grant,并提到 ID Token 或其颁发者。',
    ),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Compare issuer URL and audiences with those that sluice connection setup shows, letter by letter. If they agree, sluice server doctor says whether our keys can be read from outside.',
        '将颁发者 URL 与受众和 sluice connection setup 显示的内容逐字符比较。若一致,用 sluice server doctor 检查外部能否读取我们的密钥。',
      ),
      risk: said('Tokens of the former issuer or audience are not taken any more.', '原颁发者或受众的令牌将不再被接受。'),
      undo: said('Set the former values again.', '恢复原来的值。'),
      verify,
    },
    settle,
    links: [FEDERATION],
    explain: tokenGap('gcs.federation.token'),
  },
  {
    code: 'gcs.federation.condition',
    cloud: 'gcp',
    layer: 'trust',
    title: said('The attribute condition of the provider keeps our token out', '提供方的属性条件拒绝了我们的令牌'),
    meaning: said('The condition does not hold for the subject of this connection.', '该条件对此连接的主体不成立。'),
    symptom: said(
      'The token exchange answers “rejected by the attribute condition”.',
      '令牌交换返回 “rejected by the attribute condition”。',
    ),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        "Let the condition name the subject that sluice connection setup shows: assertion.sub == '…'.",
        "让条件写明 sluice connection setup 显示的主体:assertion.sub == '…'。",
      ),
      risk: said('The subject named before does not come in any more.', '之前写入的主体将无法再进入。'),
      undo: said('Set the former condition again.', '恢复原来的条件。'),
      verify,
    },
    settle,
    links: [FEDERATION],
    explain: tokenGap('gcs.federation.condition'),
  },
  {
    code: 'gcs.shared_identity',
    cloud: 'gcp',
    layer: 'trust',
    title: said('The bucket trusts an account that this platform shares', '存储桶信任的是平台共用的账号'),
    meaning: said(
      'The binding names the platform’s own service account: nothing in it tells this connection from those of other tenants.',
      '绑定写的是平台自己的服务账号:其中没有任何内容能区分此连接与其他租户的连接。',
    ),
    symptom: said('Nothing fails: the method of the connection is grant.', '没有失败:连接方式为 grant。'),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Let us in by federation: the subject of its tokens names this one connection, and the attribute condition holds to it.',
        '改用联合身份:令牌的主体只对应此连接,并由属性条件限定。',
      ),
      risk: said('None, once the new way was validated.', '新方式验证通过后没有影响。'),
      undo: said('Go back to the method grant.', '恢复 grant 方式。'),
      verify,
    },
    links: ['https://cloud.google.com/iam/docs/workload-identity-federation'],
    explain: () => undefined,
    notice: sharedIdentity,
  },
  {
    code: 'gcs.federation.open',
    cloud: 'gcp',
    layer: 'trust',
    title: said('The binding lets in everybody of the pool', '绑定允许池中的所有身份'),
    meaning: said(
      'The member is principalSet://…/*: whatever token the pool takes, of whichever tenant, has this access.',
      '成员为 principalSet://…/*:该池接受的任何令牌(无论属于哪个租户)都拥有此权限。',
    ),
    symptom: said('Nothing fails.', '没有失败。'),
    remedy: {
      who: 'cloud-admin',
      where: said(
        'Google Cloud console > Cloud Storage > Buckets > {bucket} > Permissions',
        'Google Cloud 控制台 > Cloud Storage > 存储桶 > {bucket} > 权限',
      ),
      summary: said(
        'Name the one subject: principal://…/subject/SUBJECT, as sluice connection setup shows it.',
        '写明单一主体:principal://…/subject/SUBJECT,如 sluice connection setup 所示。',
      ),
      risk: said('Whoever else of the pool used the bucket needs a binding of their own.', '池中其他使用该存储桶的身份需要单独的绑定。'),
      undo: said('Put the former member back.', '恢复原来的成员。'),
      verify,
    },
    links: ['https://cloud.google.com/iam/docs/workload-identity-federation#access_management'],
    explain: () => undefined,
    notice: (facts) => {
      const found = ownBindings(facts.documents).find(({ binding }) =>
        binding.members.some((member) => /^principalSet:\/\/.+\/\*$/.test(member)),
      )
      return found === undefined
        ? undefined
        : { fits: 'proved', for: [`${found.document}, ${found.path}: ${found.binding.role}.`], values: bucketOf(facts) }
    },
  },
]

function sharedIdentity(facts: Facts): Explanation | undefined {
  const member = memberOf(facts)
  if (facts.connection.method !== 'grant' || facts.connection.roleArn !== undefined || member === undefined) return undefined
  const found = ownBindings(facts.documents).find(({ binding }) =>
    binding.members.some((one) => one.toLowerCase() === member.toLowerCase()),
  )
  return found === undefined
    ? undefined
    : { fits: 'proved', for: [`${found.document}, ${found.path}: ${found.binding.role}, ${member}.`], values: { principal: member } }
}

function bucketOf({ connection }: Facts): { readonly [name: string]: string } {
  const bucket = /^gc?s:\/\/([^/?#]+)/i.exec(connection.location ?? '')?.[1]
  return bucket === undefined ? {} : { bucket }
}
