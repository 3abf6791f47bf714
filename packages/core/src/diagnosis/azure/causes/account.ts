import type { Cause, Explanation } from '../../cause.ts'
import type { Facts } from '../../facts.ts'
import type { Failure } from '../../failure.ts'
import { hasCode, named, possible } from '../../evidence.ts'
import { said } from '../../said.ts'
import { isUnresolved, speechOf } from '../../speech.ts'
import { authenticationGaps } from '../authentication.ts'
import { authorizationGaps } from '../authorization.ts'
import { credentialOf } from '../credential.ts'
import { entraCause } from '../entra.ts'
import { placeOf } from '../place.ts'
import { accountSettings } from '../settings.ts'

const ERRORS = 'https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes'

const account = said(
  'Azure portal > Storage accounts > {account} > Settings > Configuration',
  'Azure 门户 > 存储账户 > {account} > 设置 > 配置',
)
const again = said('Repeat the request.', '重试该请求。')
const none = said('None.', '没有影响。')
const nothingToUndo = said('Nothing to undo.', '无需撤销。')

function gap(code: string) {
  return (failure: Failure, facts: Facts): Explanation | undefined =>
    authenticationGaps(failure, facts)[code] ?? authorizationGaps(failure, facts)[code]
}

function valuesOf({ observation }: Failure, facts: Facts): { readonly [name: string]: string } {
  const place = placeOf(observation, facts)
  return {
    ...(place?.account === undefined ? {} : { account: place.account }),
    ...(place?.host === undefined ? {} : { host: place.host }),
    ...(place === undefined ? {} : { container: place.container, path: place.path }),
  }
}

/** What one of these codes says by itself. */
function byCode(...codes: readonly string[]) {
  return (failure: Failure, facts: Facts): Explanation | undefined =>
    hasCode(failure.clue, ...codes)
      ? named(said(`The answer’s code is ${failure.clue.code ?? ''}.`, `响应码为 ${failure.clue.code ?? ''}。`), {
          values: valuesOf(failure, facts),
        })
      : undefined
}

