import type { Cause, Explanation } from '../../cause.ts'
import type { Failure } from '../../failure.ts'

const named = (...evidence: readonly string[]): Explanation => ({ fits: 'named', for: evidence })

function says(failure: Failure, codes: readonly string[]): Explanation | undefined {
  const { code } = failure.clue
  return code !== undefined && codes.includes(code) ? named(`The answer's code is ${code}.`) : undefined
}

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
    explain: (failure) =>
      says(failure, ['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidClientTokenId', 'UnrecognizedClientException', 'AuthFailure']),
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
    explain: (failure) => says(failure, ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired']),
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
    explain: (failure) => says(failure, ['RequestTimeTooSkewed', 'RequestInTheFuture']),
  },
]
