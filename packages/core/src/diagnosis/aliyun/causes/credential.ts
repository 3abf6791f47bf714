import type { Cause, Explanation } from '../../cause.ts'
import type { Failure } from '../../failure.ts'
import type { Facts } from '../../facts.ts'
import { named, possible } from '../../evidence.ts'
import { said } from '../../said.ts'
import { speechOf } from '../../speech.ts'
import { operationName } from '../operations.ts'
import { TIMED } from '../trust.ts'
import { WORDS } from '../words.ts'

const ERRORS = 'https://help.aliyun.com/en/oss/user-guide/0002-error-codes'
const STS = 'https://help.aliyun.com/en/oss/developer-reference/use-temporary-access-credentials-provided-by-sts-to-access-oss'

const keys = said('RAM console > Identities > Users > the user > AccessKey', 'RAM 控制台 > 身份管理 > 用户 > 该用户 > AccessKey')
const holder = said('the program that holds the session', '持有该会话的程序')
const none = said('None.', '没有影响。')
const nothingToUndo = said('Nothing to undo.', '无需撤销。')
const verify = said('sluice connection validate: “Trust accepts us” passes.', 'sluice connection validate:“Trust accepts us” 通过。')
const again = said('The same request with a new session succeeds.', '用新会话重发同一请求即可成功。')

function coded(pattern: RegExp) {
  return ({ clue }: Failure): Explanation | undefined =>
    pattern.test(clue.code ?? '') ? named(said(`The answer’s code is ${clue.code ?? ''}.`, `响应码为 ${clue.code ?? ''}。`)) : undefined
}

const UNKNOWN_KEY = /^InvalidAccessKeyId(\.NotFound)?$/

/** Whether the key that nobody knows is, or can only be, a temporary one. */
function isTemporary({ observation, clue }: Failure, { connection }: Facts): boolean {
  const id = clue.fields['OSSAccessKeyId'] ?? /\b(STS\.\w+|LTAI\w+)/.exec(observation.message ?? '')?.[1]
  if (id !== undefined) return id.startsWith('STS.')
  const isData = !/^(assumerole|getcalleridentity)/.test(operationName(observation, clue))
  return isData && (connection.method === 'role' || connection.method === 'oidc')
}

const TEMPORARY = said('The key is a temporary one: it is over, or its token was not sent.', '该密钥为临时密钥:已失效,或未发送其令牌。')

