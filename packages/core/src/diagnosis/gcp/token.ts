import type { Explanation, Text } from '../cause.ts'
import { isCutOff } from '../cut-off.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { said } from '../said.ts'
import { speechOf } from '../speech.ts'
import { memberOf } from './caller.ts'
import { WORDS } from './denial.ts'
import { shownAccount, shownKeys } from './facts.ts'

/** What can keep us from a token, or a token from being taken, by the codes of their causes. */
export type TokenGap =
  | 'gcs.key.invalid'
  | 'gcs.key.expired'
  | 'gcs.clock'
  | 'gcs.sa_missing'
  | 'gcs.sa_disabled'
  | 'gcs.token'
  | 'gcs.impersonation'
  | 'gcs.federation.provider'
  | 'gcs.federation.token'
  | 'gcs.federation.condition'

type Gaps = { readonly [gap in TokenGap]?: Explanation }

const SLOT: Slot<Gaps> = { name: 'gcp.token' }

/** How a gap stands to a refusal. */
export function tokenGap(gap: TokenGap): (failure: Failure, facts: Facts) => Explanation | undefined {
  return (failure, facts) => facts.memo(SLOT, failure, () => gapsOf(failure, facts))[gap]
}

function gapsOf(failure: Failure, facts: Facts): Gaps {
  const speech = speechOf(failure)
  const values = principalOf(failure, facts)
  const one = (gap: TokenGap, evidence: Text, likelihood = 0): Gaps => ({
    [gap]: { fits: 'possible', for: [evidence], values, likelihood },
  })
  const sure = (gap: TokenGap, evidence: Text): Gaps => ({ [gap]: { fits: 'named', for: [evidence], values } })
  // Google calls stale what was signed at another time than now: by a clock that is off, or long ago.
  if (/ID Token issued at .{0,40}stale/i.test(speech)) return { ...one('gcs.clock', STALE, 1), ...one('gcs.federation.token', STALE) }
  // What stands before the account is asked for at all.
  if ([WORDS.service, WORDS.perimeter, WORDS.organization, WORDS.billing].some((words) => words.test(speech))) return {}
  const exchange = exchangeGap(speech, failure)
  if (exchange !== undefined) return sure(exchange, said('The token service says so.', '令牌服务如此说明。'))
  if (/reasonable timeframe|iat and exp|token used too (early|late)|short-lived token/i.test(speech))
    return sure('gcs.clock', said('The answer is about the times in the token.', '响应涉及令牌中的时间。'))
  if (/invalid jwt signature/i.test(speech)) return keyGaps(facts, one, sure)
  if (HMAC.test(`${failure.clue.code ?? ''} ${speech}`))
    return sure(
      'gcs.key.invalid',
      said('Cloud Storage does not take the HMAC key, or what it signed.', 'Cloud Storage 不接受该 HMAC 密钥或其签名。'),
    )
  const account = shownAccount(facts)
  if (isAboutAccount(speech)) {
    if (account === 'disabled') return sure('gcs.sa_disabled', said('IAM shows the account as disabled.', 'IAM 显示该账号已停用。'))
    if (account === 'missing') return sure('gcs.sa_missing', said('IAM does not find the account.', 'IAM 找不到该账号。'))
    if (/gaia id not found/i.test(speech))
      return sure('gcs.sa_missing', said('The answer finds no such account.', '响应表示找不到该账号。'))
    if (/service account ["']?[^\s"']+@[^\s"']+ (is|has been) disabled/i.test(speech))
      return sure('gcs.sa_disabled', said('The answer says that the account is disabled.', '响应表示该账号已停用。'))
    const state = /Robot is disabled|ACCOUNT_STATE_INVALID|account (has been |is |was )?disabled/i.test(speech)
    return { ...one('gcs.sa_missing', ACCOUNT, state ? 0 : 1), ...one('gcs.sa_disabled', ACCOUNT, state ? 1 : 0) }
  }
  if (isImpersonation(failure, speech)) {
    if (account === 'missing') return sure('gcs.sa_missing', said('IAM does not find the account.', 'IAM 找不到该账号。'))
    const isNamed = WORDS.impersonation.test(speech) || !isCutOff(failure.observation)
    if (account !== undefined && !isNamed) return one('gcs.impersonation', IMPERSONATION, 1)
    if (account !== undefined) return sure('gcs.impersonation', said('The account is there.', '该账号存在。'))
    return { ...one('gcs.impersonation', IMPERSONATION, 1), ...one('gcs.sa_missing', IMPERSONATION) }
  }
  if (/\binvalid_grant\b/i.test(speech) && isSilent(failure))
    return {
      ...one('gcs.key.invalid', SILENT, 3),
      ...one('gcs.key.expired', SILENT, 2),
      ...one('gcs.sa_missing', SILENT, 1),
      ...one('gcs.sa_disabled', SILENT),
      ...one('gcs.clock', SILENT),
    }
  if (/token (has been |has |is |was )?(expired|revoked)|\bExpiredToken\b|ACCESS_TOKEN_EXPIRED|invalid_rapt/i.test(speech))
    return sure('gcs.token', said('The answer says that the token has ended.', '响应表示令牌已失效。'))
  if (isUnauthenticated(failure, speech)) {
    // What asks for a token of the account that was looked at is another one.
    const ofAccount = failure.capability === 'assume' ? undefined : account
    if (ofAccount === 'disabled') return sure('gcs.sa_disabled', said('IAM shows the account as disabled.', 'IAM 显示该账号已停用。'))
    if (ofAccount === 'missing') return sure('gcs.sa_missing', said('IAM does not find the account.', 'IAM 找不到该账号。'))
    const gone = ofAccount === 'there' ? {} : { ...one('gcs.sa_disabled', TOKEN, 1), ...one('gcs.sa_missing', TOKEN) }
    return { ...one('gcs.token', TOKEN, 2), ...gone }
  }
  return {}
}

