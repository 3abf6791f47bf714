import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { said } from '../said.ts'
import { speechOf } from '../speech.ts'
import { credentialOf, tokenClaims } from './credential.ts'
import { gapWriter, type Gaps } from './gaps.ts'
import { operationName } from './operations.ts'
import { generalFault } from './sas-judge.ts'
import { shownSas, type ShownSas } from './sas-token.ts'
import { accountSettings } from './settings.ts'
import { policyFault } from './stored-policies.ts'

const SLOT: Slot<Gaps> = { name: 'azure.authentication' }

/** Why Azure Storage did not take the credential of a request: a SAS, a key or a token. */
export function authenticationGaps(failure: Failure, facts: Facts): Gaps {
  return facts.memo(SLOT, failure, () => {
    const { code, status } = failure.clue
    if (code === 'InvalidAuthenticationInfo' || (code === undefined && status === 401)) return tokenGaps(failure, facts)
    return code === 'AuthenticationFailed' ? credentialGaps(failure, facts) : {}
  })
}

/** A token of Entra ID: its audience, its tenant, its time. */
function tokenGaps(failure: Failure, facts: Facts): Gaps {
  const { named, possible } = gapWriter(failure, facts)
  const speech = speechOf(failure)
  if (/issuer (validation|did not match)|issuer.{0,30}mismatch|wrong (issuer|tenant)/i.test(speech))
    return named('azure.tenant', said('The answer says that the issuer did not match.', '响应表示颁发者不匹配。'))
  if (/audience (validation|did not match)|audience.{0,30}mismatch|invalid audience/i.test(speech))
    return named('azure.token_audience', said('The answer says that the audience did not match.', '响应表示受众不匹配。'))
  if (/lifetime validation|token (is|has) expired/i.test(speech))
    return named('azure.token_expired', said('The answer says that the token has expired.', '响应表示令牌已过期。'))
  const { aud, tid } = tokenClaims(facts)
  const asked = /login\.[\w.]+\/([0-9a-f-]{36})/i.exec(failure.observation.headers['www-authenticate'] ?? speech)?.[1]
  if (tid !== undefined && asked !== undefined && tid.toLowerCase() !== asked.toLowerCase())
    return named(
      'azure.tenant',
      said(`The token is of the tenant ${tid}; Azure asks for one of ${asked}.`, `令牌属于租户 ${tid};Azure 要求租户 ${asked}。`),
      {
        values: { tenant: asked },
      },
    )
  if (
    aud !== undefined &&
    !/^(https:\/\/storage\.azure\.com|https:\/\/[a-z0-9]+\.(blob|dfs)\.|e406a681-f3d4-42a8-90b6-c2b029497af1)/i.test(aud)
  )
    return named('azure.token_audience', said(`The token is for ${aud}.`, `令牌的受众为 ${aud}。`))
  const evidence = said('Azure Storage does not take the token, and does not say why.', 'Azure 存储不接受该令牌,且没有说明原因。')
  return {
    ...possible('azure.token_audience', evidence, { likelihood: 1 }),
    ...possible('azure.tenant', evidence, { likelihood: 1 }),
    ...possible('azure.token_expired', evidence),
  }
}

/** A SAS or key that does not hold: Azure's detail says which part, where it was kept. */
function credentialGaps(failure: Failure, facts: Facts): Gaps {
  const { named, proved } = gapWriter(failure, facts)
  const detail = `${failure.clue.fields['AuthenticationErrorDetail'] ?? ''} ${speechOf(failure)}`
  const shown = shownSas(facts)
  const fault = shown === undefined ? undefined : generalFault(shown, facts)
  const saying = SAYS.find(({ words }) => words.test(detail))
  const policy = shown === undefined ? undefined : policyFault(shown, undefined, facts)
  if (policy !== undefined && saying?.isOpen !== true) return proved('azure.sas.policy', policy)
  const isOwn = saying?.code === undefined || saying.code === fault?.gap || (saying.isOpen === true && fault?.gap !== 'azure.sas.time')
  // What the token shows and Azure's words do not contradict.
  if (fault !== undefined && isOwn) return proved(fault.gap, fault.evidence, fault.values === undefined ? {} : { values: fault.values })
  if (saying?.code !== undefined) {
    const own = named(saying.code, said('The answer’s detail says so.', '响应的详细信息如此说明。'), { values: timesIn(detail) })
    // A token without an end of its own ends with its stored access policy.
    const hasPolicy = shown === undefined ? storesPolicies(facts) : shown.fields.has('si') && !shown.fields.has('se')
    const isOfPolicy = saying.code === 'azure.sas.time' && hasPolicy
    return isOfPolicy ? { ...own, ...named('azure.sas.policy', ELSEWHERE, { likelihood: 1 }) } : own
  }
  if (saying?.isOpen === true) return signatureGaps(failure, facts, shown)
  return silentGaps(failure, facts, shown)
}

/** Whether a read of the container showed policies that a SAS may be of. */
function storesPolicies({ successes }: Facts): boolean {
  return successes.some(
    (one) =>
      /^(getcontaineracl|listaccesspolicies)$/.test(operationName(one, { fields: {} })) &&
      /<SignedIdentifier>|"(accessPolicy|permission)"/i.test(one.message ?? ''),
  )
}