/** AccessKeys, sessions, signatures and clocks. */
export const CREDENTIAL_CAUSES: readonly Cause[] = [
  {
    code: 'oss.key',
    cloud: 'aliyun',
    layer: 'credential',
    title: said('There is no such AccessKey, or it is disabled', 'AccessKey 不存在或已禁用'),
    meaning: said('The AccessKey was deleted, disabled or not entered whole.', 'AccessKey 已被删除、禁用或填写不完整。'),
    symptom: said(
      'InvalidAccessKeyId on every request; GetCallerIdentity, which needs no permission, fails too.',
      '每个请求都返回 InvalidAccessKeyId;无需权限的 GetCallerIdentity 也失败。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: keys,
      summary: said(
        'Enable the AccessKey, or create another and enter both halves whole.',
        '启用该 AccessKey,或创建新的并完整填写两部分。',
      ),
      risk: said('An AccessKey that is enabled again works for whoever has it.', '重新启用后,任何持有者都可以使用。'),
      undo: said('Disable the AccessKey.', '禁用该 AccessKey。'),
      verify,
    },
    links: [ERRORS],
    explain: (failure, facts) => {
      const { clue } = failure
      if (
        /^InvalidAccessKeyId\.Inactive$/.test(clue.code ?? '') ||
        (UNKNOWN_KEY.test(clue.code ?? '') && /disabled/i.test(speechOf(failure)))
      )
        return named(said('The answer says that the key is disabled.', '响应称该密钥已禁用。'))
      if (!UNKNOWN_KEY.test(clue.code ?? '') || isTemporary(failure, facts)) return undefined
      return named(said('The answer says that there is no such key.', '响应称没有该密钥。'))
    },
  },
  {
    code: 'oss.sig',
    cloud: 'aliyun',
    layer: 'credential',
    title: said('The AccessKey secret does not fit the id', 'AccessKey Secret 与 ID 不匹配'),
    meaning: said(
      'The signature is not the one that Alibaba Cloud computes: a wrong or incomplete secret, or something on the way changes the request.',
      '签名与阿里云计算的不一致:Secret 错误或不完整,或请求在途中被改动。',
    ),
    symptom: said('SignatureDoesNotMatch on every request.', '每个请求都返回 SignatureDoesNotMatch。'),
    remedy: {
      who: 'cloud-admin',
      where: keys,
      summary: said(
        'Enter id and secret again, whole and without spaces; the secret is shown once, so create another AccessKey if it is lost.',
        '重新完整填写 ID 与 Secret,不带空格;Secret 只显示一次,遗失则创建新的 AccessKey。',
      ),
      risk: none,
      undo: nothingToUndo,
      verify,
    },
    links: [ERRORS],
    explain: coded(/^(SignatureDoesNotMatch|IncompleteSignature)$/),
  },
  {
    code: 'oss.clock',
    cloud: 'aliyun',
    layer: 'credential',
    title: said('The clock of the caller is off', '调用方时钟不准'),
    meaning: said(
      'Alibaba Cloud takes a request only within 15 minutes of its own time.',
      '阿里云只接受与其时间相差不超过 15 分钟的请求。',
    ),
    symptom: said('RequestTimeTooSkewed; of STS InvalidTimeStamp.Expired.', 'RequestTimeTooSkewed;STS 返回 InvalidTimeStamp.Expired。'),
    remedy: {
      who: 'platform',
      where: said('the machine that sends the request', '发送请求的机器'),
      summary: said('Set its clock, best by NTP.', '校准其时钟,最好使用 NTP。'),
      risk: said('Programs that measure by the wall clock see it jump.', '依赖系统时间的程序会看到时间跳变。'),
      undo: nothingToUndo,
      verify: said('date -u agrees with the Date header of an answer.', 'date -u 与响应的 Date 标头一致。'),
    },
    links: [ERRORS],
    explain: (failure) =>
      TIMED.test(speechOf(failure))
        ? possible(
            said(
              'Our tokens are made for each request: to a clock that is off, they are over or not valid yet.',
              '我们的令牌随请求签发:若时钟不准,令牌会显示为已过期或尚未生效。',
            ),
            { likelihood: 1 },
          )
        : coded(/^(RequestTimeTooSkewed|InvalidTimeStamp\.Expired)$/)(failure),
  },
  {
    code: 'oss.sts.expired',
    cloud: 'aliyun',
    layer: 'credential',
    title: said('The session has ended', '会话已过期'),
    meaning: said(
      'A temporary AccessKey and token are used after their end. A new session works.',
      '临时 AccessKey 与令牌已过期仍在使用。新的会话可以使用。',
    ),
    symptom: said(
      'SecurityTokenExpired; or InvalidAccessKeyId for a key that begins with STS.',
      'SecurityTokenExpired;或以 STS. 开头的密钥返回 InvalidAccessKeyId。',
    ),
    remedy: {
      who: 'platform',
      where: holder,
      summary: said('Take a new session before the old one ends.', '在旧会话结束前获取新的会话。'),
      risk: none,
      undo: nothingToUndo,
      verify: again,
    },
    links: [STS],
    explain: (failure, facts) => {
      if (/^(SecurityTokenExpired|InvalidSecurityToken\.Expired)$/.test(failure.clue.code ?? ''))
        return named(said('The answer says that the token has expired.', '响应称令牌已过期。'))
      return UNKNOWN_KEY.test(failure.clue.code ?? '') && isTemporary(failure, facts) ? possible(TEMPORARY, { likelihood: 1 }) : undefined
    },
  },
  {
    code: 'oss.sts.token',
    cloud: 'aliyun',
    layer: 'credential',
    title: said('The security token does not fit the AccessKey', '安全令牌与 AccessKey 不匹配'),
    meaning: said(
      'Id, secret and token are not of one and the same session, or the token was not sent.',
      'ID、Secret 与令牌不属于同一会话,或未发送令牌。',
    ),
    symptom: said(
      'InvalidSecurityToken, MissingSecurityToken or AccessKeyIdAndSecurityTokenNotMatch.',
      'InvalidSecurityToken、MissingSecurityToken 或 AccessKeyIdAndSecurityTokenNotMatch。',
    ),
    remedy: {
      who: 'platform',
      where: holder,
      summary: said('Use id, secret and token that came together.', '使用同一次返回的 ID、Secret 与令牌。'),
      risk: none,
      undo: nothingToUndo,
      verify: again,
    },
    links: [STS],
    explain: (failure, facts) => {
      const found = coded(
        /^(InvalidSecurityToken(\.(Malformed|MismatchWithAccessKey))?|MissingSecurityToken|AccessKeyIdAndSecurityTokenNotMatch)$/,
      )(failure)
      if (found !== undefined) return found
      return UNKNOWN_KEY.test(failure.clue.code ?? '') && isTemporary(failure, facts) ? possible(TEMPORARY) : undefined
    },
  },
  {
    code: 'oss.url_expired',
    cloud: 'aliyun',
    layer: 'credential',
    title: said('The signed URL has expired', '签名 URL 已过期'),
    meaning: said('Its Expires lies before the time of the server.', '其 Expires 早于服务器时间。'),
    symptom: said(
      'AccessDenied, “Request has expired”, with Expires and ServerTime.',
      'AccessDenied,“Request has expired”,并带有 Expires 与 ServerTime。',
    ),
    remedy: {
      who: 'platform',
      where: said('whatever signs the URL', '签名该 URL 的程序'),
      summary: said('Sign a new URL; one that a session signed ends with the session.', '签名新的 URL;由会话签名的 URL 随会话结束而失效。'),
      risk: none,
      undo: nothingToUndo,
      verify: said('The new URL works.', '新的 URL 可用。'),
    },
    links: ['https://help.aliyun.com/en/oss/user-guide/how-to-obtain-the-url-of-a-single-object-or-the-urls-of-multiple-objects'],
    explain: (failure) =>
      WORDS.urlExpired.test(speechOf(failure))
        ? named(said('The answer says that the request has expired.', '响应称请求已过期。'))
        : undefined,
  },
]
