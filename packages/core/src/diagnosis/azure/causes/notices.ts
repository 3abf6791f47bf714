import { reviewSas, type SasFinding } from '../../../azure/sas-review.ts'
import { ACCESSES, type Access } from '../../../access.ts'
import type { Cause } from '../../cause.ts'
import type { Facts } from '../../facts.ts'
import { said } from '../../said.ts'
import { isFolder, locationOf } from '../place.ts'
import { shownSas } from '../sas-token.ts'

const PRACTICES = 'https://learn.microsoft.com/azure/storage/common/storage-sas-overview#best-practices-when-using-sas'

const where = said(
  'Azure portal > Storage accounts > {account} > Containers > {container} > Shared access tokens',
  'Azure 门户 > 存储账户 > {account} > 容器 > {container} > 共享访问令牌',
)
const undo = said('Keep the old SAS until the new one was validated.', '在新 SAS 验证通过之前保留旧 SAS。')
const verify = said('sluice connection validate warns of nothing any more.', 'sluice connection validate 不再给出警告。')
const risk = said('None, once the new SAS was validated.', '新 SAS 验证通过后没有影响。')
const symptom = said('Nothing fails.', '没有失败。')

/** What of a SAS is wider than what the connection is for. */
function warnings(facts: Facts, kinds: readonly SasFinding['kind'][]): readonly SasFinding[] {
  const sas = shownSas(facts)?.sas
  const location = locationOf(facts)
  if (sas === undefined) return []
  const accesses: readonly Access[] = facts.connection.access ?? ACCESSES
  const oneBlob = location !== undefined && !isFolder(location)
  return reviewSas(sas, { accesses, oneBlob, now: facts.now ?? 0 }).filter(
    ({ kind, severity }) => severity === 'warns' && kinds.includes(kind),
  )
}

function valuesOf(facts: Facts): { readonly [name: string]: string } {
  const location = locationOf(facts)
  return {
    ...(location?.account === undefined ? {} : { account: location.account }),
    ...(location === undefined ? {} : { container: location.container }),
  }
}

function wordsOf(finding: SasFinding): string {
  switch (finding.kind) {
    case 'whole-account':
      return 'ss, srt: the whole account'
    case 'letters-excess':
      return `sp: ${finding.letters}`
    case 'services-excess':
      return `ss: ${finding.services}`
    case 'resource-types-excess':
      return `srt: ${finding.resourceTypes}`
    default:
      return finding.kind
  }
}

/** What works and should not. */
export const NOTICES: readonly Cause[] = [
  {
    code: 'azure.sas.broad',
    cloud: 'azure',
    layer: 'settings',
    title: said('The SAS gives more than the connection is for', 'SAS 的权限超出连接所需'),
    meaning: said('Whoever gets hold of it can do that too: {excess}.', '持有者还可以执行:{excess}。'),
    symptom,
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Issue one for the container alone (sr=c) with the letters that are needed: r and l to read, w and d besides to write and delete.',
        '仅为该容器签发(sr=c),只含所需权限:读取为 r 与 l,写入和删除再加 w 与 d。',
      ),
      risk,
      undo,
      verify,
    },
    links: [PRACTICES],
    explain: () => undefined,
    notice: (facts) => {
      const found = warnings(facts, ['whole-account', 'letters-excess', 'services-excess', 'resource-types-excess'])
      return found.length === 0
        ? undefined
        : { fits: 'proved', for: found.map(wordsOf), values: { ...valuesOf(facts), excess: found.map(wordsOf).join(', ') } }
    },
  },
  {
    code: 'azure.sas.http',
    cloud: 'azure',
    layer: 'settings',
    title: said('The SAS may travel without encryption', 'SAS 允许不加密传输'),
    meaning: said('spr allows http: whoever listens on the way can use the token.', 'spr 允许 http:途中的监听者可以使用该令牌。'),
    symptom,
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said('Issue one for HTTPS only (spr=https).', '签发仅限 HTTPS 的 SAS(spr=https)。'),
      risk,
      undo,
      verify,
    },
    links: [PRACTICES],
    explain: () => undefined,
    notice: (facts) =>
      warnings(facts, ['allows-http']).length === 0 ? undefined : { fits: 'proved', for: ['spr'], values: valuesOf(facts) },
  },
  {
    code: 'azure.sas.long',
    cloud: 'azure',
    layer: 'settings',
    title: said('The SAS lives for more than a year', 'SAS 有效期超过一年'),
    meaning: said('It cannot be taken back by itself for all that time.', '在此期间无法单独撤回。'),
    symptom,
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Issue one with a stored access policy, which can be deleted; or come by federation.',
        '签发引用存储访问策略的 SAS(可通过删除策略撤回);或改用联合身份。',
      ),
      risk,
      undo,
      verify,
    },
    links: [PRACTICES],
    explain: () => undefined,
    notice: (facts) =>
      facts.now === undefined || warnings(facts, ['lives-long']).length === 0
        ? undefined
        : { fits: 'proved', for: ['se'], values: valuesOf(facts) },
  },
  {
    code: 'azure.key.whole_account',
    cloud: 'azure',
    layer: 'settings',
    title: said('The connection holds a key to the whole account', '连接持有整个账户的密钥'),
    meaning: said(
      'An account key does everything to everything in the account, and cannot be narrowed.',
      '账户密钥可以对账户中的任何内容执行任何操作,且无法限定。',
    ),
    symptom,
    remedy: {
      who: 'cloud-admin',
      where: said(
        'Azure portal > Storage accounts > {account} > Security + networking > Access keys',
        'Azure 门户 > 存储账户 > {account} > 安全性 + 网络 > 访问密钥',
      ),
      summary: said(
        'Come by federation, or with a SAS for the container; then rotate the key.',
        '改用联合身份或容器级 SAS;然后轮换该密钥。',
      ),
      risk: said('Whatever else uses the key stops when it is rotated.', '轮换后,其他使用该密钥的程序会失效。'),
      undo: said('Go back to the key.', '恢复使用密钥。'),
      verify,
    },
    links: ['https://learn.microsoft.com/azure/storage/common/storage-account-keys-manage#protect-your-access-keys'],
    explain: () => undefined,
    notice: (facts) =>
      facts.connection.method === 'account-key' ? { fits: 'proved', for: ['account-key'], values: valuesOf(facts) } : undefined,
  },
]