/** The storage account: its address, its settings, its keys, what lies in it. */
export const ACCOUNT_CAUSES: readonly Cause[] = [
  {
    code: 'azure.host',
    cloud: 'azure',
    layer: 'place',
    title: said('There is no storage account at this address', '该地址没有存储账户'),
    meaning: said(
      'The name {host} leads nowhere, or to an endpoint that this account does not serve: the account’s name, a sovereign cloud’s suffix, blob for dfs, a secondary.',
      '名称 {host} 无法解析,或指向该账户不提供的终结点:账户名、主权云后缀、blob 与 dfs、次要终结点。',
    ),
    symptom: said(
      'The name is not resolved; or the endpoint says that it does not serve the account.',
      '名称无法解析;或终结点表示不服务该账户。',
    ),
    remedy: {
      who: 'platform',
      where: said('the location of the connection', '连接的位置'),
      summary: said(
        'Copy the Blob service endpoint from the portal: Endpoints > Blob service.',
        '从门户复制 Blob 服务终结点:终结点 > Blob 服务。',
      ),
      risk: none,
      undo: said('Set the former location again.', '恢复原来的位置。'),
      verify: said('The name resolves: nslookup {host}.', '名称可以解析:nslookup {host}。'),
    },
    settle: {
      read: 'the endpoints of the account',
      by: 'cloud-admin',
      command: 'az storage account show --name ACCOUNT --query primaryEndpoints',
    },
    links: ['https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-endpoints'],
    explain: (failure, facts) => {
      if (isUnresolved(failure))
        return named(said('No address was found for the name.', '未找到该名称的地址。'), { values: valuesOf(failure, facts) })
      const secondary = placeOf(failure.observation, facts)?.host?.includes('-secondary') === true
      if (secondary && hasCode(failure.clue, 'InsufficientAccountPermissions'))
        return named(said('The secondary endpoint does not write.', '次要终结点不可写。'), { values: valuesOf(failure, facts) })
      return byCode('HierarchicalNamespaceNotEnabled', 'EndpointUnsupportedAccountFeatures', 'InvalidUri')(failure, facts)
    },
  },
  {
    code: 'azure.container_missing',
    cloud: 'azure',
    layer: 'place',
    title: said('There is no such container', '该容器不存在'),
    meaning: said('The account has no container {container}, or it is being deleted.', '账户中没有容器 {container},或正在删除。'),
    symptom: said('404 ContainerNotFound.', '404 ContainerNotFound。'),
    remedy: {
      who: 'data-owner',
      where: said('Azure portal > Storage accounts > {account} > Containers', 'Azure 门户 > 存储账户 > {account} > 容器'),
      summary: said('Correct the container in the connection’s location, or create it.', '更正连接位置中的容器,或创建它。'),
      risk: none,
      undo: said('Set the former location again.', '恢复原来的位置。'),
      verify: again,
    },
    links: [ERRORS],
    explain: byCode('ContainerNotFound', 'ContainerBeingDeleted', 'ContainerDisabled', 'FilesystemNotFound'),
  },
  {
    code: 'azure.account_disabled',
    cloud: 'azure',
    layer: 'organization',
    title: said('The storage account is disabled', '存储账户已停用'),
    meaning: said('Its subscription has ended or was suspended.', '其订阅已结束或被暂停。'),
    symptom: said('403 AccountIsDisabled on every request.', '每个请求都返回 403 AccountIsDisabled。'),
    remedy: {
      who: 'cloud-admin',
      where: said('Azure portal > Subscriptions > the subscription', 'Azure 门户 > 订阅 > 该订阅'),
      summary: said('Reactivate the subscription.', '重新激活该订阅。'),
      risk: said('What runs in it costs again.', '其中的资源会重新计费。'),
      undo: said('Cancel the subscription again.', '再次取消订阅。'),
      verify: again,
    },
    links: [ERRORS],
    explain: byCode('AccountIsDisabled'),
  },
  {
    code: 'azure.sharedkey_off',
    cloud: 'azure',
    layer: 'settings',
    title: said('The account does not take its keys', '账户不接受共享密钥'),
    meaning: said(
      '“Allow storage account key access” is off: account keys do not count, and no SAS that one of them signed.',
      '“允许存储账户密钥访问”已关闭:账户密钥及其签名的任何 SAS 均无效。',
    ),
    symptom: said('403 KeyBasedAuthenticationNotPermitted.', '403 KeyBasedAuthenticationNotPermitted。'),
    remedy: {
      who: 'cloud-admin',
      where: account,
      summary: said(
        'Come by federation, or with a user delegation SAS: az storage container generate-sas --as-user --auth-mode login.',
        '改用联合身份,或用户委派 SAS:az storage container generate-sas --as-user --auth-mode login。',
      ),
      risk: said(
        'None that way. To allow keys again (allowSharedKeyAccess) opens the account to whoever holds one.',
        '按此方式没有影响。若重新允许密钥(allowSharedKeyAccess),任何持有密钥者都能访问账户。',
      ),
      undo: said('Turn key access off again.', '重新关闭密钥访问。'),
      verify: again,
    },
    links: ['https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent'],
    explain: (failure, facts) => {
      const found = byCode('KeyBasedAuthenticationNotPermitted')(failure, facts)
      if (found === undefined) return gap('azure.sharedkey_off')(failure, facts)
      return accountSettings(facts.documents).allowSharedKeyAccess === false
        ? { ...found, fits: 'proved', for: [...found.for, said('allowSharedKeyAccess is false.', 'allowSharedKeyAccess 为 false。')] }
        : found
    },
  },
  {
    code: 'azure.net.firewall',
    cloud: 'azure',
    layer: 'network',
    title: said('The firewall of the storage account keeps us out', '存储账户的防火墙拒绝了我们'),
    meaning: said(
      'Public network access is disabled, or only listed networks come in. Callers of the same region come with private addresses, which no IP rule admits.',
      '公共网络访问已禁用,或只允许列出的网络。同区域的调用方使用私有地址,任何 IP 规则都不匹配。',
    ),
    symptom: said(
      '403 AuthorizationFailure, “not authorized to perform this operation”, without “using this …”.',
      '403 AuthorizationFailure,“not authorized to perform this operation”,没有 “using this …”。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: said(
        'Azure portal > Storage accounts > {account} > Security + networking > Networking',
        'Azure 门户 > 存储账户 > {account} > 安全性 + 网络 > 网络',
      ),
      summary: said(
        'Add our addresses to the IP rules; from within the region, our subnet to the virtual network rules, or a private endpoint.',
        '将我们的地址加入 IP 规则;同区域则将我们的子网加入虚拟网络规则,或使用专用终结点。',
      ),
      risk: said('Whoever comes from there and holds a credential reaches the account.', '来自这些来源且持有凭据者都能访问账户。'),
      undo: said('Remove the rule again: az storage account network-rule remove.', '移除该规则:az storage account network-rule remove。'),
      verify: said('Repeat the request; rules take up to a minute.', '重试该请求;规则生效最多需一分钟。'),
    },
    settle: {
      read: 'networkAcls and publicNetworkAccess of the account',
      by: 'cloud-admin',
      command: 'az storage account show --name ACCOUNT --query "{publicNetworkAccess:publicNetworkAccess,networkAcls:networkRuleSet}"',
    },
    links: ['https://learn.microsoft.com/azure/storage/common/storage-network-security'],
    explain: gap('azure.net.firewall'),
  },
  {
    code: 'azure.public_off',
    cloud: 'azure',
    layer: 'settings',
    title: said('The account does not serve anonymous requests', '账户不接受匿名请求'),
    meaning: said(
      'Anonymous access is off for the account or the container, and the request came without a credential.',
      '账户或容器已关闭匿名访问,而请求没有携带凭据。',
    ),
    symptom: said('409 PublicAccessNotPermitted; or 404 for what is there.', '409 PublicAccessNotPermitted;或对存在的资源返回 404。'),
    remedy: {
      who: 'platform',
      where: said('the connection', '连接'),
      summary: said('Come with a credential: a SAS, or federation.', '携带凭据访问:SAS 或联合身份。'),
      risk: none,
      undo: nothingToUndo,
      verify: again,
    },
    links: ['https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent'],
    explain: (failure, facts) => {
      const found = byCode('PublicAccessNotPermitted')(failure, facts)
      if (found !== undefined) return found
      const credential = credentialOf(facts)
      const isAnonymous = credential === 'anonymous' || credential === 'unknown'
      return isAnonymous && hasCode(failure.clue, 'ResourceNotFound')
        ? possible(
            said('What may not be seen without a credential answers as if it were not there.', '没有凭据时,无权查看的资源表现为不存在。'),
            { values: valuesOf(failure, facts) },
          )
        : undefined
    },
  },
  {
    code: 'azure.unsigned',
    cloud: 'azure',
    layer: 'credential',
    title: said('The request came without a credential', '请求没有携带凭据'),
    meaning: said(
      'Azure saw neither a SAS nor an Authorization header: it was not sent, or was lost in a redirect.',
      'Azure 既没有看到 SAS 也没有看到 Authorization 标头:未发送或在重定向中丢失。',
    ),
    symptom: said('401 NoAuthenticationInformation.', '401 NoAuthenticationInformation。'),
    remedy: {
      who: 'platform',
      where: said('the program that sends the request', '发送请求的程序'),
      summary: said('Send the credential with every request.', '每个请求都携带凭据。'),
      risk: none,
      undo: nothingToUndo,
      verify: again,
    },
    links: [ERRORS],
    explain: byCode('NoAuthenticationInformation'),
  },
  {
    code: 'azure.key',
    cloud: 'azure',
    layer: 'credential',
    title: said('The account key is not one of the account’s', '账户密钥不正确'),
    meaning: said('It was rotated, is another account’s, or was not pasted whole.', '密钥已轮换、属于其他账户或粘贴不完整。'),
    symptom: said(
      '403 AuthenticationFailed, “The MAC signature found in the HTTP request is not the same as any computed signature”.',
      '403 AuthenticationFailed,“The MAC signature found in the HTTP request is not the same as any computed signature”。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: said(
        'Azure portal > Storage accounts > {account} > Security + networking > Access keys',
        'Azure 门户 > 存储账户 > {account} > 安全性 + 网络 > 访问密钥',
      ),
      summary: said(
        'Copy key1 or key2 whole; better, come by federation or with a SAS, which can be kept to a container.',
        '完整复制 key1 或 key2;更好的方式是使用可限定到容器的联合身份或 SAS。',
      ),
      risk: said('An account key can do everything to the account.', '账户密钥可以对账户执行任何操作。'),
      undo: said('Rotate the key.', '轮换该密钥。'),
      verify: again,
    },
    links: ['https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage'],
    explain: gap('azure.key'),
  },
  {
    code: 'azure.clock',
    cloud: 'azure',
    layer: 'credential',
    title: said('The clock of the caller is off', '调用方时钟不准'),
    meaning: said(
      'Azure takes a signed request within 15 minutes of its own time, and Entra ID a token within five.',
      'Azure 接受与其时间相差 15 分钟内的签名请求,Entra ID 则为 5 分钟内。',
    ),
    symptom: said(
      'AuthenticationFailed, “Request date header too old”; or AADSTS700024.',
      'AuthenticationFailed,“Request date header too old”;或 AADSTS700024。',
    ),
    remedy: {
      who: 'platform',
      where: said('the machine that sends the request', '发送请求的机器'),
      summary: said('Set its clock, best by NTP.', '校准其时钟,最好使用 NTP。'),
      risk: said('Programs that measure by the wall clock see it jump.', '依赖系统时间的程序会看到时间跳变。'),
      undo: nothingToUndo,
      verify: said('date -u agrees with the Date header of an answer.', 'date -u 与响应的 Date 标头一致。'),
    },
    links: ['https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key#specifying-the-date-header'],
    explain: (failure, facts) =>
      entraCause(failure) === 'azure.clock'
        ? named(said('Entra ID speaks of the time range of the assertion.', 'Entra ID 提到断言的时间范围。'))
        : gap('azure.clock')(failure, facts),
  },
  {
    code: 'azure.cmk',
    cloud: 'azure',
    layer: 'key',
    title: said('The account cannot reach its encryption key', '账户无法使用其加密密钥'),
    meaning: said(
      'The customer-managed key in Key Vault is disabled, deleted or not open to the account.',
      'Key Vault 中的客户管理密钥已停用、删除或未对账户开放。',
    ),
    symptom: said('403 KeyVaultEncryptionKeyNotFound and its like.', '403 KeyVaultEncryptionKeyNotFound 等。'),
    remedy: {
      who: 'cloud-admin',
      where: said(
        'Azure portal > Storage accounts > {account} > Security + networking > Encryption',
        'Azure 门户 > 存储账户 > {account} > 安全性 + 网络 > 加密',
      ),
      summary: said(
        'Enable the key and let the identity of the account use it (get, wrapKey, unwrapKey).',
        '启用该密钥,并允许账户的身份使用它(get、wrapKey、unwrapKey)。',
      ),
      risk: said('The data of the account can be read again by who may.', '有权者可以重新读取账户数据。'),
      undo: said('Disable the key: the data of the account become unreadable.', '停用该密钥:账户数据将无法读取。'),
      verify: again,
    },
    links: ['https://learn.microsoft.com/azure/storage/common/customer-managed-keys-overview'],
    explain: (failure, facts) =>
      failure.clue.code?.startsWith('KeyVault') === true || /KeyVault\w*(NotFound|CannotBeAcquired)/.test(speechOf(failure))
        ? named(said('The answer is about the key in Key Vault.', '响应涉及 Key Vault 中的密钥。'), { values: valuesOf(failure, facts) })
        : undefined,
  },
  {
    code: 'azure.archived',
    cloud: 'azure',
    layer: 'object',
    title: said('The blob is archived', 'Blob 已归档'),
    meaning: said(
      'It is in the Archive tier, or on its way out of it, and cannot be read until it is rehydrated.',
      '它位于存档层或正在解冻,解冻完成前无法读取。',
    ),
    symptom: said('409 BlobArchived on reading; listing shows it.', '读取返回 409 BlobArchived;列出可见。'),
    remedy: {
      who: 'data-owner',
      where: said('Azure portal > the blob > Change tier', 'Azure 门户 > 该 Blob > 更改层'),
      summary: said(
        'Rehydrate it: az storage blob set-tier --tier Hot. It takes up to 15 hours.',
        '解冻:az storage blob set-tier --tier Hot。最多需 15 小时。',
      ),
      risk: said('It costs, and earlier than 180 days a fee besides.', '会产生费用;未满 180 天另有提前删除费。'),
      undo: said('Set the tier to Archive again.', '重新设为存档层。'),
      verify: again,
    },
    links: ['https://learn.microsoft.com/azure/storage/blobs/archive-rehydrate-overview'],
    explain: byCode('BlobArchived', 'BlobBeingRehydrated'),
  },
  {
    code: 'azure.immutable',
    cloud: 'azure',
    layer: 'object',
    title: said('The blob or container is immutable', 'Blob 或容器不可变'),
    meaning: said(
      'A retention policy or legal hold, or a lease of somebody else, keeps it from being changed.',
      '保留策略、法定保留或他人的租约阻止更改。',
    ),
    symptom: said('409 or 412 on delete or overwrite only.', '仅在删除或覆盖时返回 409 或 412。'),
    remedy: {
      who: 'data-owner',
      where: said(
        'Azure portal > the container > Access policy > Immutable blob storage',
        'Azure 门户 > 该容器 > 访问策略 > 不可变 Blob 存储',
      ),
      summary: said(
        'Write under a new name; or wait, release the hold, or break the lease.',
        '写入新的名称;或等待到期、解除保留或中断租约。',
      ),
      risk: said('What was kept can then be deleted.', '此后被保留的数据可以被删除。'),
      undo: said('Set the hold again.', '重新设置保留。'),
      verify: again,
    },
    links: ['https://learn.microsoft.com/azure/storage/blobs/immutable-storage-overview'],
    explain: byCode(
      'BlobImmutableDueToPolicy',
      'BlobImmutableDueToLegalHold',
      'ContainerImmutable',
      'LeaseIdMissing',
      'LeaseIdMismatchWithBlobOperation',
    ),
  },
]
