import type { Cause, Said } from '../../cause.ts'
import type { Facts } from '../../facts.ts'
import type { Failure } from '../../failure.ts'
import { named } from '../../evidence.ts'
import { said } from '../../said.ts'
import { authenticationGaps } from '../authentication.ts'
import { authorizationGaps } from '../authorization.ts'

const PAGE = 'https://learn.microsoft.com/rest/api/storageservices/create-service-sas'
const ACCOUNT_SAS = 'https://learn.microsoft.com/rest/api/storageservices/create-account-sas'

const where = said(
  'Azure portal > Storage accounts > {account} > Data storage > Containers > {container} > Shared access tokens',
  'Azure 门户 > 存储账户 > {account} > 数据存储 > 容器 > {container} > 共享访问令牌',
)
const undo = said(
  'A SAS cannot be taken back by itself: rotate the key that signed it, or let it end.',
  'SAS 无法单独撤回:请轮换签名密钥,或等待其到期。',
)
const verify = said(
  'sluice connection validate: the SAS is checked before anything is asked.',
  'sluice connection validate:发出请求之前会先检查 SAS。',
)
const risk = said('None: the old SAS keeps what it has until it ends.', '没有影响:旧 SAS 在到期前保持原有权限。')

/** Why Azure did not take a SAS, or not for this. */
function gap(code: string) {
  return (failure: Failure, facts: Facts) => authenticationGaps(failure, facts)[code] ?? authorizationGaps(failure, facts)[code]
}

function reissue(summary: Said): Cause['remedy'] {
  return { who: 'cloud-admin', where, summary, risk, undo, verify }
}

