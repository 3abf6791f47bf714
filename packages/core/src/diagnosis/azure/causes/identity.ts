import type { Cause } from '../../cause.ts'
import type { Facts } from '../../facts.ts'
import type { Failure } from '../../failure.ts'
import { named } from '../../evidence.ts'
import { servedLater } from '../../later-success.ts'
import { said } from '../../said.ts'
import { authenticationGaps } from '../authentication.ts'
import { authorizationGaps } from '../authorization.ts'
import { entraCause, isManagedIdentityRefusal, mismatchedPart } from '../entra.ts'
import { principalIdsOf, rolesHeld } from '../roles.ts'

const CODES = 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes'
const ACL = 'https://learn.microsoft.com/azure/storage/blobs/data-lake-storage-access-control'
const RBAC = 'https://learn.microsoft.com/azure/storage/blobs/assign-azure-role-data-access'

const registrations = said(
  'Microsoft Entra admin center > Entra ID > App registrations > the application > Certificates & secrets > Federated credentials',
  'Microsoft Entra 管理中心 > Entra ID > 应用注册 > 该应用 > 证书和密码 > 联合凭据',
)
const verify = said('sluice connection validate: “Trust accepts us” passes.', 'sluice connection validate:“Trust accepts us” 通过。')
const none = said('None.', '没有影响。')
const nothingToUndo = said('Nothing to undo.', '无需撤销。')

const settleAcl = {
  read: 'the ACL of the path and of every directory above it, and isHnsEnabled of the account',
  by: 'data-owner',
  command: 'az storage fs access show --path PATH --file-system CONTAINER --account-name ACCOUNT --auth-mode login',
} as const

function gap(code: string) {
  return (failure: Failure, facts: Facts) => authorizationGaps(failure, facts)[code] ?? authenticationGaps(failure, facts)[code]
}

/** What Entra's number names. */
function byNumber(code: string) {
  return (failure: Failure) =>
    entraCause(failure) === code
      ? named(said(`Entra ID answers ${failure.clue.code ?? ''}.`, `Entra ID 返回 ${failure.clue.code ?? ''}。`))
      : undefined
}