/** Codes of the XML API for a key of an account that is not there, and one whose secret is another. */
const HMAC = /\b(SignatureDoesNotMatch|InvalidAccessKeyId|InvalidSecurity)\b/

type Open = (gap: TokenGap, evidence: Text, likelihood?: number) => Gaps
type Sure = (gap: TokenGap, evidence: Text) => Gaps

/** Google's words for a key that was deleted, one that was disabled and one that has ended are the same. */
function keyGaps(facts: Facts, one: Open, sure: Sure): Gaps {
  const keys = shownKeys(facts)
  const { now } = facts
  if (keys === undefined || now === undefined) return { ...one('gcs.key.invalid', SIGNATURE, 1), ...one('gcs.key.expired', SIGNATURE) }
  const ended = keys.filter(({ validBefore, disabled }) => validBefore <= now && !disabled)
  if (keys.length > 0 && ended.length === keys.length)
    return sure('gcs.key.expired', said('Every key of the account has ended.', '该账号的所有密钥均已过期。'))
  if (ended.length === 0)
    return sure(
      'gcs.key.invalid',
      said('No key of the account has ended: ours is none of them, or disabled.', '该账号没有过期的密钥:我们的密钥不在其中,或已停用。'),
    )
  return { ...one('gcs.key.invalid', SIGNATURE, 1), ...one('gcs.key.expired', SIGNATURE) }
}

/** What the exchange of another issuer's token was refused for. https://cloud.google.com/iam/docs/troubleshooting-workload-identity-federation */
function exchangeGap(speech: string, { clue }: Failure): TokenGap | undefined {
  if (
    clue.code === 'invalid_target' ||
    /invalid_target|"?audience"? parameters? is invalid|pool or provider is (disabled|deleted)/i.test(speech)
  )
    return 'gcs.federation.provider'
  if (/rejected by the attribute condition|attribute condition/i.test(speech)) return 'gcs.federation.condition'
  if (
    /\bID Token\b|credential['’]s issuer|issuer in .{0,20}token|the audience in|subject token is not|mapped attribute|google\.subject/i.test(
      speech,
    )
  )
    return 'gcs.federation.token'
  return undefined
}

function isAboutAccount(speech: string): boolean {
  return /account not found|unknown service account|service account .{0,120}(does not exist|not found|was not found|is disabled|has been disabled)|ACCOUNT_STATE_INVALID|ACCOUNT_DELETED|gaia id not found|robot is disabled|account (has been |is |was )?disabled/i.test(
    speech,
  )
}

function isImpersonation({ observation, clue, capability }: Failure, speech: string): boolean {
  if (WORDS.impersonation.test(speech)) return true
  const name = `${observation.operation ?? ''} ${observation.target ?? ''}`
  return capability === 'assume' && clue.status === 403 && /generateAccessToken|getAccessToken|iamcredentials/i.test(name)
}

/** OAuth's error without its description. */
function isSilent({ clue }: Failure): boolean {
  return /^\W*(invalid[_ ]grant)?(: ?bad request)?\W*$/i.test(clue.text ?? '')
}

function isUnauthenticated({ clue }: Failure, speech: string): boolean {
  if (WORDS.anonymous.test(speech) || /login required|missing required authentication/i.test(speech)) return false
  return (
    clue.code === 'authError' || /invalid credentials|invalid authentication credentials|subject token is (invalid|expired)/i.test(speech)
  )
}

function principalOf({ clue }: Failure, facts: Facts): { readonly [name: string]: string } {
  const { roleArn, principal: own } = facts.connection
  const principal = clue.principal ?? roleArn ?? own ?? memberOf(facts, clue)
  return principal === undefined ? {} : { principal }
}

const SIGNATURE = said('Google does not take the signature of the key.', 'Google 不接受该密钥的签名。')
const ACCOUNT = said('The answer is about the account itself.', '响应涉及账号本身。')
const IMPERSONATION = said('We may not get a token of the account, if it is there at all.', '我们无法获取该账号的令牌,账号也可能不存在。')
const SILENT = said('The answer says invalid_grant and no more.', '响应只有 invalid_grant。')
const STALE = said('Google takes the token for one of another time.', 'Google 认为该令牌的时间不符。')
const TOKEN = said('Cloud Storage does not take the token.', 'Cloud Storage 不接受该令牌。')
