import type { Cause, Explanation } from '../../cause.ts'
import { hasCode, named, possible } from '../../evidence.ts'
import type { Failure } from '../../failure.ts'
import type { Facts } from '../../facts.ts'
import { said } from '../../said.ts'
import { codeSays, laterSuccess } from '../refusal.ts'
import { suspected } from '../silence.ts'

/** How far two clocks may be apart. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const MOST_SKEW_MS = 900_000

/** A signature that is too old, or of the future, is a clock that is off: the key is right. */
const SKEWED = /signature (?:expired|not yet current)|request time too skewed/i

const CREDENTIAL_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html'

/** What is wrong before any policy is asked: the key, its session, the clock. */
export const CREDENTIAL_CAUSES: readonly Cause[] = [
  {
    code: 'aws.cred.invalid',
    cloud: 'aws',
    layer: 'credential',
    title: { en: 'AWS does not know the access key, or its secret does not fit', zh: 'AWS 不认识该访问密钥,或密钥不匹配' },
    meaning: {
      en: 'The access key was deleted or deactivated, belongs to another partition, or was pasted with something missing or added.',
      zh: '该访问密钥已被删除或停用、属于其他分区,或粘贴时多了或少了字符。',
    },
    symptom: {
      en: 'Every call fails with InvalidAccessKeyId, SignatureDoesNotMatch or InvalidClientTokenId; GetCallerIdentity too, which needs no permission.',
      zh: '所有调用都以 InvalidAccessKeyId、SignatureDoesNotMatch 或 InvalidClientTokenId 失败;无需任何权限的 GetCallerIdentity 也失败。',
    },
    remedy: {
      who: 'cloud-admin',
      where: {
        en: 'IAM console > Users > the user > Security credentials > Access keys',
        zh: 'IAM 控制台 > 用户 > 该用户 > 安全凭证 > 访问密钥',
      },
      summary: {
        en: 'Create a new access key and enter both halves whole, without spaces; delete the old one once the new one works.',
        zh: '创建新的访问密钥,完整填写两部分且不带空格;新密钥可用后删除旧密钥。',
      },
      risk: {
        en: 'None until the old key is deleted: whatever else uses it then stops.',
        zh: '删除旧密钥之前没有影响;删除后,其他使用旧密钥的程序会失效。',
      },
      undo: { en: 'Delete the new access key.', zh: '删除新的访问密钥。' },
      verify: { en: 'aws sts get-caller-identity answers with the user.', zh: 'aws sts get-caller-identity 返回该用户。' },
    },
    links: [CREDENTIAL_PAGE],
    explain: invalid,
  },
  {
    code: 'aws.cred.expired',
    cloud: 'aws',
    layer: 'credential',
    title: { en: 'The temporary credential has expired', zh: '临时凭证已过期' },
    meaning: {
      en: 'The session ended and was used all the same. A new session works.',
      zh: '会话已结束却仍在使用。新的会话可以正常工作。',
    },
    symptom: { en: 'ExpiredToken; a fresh AssumeRole works.', zh: 'ExpiredToken;重新 AssumeRole 可以成功。' },
    remedy: {
      who: 'platform',
      where: { en: 'the program that holds the session', zh: '持有该会话的程序' },
      summary: {
        en: 'Take a new session before the old one ends, at the latest after 80% of its life.',
        zh: '在旧会话结束前(最迟在其有效期的 80%)获取新的会话。',
      },
      risk: { en: 'None.', zh: '没有影响。' },
      undo: { en: 'Nothing to undo.', zh: '无需撤销。' },
      verify: { en: 'The same request with a new session succeeds.', zh: '用新会话重发同一请求即可成功。' },
    },
    links: [CREDENTIAL_PAGE],
    explain: expired,
  },
  {
    code: 'aws.clock.skew',
    cloud: 'aws',
    layer: 'credential',
    title: { en: 'The clock of the caller is off', zh: '调用方时钟不准' },
    meaning: {
      en: 'AWS takes a request only within 15 minutes of its own time.',
      zh: 'AWS 只接受与其时间相差不超过 15 分钟的请求。',
    },
    symptom: {
      en: 'RequestTimeTooSkewed with RequestTime and ServerTime; HEAD shows only a 403 whose Date header differs from the clock.',
      zh: 'RequestTimeTooSkewed,并带有 RequestTime 与 ServerTime;HEAD 仅显示 403,其 Date 标头与本机时钟不同。',
    },
    remedy: {
      who: 'platform',
      where: { en: 'the machine that sends the request', zh: '发送请求的机器' },
      summary: { en: 'Set its clock, best by NTP.', zh: '校准其时钟,最好使用 NTP。' },
      risk: { en: 'Programs that measure by the wall clock see it jump.', zh: '依赖系统时间的程序会看到时间跳变。' },
      undo: { en: 'Nothing to undo.', zh: '无需撤销。' },
      verify: { en: 'date -u agrees with the Date header of an answer.', zh: 'date -u 与响应的 Date 标头一致。' },
    },
    links: [CREDENTIAL_PAGE],
    explain: skewed,
  },
]