/** What stands in a SAS, and what became of it on the way. */
export const SAS_CAUSES: readonly Cause[] = [
  {
    code: 'azure.sas.time',
    cloud: 'azure',
    layer: 'credential',
    title: said('The SAS is out of its time', 'SAS 不在有效期内'),
    meaning: said(
      'It is valid from {start} to {expiry}. A start of “now” is in the future for a server whose clock is behind.',
      '其有效期为 {start} 至 {expiry}。若开始时间为“现在”,对时钟较慢的服务器来说就是将来。',
    ),
    symptom: said(
      '403 AuthenticationFailed whose detail names Start, Expiry and Current.',
      '403 AuthenticationFailed,详细信息中列出 Start、Expiry 与 Current。',
    ),
    remedy: reissue(
      said(
        'Issue a new SAS whose start is 15 minutes ago, or which has none, and whose end lies far enough ahead.',
        '签发新的 SAS:开始时间设为 15 分钟之前或不设,结束时间足够靠后。',
      ),
    ),
    links: ['https://learn.microsoft.com/azure/storage/common/storage-sas-overview#best-practices-when-using-sas'],
    explain: gap('azure.sas.time'),
  },
  {
    code: 'azure.sas.perm',
    cloud: 'azure',
    layer: 'policy',
    title: said('The SAS does not have this permission', 'SAS 缺少此权限'),
    meaning: said(
      'The letters of sp ({sp}) do not hold what the request takes ({letters}).',
      'sp 中的字母({sp})不包含此请求所需的权限({letters})。',
    ),
    symptom: said(
      '403 AuthorizationPermissionMismatch for one kind of request; others work.',
      '某类请求返回 403 AuthorizationPermissionMismatch;其他请求正常。',
    ),
    remedy: reissue(
      said(
        'Issue a new SAS with Read and List to read, Write (and Create) to write, Delete to delete: az storage container generate-sas --permissions …',
        '签发新的 SAS:读取需 Read 与 List,写入需 Write(与 Create),删除需 Delete:az storage container generate-sas --permissions …',
      ),
    ),
    settle: {
      read: 'the SAS itself, its signature blanked: sp has the letters',
      by: 'cloud-admin',
      command: 'sluice diagnose --case FILE with documents.sasToken',
    },
    links: [PAGE],
    explain: gap('azure.sas.perm'),
  },
  {
    code: 'azure.sas.srt',
    cloud: 'azure',
    layer: 'policy',
    title: said('The account SAS is not for this type of resource', '账户 SAS 不包含此资源类型'),
    meaning: said('srt must have c (container) to list and o (object) to read and write.', '列出需要 srt 含 c(容器),读写需要含 o(对象)。'),
    symptom: said('403 AuthorizationResourceTypeMismatch.', '403 AuthorizationResourceTypeMismatch。'),
    remedy: reissue(
      said(
        'Issue a new SAS with the allowed resource types Container and Object: --resource-types co.',
        '签发新的 SAS,允许的资源类型勾选“容器”和“对象”:--resource-types co。',
      ),
    ),
    links: [ACCOUNT_SAS],
    explain: gap('azure.sas.srt'),
  },
  {
    code: 'azure.sas.ss',
    cloud: 'azure',
    layer: 'policy',
    title: said('The account SAS is not for the Blob service', '账户 SAS 不包含 Blob 服务'),
    meaning: said('ss ({ss}) must have b.', 'ss({ss})必须包含 b。'),
    symptom: said('403 AuthorizationServiceMismatch on every request.', '每个请求都返回 403 AuthorizationServiceMismatch。'),
    remedy: reissue(
      said('Issue a new SAS with the allowed service Blob: --services b.', '签发新的 SAS,允许的服务勾选“Blob”:--services b。'),
    ),
    links: [ACCOUNT_SAS],
    explain: gap('azure.sas.ss'),
  },
  {
    code: 'azure.sas.sr',
    cloud: 'azure',
    layer: 'policy',
    title: said('The SAS is for something else', 'SAS 针对的是其他资源'),
    meaning: said(
      'A SAS for one blob does not list its container, one for a container does not manage containers, and one for another container or blob does not fit at all: the name is signed.',
      '针对单个 Blob 的 SAS 不能列出容器,针对容器的 SAS 不能管理容器,针对其他容器或 Blob 的 SAS 完全无效:名称参与签名。',
    ),
    symptom: said(
      '403 AuthorizationFailure on requests about the container; or AuthenticationFailed, “Signature did not match”, on everything.',
      '容器级请求返回 403 AuthorizationFailure;或所有请求返回 AuthenticationFailed,“Signature did not match”。',
    ),
    remedy: reissue(said('Issue the SAS on the container {container} itself (sr=c).', '在容器 {container} 本身上签发 SAS(sr=c)。')),
    links: [PAGE],
    explain: gap('azure.sas.sr'),
  },
  {
    code: 'azure.sas.ip',
    cloud: 'azure',
    layer: 'network',
    title: said('The SAS is not for our address', 'SAS 不允许我们的地址'),
    meaning: said(
      'sip admits other addresses than {address}, from which Azure saw the request come.',
      'sip 不包含 Azure 看到的请求来源地址 {address}。',
    ),
    symptom: said(
      '403 AuthorizationSourceIPMismatch, with the address that Azure saw.',
      '403 AuthorizationSourceIPMismatch,并带有 Azure 看到的地址。',
    ),
    remedy: reissue(
      said(
        'Issue a new SAS without allowed IP addresses, or with all of ours. From within a region of Azure, callers come with private addresses, which no range admits.',
        '签发新的 SAS:不限制 IP 地址,或包含我们的全部地址。同区域 Azure 内的调用方使用私有地址,任何范围都不匹配。',
      ),
    ),
    links: [PAGE],
    explain: (failure) => {
      if (failure.clue.code !== 'AuthorizationSourceIPMismatch') return undefined
      const address = failure.clue.fields['SourceIP'] ?? /source IP\s+([\d.:a-f]+\w)/i.exec(failure.observation.message ?? '')?.[1]
      return named(said('The answer names the address.', '响应提到来源地址。'), { values: address === undefined ? {} : { address } })
    },
  },
  {
    code: 'azure.sas.proto',
    cloud: 'azure',
    layer: 'network',
    title: said('The SAS is for https alone', 'SAS 只允许 https'),
    meaning: said('spr is https, and the request came by http.', 'spr 为 https,而请求使用了 http。'),
    symptom: said('403 AuthorizationProtocolMismatch.', '403 AuthorizationProtocolMismatch。'),
    remedy: {
      who: 'platform',
      where: said('the URL of the request', '请求的 URL'),
      summary: said('Use https.', '使用 https。'),
      risk: said('None.', '没有影响。'),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify: said('The same request by https succeeds.', '用 https 重发同一请求即可成功。'),
    },
    links: [PAGE],
    explain: ({ clue }) =>
      clue.code === 'AuthorizationProtocolMismatch' || clue.code === 'AccountRequiresHttps'
        ? named(said('The answer names the protocol.', '响应提到协议。'))
        : undefined,
  },
  {
    code: 'azure.sas.sig_encoding',
    cloud: 'azure',
    layer: 'credential',
    title: said('The SAS was changed on its way', 'SAS 在传递中被改动'),
    meaning: said(
      'Its signature was decoded or encoded once too often, or a field of it was rewritten: only tokens with + or / in them show it.',
      '其签名被多解码或多编码了一次,或某个字段被改写:只有含 + 或 / 的令牌才会出现。',
    ),
    symptom: said(
      'AuthenticationFailed, “Signature fields not well formed” or “Signature did not match”, for some tokens and not for others.',
      '部分令牌返回 AuthenticationFailed,“Signature fields not well formed” 或 “Signature did not match”。',
    ),
    remedy: {
      who: 'platform',
      where: said('whatever stores and sends the token', '存储和发送该令牌的程序'),
      summary: said(
        'Pass the query string on as it was issued, without decoding it: sig keeps its %2B, %2F and %3D.',
        '按签发时的原样传递查询字符串,不要解码:sig 应保留 %2B、%2F 与 %3D。',
      ),
      risk: said('None.', '没有影响。'),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify,
    },
    links: [PAGE],
    explain: gap('azure.sas.sig_encoding'),
  },
  {
    code: 'azure.sas.sig_key',
    cloud: 'azure',
    layer: 'credential',
    title: said('The key that signed the SAS is not one any more', '签名 SAS 的密钥已失效'),
    meaning: said(
      'The account key was rotated since, or the user delegation key has ended (ske).',
      '账户密钥已轮换,或用户委派密钥已到期(ske)。',
    ),
    symptom: said(
      'AuthenticationFailed, “Signature did not match”, though the token is whole and in its time; it worked before.',
      '令牌完整且在有效期内,仍返回 AuthenticationFailed,“Signature did not match”;以前可用。',
    ),
    remedy: reissue(said('Issue a new SAS, signed with a key of today.', '用当前密钥签发新的 SAS。')),
    settle: {
      read: 'keyCreationTime of the account says when its keys were last changed',
      by: 'cloud-admin',
      command: 'az storage account show --name ACCOUNT --query keyCreationTime',
    },
    links: ['https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage'],
    explain: gap('azure.sas.sig_key'),
  },
  {
    code: 'azure.sas.policy',
    cloud: 'azure',
    layer: 'credential',
    title: said('The stored access policy of the SAS was changed or deleted', 'SAS 的存储访问策略已更改或删除'),
    meaning: said(
      'The SAS names a policy of the container (si), which holds its times and letters: it is not there any more, or gives less.',
      'SAS 引用了容器的策略(si),其中包含时间与权限:该策略已不存在,或权限更少。',
    ),
    symptom: said(
      'AuthenticationFailed that names the signed identifier; or a mismatch of permissions with a token that has no sp.',
      'AuthenticationFailed 并提到 signed identifier;或令牌没有 sp 时出现权限不匹配。',
    ),
    remedy: {
      who: 'data-owner',
      where: said(
        'Azure portal > Storage accounts > {account} > Containers > {container} > Access policy',
        'Azure 门户 > 存储账户 > {account} > 容器 > {container} > 访问策略',
      ),
      summary: said(
        'Create the policy anew under the same identifier, or issue a SAS without one.',
        '用相同标识符重新创建该策略,或签发不引用策略的 SAS。',
      ),
      risk: said('Every SAS that names the policy works again.', '所有引用该策略的 SAS 都会恢复可用。'),
      undo: said('Delete the policy: every SAS that names it ends.', '删除该策略:所有引用它的 SAS 随即失效。'),
      verify,
    },
    settle: {
      read: 'the stored access policies of the container',
      by: 'data-owner',
      command: 'az storage container policy list --container-name CONTAINER --account-name ACCOUNT',
    },
    links: ['https://learn.microsoft.com/rest/api/storageservices/define-stored-access-policy'],
    explain: gap('azure.sas.policy'),
  },
  {
    code: 'azure.sas.version',
    cloud: 'azure',
    layer: 'credential',
    title: said('The version of the SAS is older than what it uses', 'SAS 的版本早于其使用的字段'),
    meaning: said('sv names a version of the service that does not know all of its fields.', 'sv 指定的服务版本不支持其中的某些字段。'),
    symptom: said('AuthenticationFailed, or 400, that speaks of the version.', '返回提及版本的 AuthenticationFailed 或 400。'),
    remedy: reissue(said('Issue a new SAS with a tool of today.', '用最新工具签发新的 SAS。')),
    links: ['https://learn.microsoft.com/rest/api/storageservices/versioning-for-the-azure-storage-services'],
    explain: gap('azure.sas.version'),
  },
]
