import type { Cause, Explanation } from '../../cause.ts'
import { hasCode, named, possible } from '../../evidence.ts'
import type { Failure } from '../../failure.ts'
import type { Facts } from '../../facts.ts'
import { said } from '../../said.ts'
import { operationName } from '../operations.ts'
import { codeSays, laterSuccess } from '../refusal.ts'
import { trustValues } from '../trust-gap.ts'
import { webIdentityGap, type WebIdentityGap } from '../web-identity-gap.ts'

const PAGE = 'https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html'
const TRUST_PAGE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html'
const PROVIDERS = said('IAM console > Access management > Identity providers', 'IAM 控制台 > 访问管理 > 身份提供商')
const TRUST = said(
  'IAM console > Roles > {name} > Trust relationships > Edit trust policy',
  'IAM 控制台 > 角色 > {name} > 信任关系 > 编辑信任策略',
)
const verify = said('sluice connection validate: “Trust accepts us” passes.', 'sluice connection validate:“Trust accepts us” 通过。')
const undo = said(
  'Put the former trust policy back; IAM keeps no history, so copy it first.',
  '恢复原来的信任策略;IAM 不保留历史,请先备份。',
)

/** STS refuses a token that the trust policy does not want in one sentence, whatever it does not want of it. */
const INSEPARABLE = ['aws.oidc.subject', 'aws.oidc.audience', 'aws.oidc.provider', 'aws.sts.role_missing', 'aws.sts.rcp']
const settle = {
  read: 'iam:GetRole shows the trust policy, iam:ListOpenIDConnectProviders the providers',
  by: 'cloud-admin',
  command: 'aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument; aws iam list-open-id-connect-providers',
} as const

/** Whether a role was asked for with a token and refused, rather than the token itself. */
function isRefused(failure: Failure, facts: Facts): boolean {
  const { clue, observation } = failure
  return (
    operationName(observation, clue) === 'assumerolewithwebidentity' &&
    laterSuccess(failure, facts) === undefined &&
    (hasCode(clue, 'AccessDenied', 'AccessDeniedException') || (clue.code === undefined && clue.status === 403))
  )
}

/** What of a token the trust policy does not want: by the policy where it was shown, else as one of several. */
export function ofTrust(code: WebIdentityGap | 'aws.sts.role_missing' | 'aws.sts.rcp') {
  return (failure: Failure, facts: Facts): Explanation | undefined => {
    if (!isRefused(failure, facts)) return undefined
    const found = webIdentityGap(facts, failure.observation.index >= 0)
    if (typeof found === 'object') return found.gap === code ? found.explanation : undefined
    const shown = facts.documents.trustPolicy !== undefined
    if (code === 'aws.sts.role_missing' && shown) return undefined
    if (found === 'none' && code !== 'aws.sts.rcp') return undefined
    // Guard rails that were shown and let us in are none.
    if (found === 'none' && facts.documents.rcps !== undefined) return undefined
    return possible(said('STS refuses the token’s bearer without a reason.', 'STS 没有说明原因便拒绝了令牌持有者。'), {
      values: trustValues(facts),
    })
  }
}

/** What STS says of a token, by its words. */
const WORDS = {
  provider: /no openid ?connect provider/i,
  audience: /token audience/i,
  unreachable: /verification key|thumbprint|certificate/i,
  token: /valid JWT|signature|claim|issuer|expired|malformed/i,
} as const

/** Whether STS says this of a token. Where the words are cut off, all that they could have been about is left. */
function saysToken({ clue, observation }: Failure, about: keyof typeof WORDS): boolean {
  const text = `${clue.text ?? ''} ${observation.message ?? ''}`
  if (about === 'unreachable' && hasCode(clue, 'IDPCommunicationError')) return true
  if (about === 'token' && hasCode(clue, 'IDPRejectedClaim')) return true
  if (!hasCode(clue, 'InvalidIdentityToken')) return false
  const said = (['provider', 'audience', 'unreachable', 'token'] as const).find((word) => WORDS[word].test(text))
  return said === undefined || said === about
}