/** Coming with a token of Entra ID. */
export const IDENTITY_CAUSES: readonly Cause[] = [
  {
    code: 'azure.rbac.data_role',
    cloud: 'azure',
    layer: 'policy',
    title: said('The identity has no role on the data', '该身份没有数据角色'),
    meaning: said(
      'Owner and Contributor are of the control plane: they read no blob. It takes Storage Blob Data Reader or Contributor, and up to ten minutes.',
      'Owner 与 Contributor 属于控制平面,不能读取 Blob。需要 Storage Blob Data Reader 或 Contributor,生效最多需十分钟。',
    ),
    symptom: said(
      '403 AuthorizationPermissionMismatch with a token that Azure takes, for listing too.',
      '令牌有效,但列出等操作返回 403 AuthorizationPermissionMismatch。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: said(
        'Azure portal > Storage accounts > {account} > Containers > {container} > Access Control (IAM) > Add role assignment',
        'Azure 门户 > 存储账户 > {account} > 容器 > {container} > 访问控制(IAM) > 添加角色分配',
      ),
      summary: said(
        'Assign {role} on the container (Storage Blob Delegator on the account) to the service principal or managed identity (its object id, not the application’s).',
        '在容器上(Storage Blob Delegator 则在账户上)将 {role} 分配给服务主体或托管身份(使用其对象 ID,而非应用程序的对象 ID)。',
      ),
      risk: said(
        'None for others. Storage Blob Data Contributor also lets the container itself be deleted.',
        '对其他人没有影响。Storage Blob Data Contributor 还允许删除容器本身。',
      ),
      undo: said(
        'Delete the role assignment again: az role assignment delete with the same assignee, role and scope.',
        '删除该角色分配:用相同的被分配者、角色和范围执行 az role assignment delete。',
      ),
      verify: said('Repeat the request; role assignments take up to ten minutes.', '重试该请求;角色分配生效最多需十分钟。'),
    },
    settle: {
      read: 'the role assignments of the identity on the account and above it',
      by: 'cloud-admin',
      command: 'az role assignment list --assignee OBJECT_ID --scope CONTAINER_ID --include-inherited --include-groups',
    },
    links: [RBAC],
    explain: gap('azure.rbac.data_role'),
  },
  {
    code: 'azure.rbac.deny',
    cloud: 'azure',
    layer: 'organization',
    title: said('A deny assignment or condition keeps the identity out', '拒绝分配或条件阻止了该身份'),
    meaning: said(
      'A deny assignment of a managed application, blueprint or deployment stack counts before roles; a condition that was not understood may too.',
      '托管应用、蓝图或部署堆栈的拒绝分配优先于角色;未能解析的条件也可能如此。',
    ),
    symptom: said('The roles allow it, and it is refused all the same for longer than ten minutes.', '角色已允许,但十分钟之后仍被拒绝。'),
    remedy: {
      who: 'organization',
      where: said(
        'Azure portal > the container > Access Control (IAM) > Deny assignments',
        'Azure 门户 > 该容器 > 访问控制(IAM) > 拒绝分配',
      ),
      summary: said(
        'Exclude the identity from the deny assignment where it was made, or keep the data elsewhere.',
        '在创建该拒绝分配之处排除此身份,或将数据放在别处。',
      ),
      risk: said('What the assignment protected is open to that identity.', '该分配保护的内容将对此身份开放。'),
      undo: said('Remove the exclusion again.', '移除该排除项。'),
      verify: said('Repeat the request.', '重试该请求。'),
    },
    settle: {
      read: 'the deny assignments at the scope',
      by: 'cloud-admin',
      command:
        'az rest --method get --url "https://management.azure.com/CONTAINER_ID/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01"',
    },
    links: ['https://learn.microsoft.com/azure/role-based-access-control/deny-assignments'],
    explain: gap('azure.rbac.deny'),
  },
  {
    code: 'azure.hns.acl',
    cloud: 'azure',
    layer: 'ownership',
    title: said('An ACL on the way to the folder lacks a permission', '通往该目录的 ACL 缺少权限'),
    meaning: said(
      'Without a role, a request takes execute (x) on every directory from the root down, read (r) on what it reads, write (w) on what it changes.',
      '没有角色时,请求需要从根目录起每一级目录的执行(x)权限、读取对象的读(r)权限和所改目录的写(w)权限。',
    ),
    symptom: said(
      'In an account with a hierarchical namespace: the root can be listed, the folder cannot; no role on the data.',
      '启用分层命名空间的账户:根目录可以列出而子目录不行;没有数据角色。',
    ),
    remedy: {
      who: 'data-owner',
      where: said(
        'Azure portal > Storage accounts > {account} > Storage browser > {container} > the directory > Manage ACL',
        'Azure 门户 > 存储账户 > {account} > 存储浏览器 > {container} > 该目录 > 管理 ACL',
      ),
      summary: said(
        'Give the object id x on every directory above, r-x on the folder, and a default ACL so that new files have it too.',
        '为该对象 ID 在所有上级目录授予 x,在目标目录授予 r-x,并设置默认 ACL 使新文件继承。',
      ),
      risk: said(
        'A named entry raises the mask where none was set before: look at the mask after the change.',
        '新增命名项可能提高掩码:更改后请检查掩码。',
      ),
      undo: said('Set the ACLs that were shown before.', '恢复之前的 ACL。'),
      verify: said('List the folder.', '列出该目录。'),
    },
    settle: settleAcl,
    links: [ACL],
    explain: gap('azure.hns.acl'),
  },
  {
    code: 'azure.hns.wrong_oid',
    cloud: 'azure',
    layer: 'ownership',
    title: said('The ACL names the application, not its service principal', 'ACL 写的是应用程序而不是服务主体'),
    meaning: said(
      'An application and its service principal have different object ids; tokens carry that of the service principal (enterprise application): {object}.',
      '应用程序与其服务主体的对象 ID 不同;令牌中的是服务主体(企业应用程序)的对象 ID:{object}。',
    ),
    symptom: said('An ACL entry has all it takes, for an object id that is not the caller’s.', 'ACL 项的权限足够,但对象 ID 不是调用方的。'),
    remedy: {
      who: 'data-owner',
      where: said(
        'Microsoft Entra admin center > Entra ID > Enterprise applications > the application > Object ID',
        'Microsoft Entra 管理中心 > Entra ID > 企业应用程序 > 该应用 > 对象 ID',
      ),
      summary: said(
        'Write that object id into the ACL: az ad sp show --id CLIENT_ID --query id.',
        '将该对象 ID 写入 ACL:az ad sp show --id CLIENT_ID --query id。',
      ),
      risk: none,
      undo: said('Set the ACL that was shown before.', '恢复之前的 ACL。'),
      verify: said('Repeat the request.', '重试该请求。'),
    },
    settle: settleAcl,
    links: [ACL],
    explain: gap('azure.hns.wrong_oid'),
  },
  {
    code: 'azure.token_audience',
    cloud: 'azure',
    layer: 'trust',
    title: said('The token is for another service', '令牌的受众不是存储服务'),
    meaning: said(
      'Its audience is neither https://storage.azure.com nor the account’s own address.',
      '其受众既不是 https://storage.azure.com,也不是账户自身的地址。',
    ),
    symptom: said(
      '401 InvalidAuthenticationInfo, “Audience validation failed”; or AADSTS500011 where it is asked for.',
      '401 InvalidAuthenticationInfo,“Audience validation failed”;或请求令牌时返回 AADSTS500011。',
    ),
    remedy: {
      who: 'platform',
      where: said('the request for the token', '令牌请求'),
      summary: said('Ask for the scope https://storage.azure.com/.default.', '申请范围 https://storage.azure.com/.default。'),
      risk: none,
      undo: nothingToUndo,
      verify,
    },
    links: ['https://learn.microsoft.com/azure/storage/blobs/authorize-access-azure-active-directory', CODES],
    explain: (failure, facts) => gap('azure.token_audience')(failure, facts) ?? byNumber('azure.token_audience')(failure),
  },
  {
    code: 'azure.tenant',
    cloud: 'azure',
    layer: 'trust',
    title: said('The token is of another tenant', '令牌属于其他租户'),
    meaning: said(
      'The account belongs to another tenant than the one that issued the token, or the tenant of the connection does not exist.',
      '存储账户所属租户与签发令牌的租户不同,或连接中的租户不存在。',
    ),
    symptom: said(
      '401 InvalidAuthenticationInfo, “Issuer validation failed”; the WWW-Authenticate header names the right tenant.',
      '401 InvalidAuthenticationInfo,“Issuer validation failed”;WWW-Authenticate 标头给出正确的租户。',
    ),
    remedy: {
      who: 'platform',
      where: said('the tenant of the connection', '连接的租户'),
      summary: said('Set the tenant that the WWW-Authenticate header names: {tenant}.', '设置 WWW-Authenticate 标头给出的租户:{tenant}。'),
      risk: none,
      undo: said('Set the former tenant again.', '恢复原来的租户。'),
      verify,
    },
    links: ['https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#bearer-challenge', CODES],
    explain: (failure, facts) => gap('azure.tenant')(failure, facts) ?? byNumber('azure.tenant')(failure),
  },
  {
    code: 'azure.token_expired',
    cloud: 'azure',
    layer: 'credential',
    title: said('The token of Entra ID has expired', 'Entra ID 令牌已过期'),
    meaning: said('Azure Storage does not take it any more. A new one works.', 'Azure 存储不再接受该令牌。新的令牌可以使用。'),
    symptom: said(
      '401 InvalidAuthenticationInfo, “Lifetime validation failed”.',
      '401 InvalidAuthenticationInfo,“Lifetime validation failed”。',
    ),
    remedy: {
      who: 'platform',
      where: said('the program that holds the token', '持有该令牌的程序'),
      summary: said('Get a new token before the old one ends.', '在旧令牌到期前获取新令牌。'),
      risk: none,
      undo: nothingToUndo,
      verify,
    },
    links: ['https://learn.microsoft.com/entra/identity-platform/access-tokens#token-lifetime'],
    explain: gap('azure.token_expired'),
  },
  {
    code: 'azure.federation',
    cloud: 'azure',
    layer: 'trust',
    title: said('No federated credential of the application fits our token', '应用没有匹配我们令牌的联合凭据'),
    meaning: said(
      'Issuer, subject and audience of the federated credential must be those of our tokens, letter by letter. What does not fit: {part}.',
      '联合凭据的颁发者、主体与受众必须与我们的令牌逐字符一致。不匹配的是:{part}。',
    ),
    symptom: said('AADSTS70021, AADSTS700211, AADSTS700212 or AADSTS700213.', 'AADSTS70021、AADSTS700211、AADSTS700212 或 AADSTS700213。'),
    remedy: {
      who: 'cloud-admin',
      where: registrations,
      summary: said('Set {part} to what sluice connection setup shows.', '将 {part} 设为 sluice connection setup 显示的值。'),
      risk: said('Tokens that the credential took before are not taken any more.', '该凭据之前接受的令牌将不再被接受。'),
      undo: said('Set the former values again.', '恢复原来的值。'),
      verify,
    },
    settle: {
      read: 'the federated credentials of the application',
      by: 'cloud-admin',
      command: 'az ad app federated-credential list --id CLIENT_ID',
    },
    links: ['https://learn.microsoft.com/entra/workload-id/workload-identity-federation', CODES],
    explain: (failure) => {
      const found = byNumber('azure.federation')(failure)
      return found && { ...found, values: { part: mismatchedPart(failure) ?? 'Issuer, Subject, Audience' } }
    },
  },
  {
    code: 'azure.issuer',
    cloud: 'azure',
    layer: 'trust',
    title: said('Entra ID cannot verify our token', 'Entra ID 无法验证我们的令牌'),
    meaning: said(
      'It does not reach our discovery document or keys, or does not find the key that signed the token.',
      '它无法访问我们的发现文档或密钥,或找不到签名令牌的密钥。',
    ),
    symptom: said('AADSTS50166, AADSTS501661, AADSTS7000272 or AADSTS50013.', 'AADSTS50166、AADSTS501661、AADSTS7000272 或 AADSTS50013。'),
    remedy: {
      who: 'platform',
      where: said('the issuer of this platform', '本平台的颁发者'),
      summary: said(
        'sluice server doctor says whether the keys can be read from the internet.',
        '用 sluice server doctor 检查互联网能否读取密钥。',
      ),
      risk: none,
      undo: nothingToUndo,
      verify,
    },
    links: [CODES],
    explain: byNumber('azure.issuer'),
  },
  {
    code: 'azure.app',
    cloud: 'azure',
    layer: 'trust',
    title: said('The application is not usable in this tenant', '该应用在此租户中不可用'),
    meaning: said(
      'It is not registered there, is disabled, has no service principal, or nobody consented to it.',
      '应用未在该租户注册、已停用、没有服务主体或未获得同意。',
    ),
    symptom: said('AADSTS700016, AADSTS7000112 or AADSTS7000229.', 'AADSTS700016、AADSTS7000112 或 AADSTS7000229。'),
    remedy: {
      who: 'cloud-admin',
      where: said(
        'Microsoft Entra admin center > Entra ID > Enterprise applications',
        'Microsoft Entra 管理中心 > Entra ID > 企业应用程序',
      ),
      summary: said(
        'Check client id and tenant id of the connection; create the service principal: az ad sp create --id CLIENT_ID.',
        '检查连接中的客户端 ID 与租户 ID;创建服务主体:az ad sp create --id CLIENT_ID。',
      ),
      risk: none,
      undo: said('Delete the service principal again.', '删除该服务主体。'),
      verify,
    },
    links: [CODES],
    explain: byNumber('azure.app'),
  },
  {
    code: 'azure.secret',
    cloud: 'azure',
    layer: 'credential',
    title: said('The client secret is wrong or has expired', '客户端密码错误或已过期'),
    meaning: said('Entra ID does not take the secret of the application.', 'Entra ID 不接受该应用的密码。'),
    symptom: said('AADSTS7000215 or AADSTS7000222.', 'AADSTS7000215 或 AADSTS7000222。'),
    remedy: {
      who: 'cloud-admin',
      where: said(
        'Microsoft Entra admin center > Entra ID > App registrations > the application > Certificates & secrets',
        'Microsoft Entra 管理中心 > Entra ID > 应用注册 > 该应用 > 证书和密码',
      ),
      summary: said(
        'Use a federated credential, which has nothing to expire; or create a new secret and enter its value, not its id.',
        '改用不会过期的联合凭据;或创建新密码并填写其值而不是 ID。',
      ),
      risk: none,
      undo: said('Delete the new secret.', '删除新密码。'),
      verify,
    },
    links: [CODES],
    explain: byNumber('azure.secret'),
  },
  {
    code: 'azure.conditional_access',
    cloud: 'azure',
    layer: 'organization',
    title: said('Conditional Access keeps the identity out', '条件访问阻止了该身份'),
    meaning: said(
      'A policy of the tenant blocks tokens for this identity from where we are.',
      '租户的策略阻止该身份从我们的位置获取令牌。',
    ),
    symptom: said('AADSTS53003 or AADSTS530031.', 'AADSTS53003 或 AADSTS530031。'),
    remedy: {
      who: 'organization',
      where: said(
        'Microsoft Entra admin center > Entra ID > Conditional Access > Policies',
        'Microsoft Entra 管理中心 > Entra ID > 条件访问 > 策略',
      ),
      summary: said(
        'Exclude the workload identity, or add our addresses to the named locations.',
        '排除该工作负载身份,或将我们的地址加入命名位置。',
      ),
      risk: said('The policy does not protect that identity any more.', '该策略将不再保护此身份。'),
      undo: said('Remove the exclusion again.', '移除该排除项。'),
      verify,
    },
    links: ['https://learn.microsoft.com/entra/identity/conditional-access/workload-identity', CODES],
    explain: byNumber('azure.conditional_access'),
  },
  {
    code: 'azure.managed_identity',
    cloud: 'azure',
    layer: 'trust',
    title: said('The machine has no such managed identity', '该机器没有此托管身份'),
    meaning: said(
      'The identity is not assigned to the machine that Sluice runs on, or the machine is none of Azure’s.',
      '该身份未分配给运行 Sluice 的机器,或该机器不在 Azure 上。',
    ),
    symptom: said('The metadata service answers “Identity not found”, or nothing.', '元数据服务返回 “Identity not found”,或没有响应。'),
    remedy: {
      who: 'platform',
      where: said('Azure portal > the virtual machine > Identity > User assigned', 'Azure 门户 > 该虚拟机 > 标识 > 用户分配的'),
      summary: said(
        'Assign the identity to the machine, or let us in by federation, which needs no machine of Azure.',
        '将该身份分配给机器,或改用无需 Azure 机器的联合身份。',
      ),
      risk: said('Every program on the machine can use the identity.', '机器上的所有程序都可以使用该身份。'),
      undo: said('Remove the identity from the machine.', '从机器上移除该身份。'),
      verify,
    },
    links: ['https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token'],
    explain: (failure) =>
      isManagedIdentityRefusal(failure) ? named(said('The answer is the metadata service’s.', '响应来自元数据服务。')) : undefined,
  },
  {
    code: 'azure.propagation',
    cloud: 'azure',
    layer: 'policy',
    title: said('The change had not arrived everywhere yet', '更改当时尚未在各处生效'),
    meaning: said('Role assignments take up to ten minutes until they count.', '角色分配最多需十分钟生效。'),
    symptom: said('It fails at first, and works a few minutes later.', '起初失败,几分钟后恢复正常。'),
    remedy: {
      who: 'platform',
      where: said('the program that tries', '发出请求的程序'),
      summary: said('Try again with pauses for 10 minutes before giving a verdict.', '在下结论之前,间隔重试 10 分钟。'),
      risk: said('None.', '没有影响。'),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify: said('The request goes on succeeding.', '请求持续成功。'),
    },
    links: ['https://learn.microsoft.com/azure/role-based-access-control/troubleshooting'],
    explain: (failure, facts) =>
      failure.clue.code === 'AuthorizationPermissionMismatch' && servedLater(failure, facts)
        ? named(said('The same request succeeded later.', '同一请求稍后成功。'))
        : gap('azure.propagation')(failure, facts),
  },
  {
    code: 'azure.shared_identity',
    cloud: 'azure',
    layer: 'trust',
    title: said('The container trusts an identity that this platform shares', '容器信任的是平台共用的身份'),
    meaning: said(
      'The role is given to the platform’s own managed identity: nothing in it tells this connection from those of other tenants.',
      '角色授予的是平台自己的托管身份:其中没有任何内容能区分此连接与其他租户的连接。',
    ),
    symptom: said('Nothing fails: the method of the connection is managed-identity.', '没有失败:连接方式为 managed-identity。'),
    remedy: {
      who: 'cloud-admin',
      where: registrations,
      summary: said(
        'Let us in by federation: the subject of its tokens names this one connection.',
        '改用联合身份:令牌的主体只对应此连接。',
      ),
      risk: said('None, once the new way was validated.', '新方式验证通过后没有影响。'),
      undo: said('Go back to the method managed-identity.', '恢复 managed-identity 方式。'),
      verify,
    },
    links: ['https://learn.microsoft.com/entra/workload-id/workload-identity-federation'],
    explain: () => undefined,
    notice: (facts) => {
      const held = facts.connection.method === 'managed-identity' ? rolesHeld(facts, principalIdsOf(facts)) : []
      return held.length === 0 ? undefined : { fits: 'proved', for: [held.join(', ')] }
    },
  },
]
