import type { Cause } from '../../cause.ts'
import { named } from '../../evidence.ts'
import { said } from '../../said.ts'
import { speechOf } from '../../speech.ts'
import { WORDS } from '../denial.ts'
import { tokenGap } from '../token.ts'

const KEYS = 'https://cloud.google.com/iam/docs/keys-create-delete'
const ACCOUNTS = 'https://cloud.google.com/iam/docs/service-accounts-disable-enable'

const nothingToUndo = said('Nothing to undo.', '无需撤销。')
const none = said('None.', '没有影响。')
const where = said(
  'Google Cloud console > IAM & Admin > Service Accounts > {principal} > Keys',
  'Google Cloud 控制台 > IAM 和管理 > 服务账号 > {principal} > 密钥',
)
const verify = said('sluice connection validate: “Trust accepts us” passes.', 'sluice connection validate:“Trust accepts us” 通过。')

/** A deleted key and one that has ended answer alike. */
const KEY_SET = ['gcs.key.invalid', 'gcs.key.expired']

const settleKey = {
  read: 'iam.serviceAccountKeys.list shows the keys of the account and when each ends',
  by: 'cloud-admin',
  command: 'gcloud iam service-accounts keys list --iam-account=ACCOUNT --managed-by=user --format=json',
} as const

const settleAccount = {
  read: 'iam.serviceAccounts.get shows whether the account is there and enabled',
  by: 'cloud-admin',
  command: 'gcloud iam service-accounts describe ACCOUNT --format=json',
} as const