/** Getting into the customer's account with a token of our issuer. */
export const WEB_IDENTITY_CAUSES: readonly Cause[] = [
  {
    code: 'aws.oidc.provider',
    cloud: 'aws',
    layer: 'trust',
    title: said(
      'The account has no identity provider for our issuer, or the role trusts another',
      '账户没有我们签发者的身份提供商,或角色信任的是另一个',
    ),
    meaning: said(
      'IAM takes tokens only of issuers that the account has an OpenID Connect provider for, by exactly their URL, and only where the role’s trust policy names that provider.',
      'IAM 只接受账户中已有 OpenID Connect 提供商(URL 完全一致)且角色信任策略写明该提供商的令牌。',
    ),
    symptom: said(
      'InvalidIdentityToken: no OpenIDConnect provider found in your account; or AccessDenied where the trust policy names another provider.',
      'InvalidIdentityToken:账户中未找到 OpenIDConnect 提供商;若信任策略写的是另一提供商则为 AccessDenied。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: PROVIDERS,
      summary: said(
        'Add a provider of type OpenID Connect with the URL that sluice connection setup shows, letter by letter, and audience sts.amazonaws.com; name its ARN as Federated principal of the role.',
        '按 sluice connection setup 显示的 URL(逐字符一致)添加 OpenID Connect 提供商,受众为 sts.amazonaws.com;在角色中将其 ARN 写为 Federated 主体。',
      ),
      risk: said(
        'None for others: a provider alone lets nobody in, only the roles that name it do.',
        '对其他人没有影响:仅有提供商不会放行任何人,只有写明它的角色才会。',
      ),
      undo: said('Delete the provider, or put the former trust policy back.', '删除该提供商,或恢复原来的信任策略。'),
      verify,
    },
    settle,
    inseparable: INSEPARABLE,
    links: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html'],
    explain: (failure, facts) =>
      saysToken(failure, 'provider') && laterSuccess(failure, facts) === undefined
        ? named(said('STS says that the account has no provider for the issuer.', 'STS 说明账户中没有该签发者的提供商。'), {
            values: trustValues(facts),
          })
        : ofTrust('aws.oidc.provider')(failure, facts),
  },
  {
    code: 'aws.oidc.audience',
    cloud: 'aws',
    layer: 'trust',
    title: said('The identity provider or the role wants another audience', '身份提供商或角色要求的受众不同'),
    meaning: said(
      'The token’s aud is among neither the client ids of the provider nor what the trust policy asks for.',
      '令牌的 aud 不在提供商的客户端 ID 中,或不符合信任策略的要求。',
    ),
    symptom: said(
      'InvalidIdentityToken: incorrect token audience; or AccessDenied where the trust policy asks for it.',
      'InvalidIdentityToken:令牌受众不正确;若由信任策略要求则为 AccessDenied。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: PROVIDERS,
      summary: said(
        'Add the audience sts.amazonaws.com to the provider, and ask for the same in the condition …:aud of the trust policy.',
        '为提供商添加受众 sts.amazonaws.com,并在信任策略的 …:aud 条件中要求同样的值。',
      ),
      risk: said(
        'Tokens of the issuer for that audience can then be used with every role that names the provider.',
        '此后该签发者面向该受众的令牌可用于所有写明该提供商的角色。',
      ),
      undo: said('Remove the audience again.', '移除该受众。'),
      verify,
    },
    settle,
    inseparable: INSEPARABLE,
    links: [TRUST_PAGE],
    explain: (failure, facts) =>
      saysToken(failure, 'audience')
        ? named(said('STS says that the audience is not right.', 'STS 说明受众不正确。'), { values: trustValues(facts) })
        : ofTrust('aws.oidc.audience')(failure, facts),
  },
  {
    code: 'aws.oidc.subject',
    cloud: 'aws',
    layer: 'trust',
    title: said('The role trusts another subject of our issuer', '角色信任的是我们签发者的另一个主体'),
    meaning: said(
      'The condition …:sub of the trust policy is not the subject of this connection’s tokens: another connection’s was pasted, or it was shortened.',
      '信任策略的 …:sub 条件不是此连接令牌的主体:可能粘贴了另一连接的主体,或被截短。',
    ),
    symptom: said(
      'AccessDenied: not authorized to perform sts:AssumeRoleWithWebIdentity.',
      'AccessDenied:无权执行 sts:AssumeRoleWithWebIdentity。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: TRUST,
      summary: said(
        'Set StringEquals …:sub to the subject that sluice connection setup shows.',
        '将 StringEquals …:sub 设为 sluice connection setup 显示的主体。',
      ),
      risk: said('The connection whose subject stood there before can no longer assume the role.', '原主体对应的连接将无法再担任此角色。'),
      undo,
      verify,
    },
    settle,
    inseparable: INSEPARABLE,
    links: [TRUST_PAGE],
    explain: ofTrust('aws.oidc.subject'),
  },
  {
    code: 'aws.oidc.issuer_unreachable',
    cloud: 'aws',
    layer: 'trust',
    title: said('AWS cannot fetch the keys of our issuer', 'AWS 无法获取我们签发者的密钥'),
    meaning: said(
      'STS reads the issuer’s discovery document and keys over the internet, with a certificate it knows: it could not, or the key of this token was not among them.',
      'STS 通过互联网并使用已知证书读取签发者的发现文档与密钥:读取失败,或其中没有此令牌的密钥。',
    ),
    symptom: said(
      'InvalidIdentityToken: couldn’t retrieve verification key from your identity provider; IDPCommunicationError; or a thumbprint that does not match.',
      'InvalidIdentityToken:无法从身份提供商获取验证密钥;IDPCommunicationError;或指纹不匹配。',
    ),
    remedy: {
      who: 'platform',
      where: said('the address under which the issuer is published', '签发者对外发布的地址'),
      summary: said(
        'Let /.well-known/openid-configuration and the keys be reachable from the internet over https, by the issuer’s exact URL: sluice issuer show tells it.',
        '确保 /.well-known/openid-configuration 与密钥可通过签发者的准确 URL 由互联网以 https 访问:sluice issuer show 会显示该 URL。',
      ),
      risk: said('The two documents hold nothing secret.', '这两个文档不含机密。'),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify: said(
        'curl ISSUER/.well-known/openid-configuration from outside answers with the keys’ address.',
        '从外部 curl ISSUER/.well-known/openid-configuration 会返回密钥地址。',
      ),
    },
    links: [PAGE],
    explain: (failure, facts) => {
      const unreachable = saysToken(failure, 'unreachable')
      return unreachable && laterSuccess(failure, facts) === undefined
        ? named(codeSays(failure.clue), { values: trustValues(facts) })
        : undefined
    },
  },
  {
    code: 'aws.oidc.token',
    cloud: 'aws',
    layer: 'credential',
    title: said('STS does not accept the token itself', 'STS 不接受令牌本身'),
    meaning: said(
      'The token is no JWT that STS reads, its signature does not fit the issuer’s keys, or its times are not of now.',
      '令牌不是 STS 能识别的 JWT,签名与签发者密钥不符,或其时间不在有效期内。',
    ),
    symptom: said(
      'InvalidIdentityToken or IDPRejectedClaim, in words about the token; ExpiredTokenException once it is over.',
      'InvalidIdentityToken 或 IDPRejectedClaim,描述令牌本身的问题;过期后为 ExpiredTokenException。',
    ),
    remedy: {
      who: 'platform',
      where: said('the issuer of the token', '令牌的签发者'),
      summary: said(
        'Issue a new token with the issuer’s present key, and set the clock of the issuer.',
        '使用签发者当前的密钥签发新令牌,并校准签发者的时钟。',
      ),
      risk: said('None.', '没有影响。'),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify,
    },
    links: [PAGE],
    explain: (failure, facts) => {
      if (!saysToken(failure, 'token') || laterSuccess(failure, facts) !== undefined) return undefined
      return named(codeSays(failure.clue), { values: trustValues(facts) })
    },
  },
]