interface Saying {
  readonly words: RegExp
  readonly code?: string
  /** The signature does not fit: what of it, the answer does not say. */
  readonly isOpen?: true
}

/** Azure's details, the most telling first. */
const SAYS: readonly Saying[] = [
  {
    words: /key time frame|key (start|expiry).{0,60}(current|must)|signed key (start|expiry|expired)|delegation key.{0,40}expired/i,
    code: 'azure.sas.sig_key',
  },
  {
    words: /specified time frame|expiry time.{0,80}must be after|signed start|signature (has )?expired|not yet valid/i,
    code: 'azure.sas.time',
  },
  { words: /MAC signature found/i, code: 'azure.key' },
  { words: /date header.{0,40}(too old|incorrect)/i, code: 'azure.clock' },
  { words: /SAS identifier|signed identifier|access policy fields|stored access policy/i, code: 'azure.sas.policy' },
  { words: /signed (resource|directory)|directory depth|\bsdd\b/i, code: 'azure.sas.sr' },
  {
    words:
      /signed version|\bsv\b[^.]{0,40}(invalid|supported|mandatory|not)|not supported in this version|x-ms-version.{0,60}(invalid|not supported)/i,
    code: 'azure.sas.version',
  },
  { words: /fields not well formed|is mandatory|cannot be empty/i, code: 'azure.sas.sig_encoding' },
  { words: /signature did not match|string to sign/i, isOpen: true },
]

/** What a signature that does not match can come from. */
function signatureGaps(failure: Failure, facts: Facts, shown: ShownSas | undefined): Gaps {
  const { possible } = gapWriter(failure, facts)
  const evidence = said('The signature does not match what Azure computes.', '签名与 Azure 计算的结果不一致。')
  // The name of the container or blob is signed, in every SAS but those for the whole account.
  const place = shown?.fields.has('ss') === true ? {} : possible('azure.sas.sr', evidence)
  const rotated = keysSince(facts, shown)
  // Decoding spoils plus signs and slashes alone; but where the keys are as old as the SAS, a field of it may have been rewritten.
  const isPlain = shown?.signature === 'plain'
  const encoding = isPlain && rotated === 'yes' ? {} : possible('azure.sas.sig_encoding', evidence, { likelihood: isPlain ? 0 : 1 })
  const key =
    rotated === 'no' ? {} : possible('azure.sas.sig_key', rotated === 'yes' ? ROTATED : evidence, { likelihood: rotated === 'yes' ? 3 : 2 })
  return { ...key, ...encoding, ...place }
}

/** Whether the keys of the account are newer than the SAS. */
function keysSince(facts: Facts, shown: ShownSas | undefined): 'yes' | 'no' | 'unknown' {
  const { keysCreated = [] } = accountSettings(facts.documents)
  const start = Date.parse(shown?.fields.get('st') ?? '')
  if (keysCreated.length === 0 || Number.isNaN(start) || shown?.fields.has('skoid') === true) return 'unknown'
  if (keysCreated.every((time) => time > start)) return 'yes'
  return keysCreated.every((time) => time <= start) ? 'no' : 'unknown'
}

/** AuthenticationFailed without its detail, as tools cut it off and HEAD never has it. */
function silentGaps(failure: Failure, facts: Facts, shown: ShownSas | undefined): Gaps {
  const { possible } = gapWriter(failure, facts)
  const credential = credentialOf(facts)
  const evidence = said(
    'The answer says AuthenticationFailed and keeps its detail to itself.',
    '响应为 AuthenticationFailed,没有详细信息。',
  )
  const byKey: Gaps = { ...possible('azure.key', evidence, { likelihood: 2 }), ...possible('azure.clock', evidence) }
  if (credential === 'account-key') return byKey
  if (credential === 'identity') return possible('azure.token_expired', evidence)
  // A SAS that was shown and is in time is not out of it.
  const time =
    shown?.sas !== undefined && facts.now !== undefined && !shown.fields.has('si')
      ? {}
      : possible('azure.sas.time', evidence, { likelihood: 4 })
  const policy = shown !== undefined && !shown.fields.has('si') ? {} : possible('azure.sas.policy', evidence)
  const bySas: Gaps = { ...time, ...signatureGaps(failure, facts, shown), ...policy }
  return credential === 'unknown' ? { ...bySas, ...possible('azure.key', evidence), ...possible('azure.clock', evidence) } : bySas
}

/** `Start [..] - Expiry [..] - Current [..]` */
function timesIn(detail: string): { readonly [name: string]: string } {
  const times = /Start\s*\[(?<start>[^\]]*)\]\s*-\s*Expiry\s*\[(?<expiry>[^\]]*)\]/i.exec(detail)?.groups
  return times === undefined ? {} : { start: times['start'] ?? '', expiry: times['expiry'] ?? '' }
}

const ELSEWHERE = said('The times of this SAS stand in a stored access policy.', '此 SAS 的时间在存储访问策略中。')

const ROTATED = said('Both keys of the account are newer than the SAS.', '账户的两个密钥都晚于该 SAS 的开始时间。')