/** What we come with: a key, a token, an account. */
export const CREDENTIAL_CAUSES: readonly Cause[] = [
  {
    code: 'gcs.key.invalid',
    cloud: 'gcp',
    layer: 'credential',
    title: said('The service account has no such key any more', '服务账号已没有该密钥'),
    meaning: said(
      'The key was deleted, disabled or belongs to another account: Google does not take its signature.',
      '密钥已被删除、停用或属于其他账号:Google 不接受其签名。',
    ),
    symptom: said(
      'The token request answers invalid_grant, “Invalid JWT Signature”; nothing reaches Cloud Storage.',
      '令牌请求返回 invalid_grant,“Invalid JWT Signature”;请求不会到达 Cloud Storage。',
    ),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Create a new key, enter it whole, and delete the old one; or let us in by federation, which needs none.',
        '创建新密钥并完整填写,然后删除旧密钥;或改用无需密钥的联合身份。',
      ),
      risk: said(
        'None until the old key is deleted: whatever else uses it then stops.',
        '删除旧密钥之前没有影响;删除后,其他使用它的程序会失效。',
      ),
      undo: said('Delete the new key.', '删除新密钥。'),
      verify,
    },
    settle: settleKey,
    inseparable: KEY_SET,
    links: [KEYS],
    explain: tokenGap('gcs.key.invalid'),
  },
  {
    code: 'gcs.key.expired',
    cloud: 'gcp',
    layer: 'credential',
    title: said('The key of the service account has ended', '服务账号的密钥已过期'),
    meaning: said(
      'An organization policy limits how long keys live, or the key was uploaded with an end; Google words it as it does a deleted key.',
      '组织政策限制了密钥的有效期,或上传的密钥带有截止时间;Google 的提示与密钥被删除时相同。',
    ),
    symptom: said(
      'The token request answers invalid_grant, “Invalid JWT Signature”, after the key worked for some time.',
      '密钥使用一段时间后,令牌请求返回 invalid_grant,“Invalid JWT Signature”。',
    ),
    remedy: {
      who: 'cloud-admin',
      where,
      summary: said(
        'Create a new key before the old one ends, or let us in by federation, which has nothing to renew.',
        '在旧密钥到期前创建新密钥,或改用无需续期的联合身份。',
      ),
      risk: none,
      undo: said('Delete the new key.', '删除新密钥。'),
      verify,
    },
    settle: settleKey,
    inseparable: KEY_SET,
    links: ['https://cloud.google.com/iam/docs/keys-create-delete#key-expiry'],
    explain: tokenGap('gcs.key.expired'),
  },
  {
    code: 'gcs.clock',
    cloud: 'gcp',
    layer: 'credential',
    title: said('The clock of the caller is off', '调用方时钟不准'),
    meaning: said(
      'Google takes a signed request for a token only around the time that it names.',
      'Google 只接受时间与其自身相近的签名令牌请求。',
    ),
    symptom: said(
      'The token request answers invalid_grant and names iat, exp or a reasonable timeframe.',
      '令牌请求返回 invalid_grant,并提到 iat、exp 或 reasonable timeframe。',
    ),
    remedy: {
      who: 'platform',
      where: said('the machine that sends the request', '发送请求的机器'),
      summary: said('Set its clock, best by NTP.', '校准其时钟,最好使用 NTP。'),
      risk: said('Programs that measure by the wall clock see it jump.', '依赖系统时间的程序会看到时间跳变。'),
      undo: nothingToUndo,
      verify: said('date -u agrees with the Date header of an answer.', 'date -u 与响应的 Date 标头一致。'),
    },
    links: ['https://developers.google.com/identity/protocols/oauth2/service-account#error-codes'],
    explain: tokenGap('gcs.clock'),
  },
  {
    code: 'gcs.sa_missing',
    cloud: 'gcp',
    layer: 'credential',
    title: said('There is no such service account', '该服务账号不存在'),
    meaning: said(
      'The service account {principal} was deleted, or its e-mail address is written otherwise.',
      '服务账号 {principal} 已被删除,或其邮箱地址写错。',
    ),
    symptom: said(
      'invalid_grant, “account not found”; or 404 where a token of it is asked for.',
      'invalid_grant,“account not found”;或请求其令牌时返回 404。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: said('Google Cloud console > IAM & Admin > Service Accounts', 'Google Cloud 控制台 > IAM 和管理 > 服务账号'),
      summary: said(
        'Undelete it within 30 days, or create it anew and grant the new one what the old one had: the name alone is not the same account.',
        '在 30 天内恢复该账号,或重新创建并再次授权:仅名称相同并不是同一账号。',
      ),
      risk: said('Bindings of the old account do not count for a new one of the same name.', '旧账号的绑定对同名新账号无效。'),
      undo: said('Delete the new account again.', '删除新账号。'),
      verify,
    },
    settle: settleAccount,
    inseparable: ['gcs.sa_missing', 'gcs.sa_disabled'],
    links: ['https://cloud.google.com/iam/docs/service-accounts-delete-undelete'],
    explain: tokenGap('gcs.sa_missing'),
  },
  {
    code: 'gcs.sa_disabled',
    cloud: 'gcp',
    layer: 'credential',
    title: said('The service account is disabled', '服务账号已停用'),
    meaning: said('The service account {principal} is there and gets no tokens.', '服务账号 {principal} 存在,但无法获取令牌。'),
    symptom: said(
      '401 with ACCOUNT_STATE_INVALID; or invalid_grant, “account not found”.',
      '401 且带有 ACCOUNT_STATE_INVALID;或 invalid_grant,“account not found”。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: said(
        'Google Cloud console > IAM & Admin > Service Accounts > {principal} > Enable service account',
        'Google Cloud 控制台 > IAM 和管理 > 服务账号 > {principal} > 启用服务账号',
      ),
      summary: said(
        'Enable the account: gcloud iam service-accounts enable {principal}.',
        '启用该账号:gcloud iam service-accounts enable {principal}。',
      ),
      risk: said('Whatever else uses the account works again too.', '其他使用该账号的程序也会恢复工作。'),
      undo: said('Disable it again.', '重新停用。'),
      verify,
    },
    settle: settleAccount,
    inseparable: ['gcs.sa_missing', 'gcs.sa_disabled'],
    links: [ACCOUNTS],
    explain: tokenGap('gcs.sa_disabled'),
  },
  {
    code: 'gcs.token',
    cloud: 'gcp',
    layer: 'credential',
    title: said('The access token has ended or was revoked', '访问令牌已过期或被撤销'),
    meaning: said('Cloud Storage does not take the token any more. A new one works.', 'Cloud Storage 不再接受该令牌。新的令牌可以使用。'),
    symptom: said('401 “Invalid Credentials” on every request with the token.', '使用该令牌的每个请求都返回 401 “Invalid Credentials”。'),
    remedy: {
      who: 'platform',
      where: said('the program that holds the token', '持有该令牌的程序'),
      summary: said('Get a new token, and renew it before it ends: it lives an hour.', '获取新令牌,并在其到期前续期:有效期为一小时。'),
      risk: none,
      undo: nothingToUndo,
      verify: said('The same request with a new token succeeds.', '用新令牌重发同一请求即可成功。'),
    },
    links: ['https://cloud.google.com/docs/authentication/token-types#access'],
    explain: tokenGap('gcs.token'),
  },
  {
    code: 'gcs.scope',
    cloud: 'gcp',
    layer: 'credential',
    title: said('The access token is for less than this', '访问令牌的范围不足'),
    meaning: said(
      'A token is good only for the scopes it was asked with, whatever IAM allows.',
      '无论 IAM 允许什么,令牌只在其申请的范围(scope)内有效。',
    ),
    symptom: said('403 “Provided scope(s) are not authorized”.', '403 “Provided scope(s) are not authorized”。'),
    remedy: {
      who: 'platform',
      where: said('the request for the token; for a virtual machine, its access scopes', '令牌请求;对虚拟机则是其访问权限范围'),
      summary: said(
        'Ask for https://www.googleapis.com/auth/devstorage.read_write, or cloud-platform.',
        '申请 https://www.googleapis.com/auth/devstorage.read_write 或 cloud-platform。',
      ),
      risk: said('What holds the token can then do all that IAM allows it.', '持有该令牌者可以执行 IAM 允许的所有操作。'),
      undo: said('Ask for the former scopes.', '恢复原来的范围。'),
      verify: said('The same request with the new token succeeds.', '用新令牌重发同一请求即可成功。'),
    },
    links: ['https://cloud.google.com/storage/docs/oauth-scopes'],
    explain: (failure) =>
      WORDS.scope.test(speechOf(failure)) ? named(said('The answer names the scopes of the token.', '响应提到令牌的范围。')) : undefined,
  },
  {
    code: 'gcs.anonymous',
    cloud: 'gcp',
    layer: 'credential',
    title: said('The request came without a credential', '请求没有携带凭据'),
    meaning: said(
      'Cloud Storage saw an anonymous caller: the token was not sent, or was lost on the way.',
      'Cloud Storage 看到的是匿名调用方:令牌未发送或在途中丢失。',
    ),
    symptom: said('401 “Anonymous caller does not have … access”.', '401 “Anonymous caller does not have … access”。'),
    remedy: {
      who: 'platform',
      where: said('the program that sends the request', '发送请求的程序'),
      summary: said(
        'Send the token with every request, and follow no redirect that drops it.',
        '每个请求都发送令牌,并且不要跟随会丢弃令牌的重定向。',
      ),
      risk: none,
      undo: nothingToUndo,
      verify: said('The answer names the account, or succeeds.', '响应中出现账号名,或请求成功。'),
    },
    links: ['https://cloud.google.com/storage/docs/troubleshooting#access-permission'],
    explain: (failure) =>
      WORDS.anonymous.test(speechOf(failure)) || /login required|missing required authentication credential/i.test(speechOf(failure))
        ? named(said('The answer speaks of an anonymous caller.', '响应提到匿名调用方。'))
        : undefined,
  },
]