function invalid(failure: Failure, facts: Facts): Explanation | undefined {
  const { clue } = failure
  if (SKEWED.test(clue.text ?? '') || laterSuccess(failure, facts) !== undefined) return undefined
  // STS says the same of a signature of another time: what is cut off may go on with that.
  if (hasCode(clue, 'SignatureDoesNotMatch') && !/we calculated/i.test(clue.text ?? '')) return named(codeSays(clue), { likelihood: 1 })
  if (hasCode(clue, 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidClientTokenId', 'UnrecognizedClientException', 'AuthFailure'))
    return named(codeSays(clue))
  // A session's token that is cut off looks like one that a region does not know.
  if (hasCode(clue, 'InvalidToken'))
    return possible(
      said('The session token is not accepted: it was cut off, or belongs to another key.', '会话令牌未被接受:可能被截断,或属于其他密钥。'),
    )
  return suspected('aws.cred.invalid', failure, facts)
}

function expired({ clue }: Failure): Explanation | undefined {
  if (hasCode(clue, 'ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired')) return named(codeSays(clue))
  return /^request has expired/i.test(clue.text ?? '')
    ? named(said('The answer says that the request has expired.', '响应说明请求已过期。'))
    : undefined
}

function skewed(failure: Failure, facts: Facts): Explanation | undefined {
  const { clue, observation } = failure
  if (hasCode(clue, 'RequestTimeTooSkewed', 'RequestInTheFuture')) return named(codeSays(clue))
  if (SKEWED.test(clue.text ?? ''))
    return named(said('The answer says that the signature is of another time.', '响应说明签名时间与服务器时间不符。'))
  if (hasCode(clue, 'SignatureDoesNotMatch') && !/we calculated/i.test(clue.text ?? '')) return named(codeSays(clue))
  const minutes = skewOf(observation.headers)
  if (clue.status === 403 && clue.layer === undefined && minutes !== undefined && minutes * 60_000 > MOST_SKEW_MS)
    return named(
      said(`The answer’s Date is ${minutes} minutes away from the time of the request.`, `响应的 Date 与请求时间相差 ${minutes} 分钟。`),
    )
  return suspected('aws.clock.skew', failure, facts)
}

/** By how many minutes the Date of an answer and the time that was signed differ; undefined where one of them is not shown. */
function skewOf(headers: { readonly [name: string]: string }): number | undefined {
  const signed = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-amz-date'] ?? '')
  const answered = Date.parse(headers['date'] ?? '')
  if (signed === null || Number.isNaN(answered)) return undefined
  const [, year, month, day, hour, minute, second] = signed
  return Math.round(Math.abs(answered - Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)) / 60_000)
}
