import { isoSeconds } from '../../state/iso-seconds.ts'
import type { JsonObject } from '@sluice/core'
import { verifyIssuedToken, type TokenClaims, type TokenVerdict } from '../../oidc/verify.ts'
import { judgeRam } from '../authorize.ts'
import { AliyunError } from '../error.ts'
import type { RpcCall } from '../rpc/service.ts'
import { preparedRam } from '../state/policies.ts'
import type { AliyunState, OidcProvider } from '../state/types.ts'
import { visibleRole } from './assume-role.ts'
import {
  issueAliyunSession,
  noSuchRole,
  readDuration,
  readRoleArn,
  readSessionName,
  readSessionPolicy,
  sessionMembers,
} from './sessions.ts'

/**
 * Issues a session of a role to whoever brings a token of an identity provider that the role's trust policy allows.
 * https://help.aliyun.com/en/ram/developer-reference/api-sts-2015-04-01-assumerolewithoidc
 */
export async function assumeRoleWithOidc(call: RpcCall): Promise<JsonObject> {
  const { parameters, state } = call
  const arn = readRoleArn(parameters)
  const sessionName = readSessionName(parameters)
  const provider = providerOf(state, parameters.required('OIDCProviderArn'))
  const claims = await verifiedClaims(state, provider, parameters.optional('OIDCToken') ?? '')
  const found = visibleRole(state, arn)
  if (!found) throw noSuchRole(arn)
  const { role, accountId } = found
  const decision = judgeRam(
    // Whoever brings a token has no policies: the trust policy decides alone.
    { ...call.caller, principal: { kind: 'federated', provider: provider.arn } },
    {
      action: 'sts:AssumeRole',
      resource: `acs:ram:*:${accountId}:role/${role.name.toLowerCase()}`,
      resourceAccount: accountId,
      rule: 'trust',
      resourcePolicy: preparedRam(state, `trust policy of ${role.name}`, role.trust, 'trust'),
      context: { 'oidc:iss': claims.iss, 'oidc:sub': claims.sub, 'oidc:aud': [claims.aud].flat() },
    },
  )
  if (!decision.allowed) throw refused('NoPermission', 'There is no permission')
  const seconds = readDuration(parameters, role)
  const policy = readSessionPolicy(parameters)
  const session = issueAliyunSession(state, { accountId, role, sessionName, seconds, policy })
  return { ...sessionMembers(role, session), OIDCTokenInfo: tokenInfo(claims) }
}

function tokenInfo({ iss, sub, aud, exp, iat }: TokenClaims): JsonObject {
  return {
    Issuer: iss,
    Subject: sub,
    ClientIds: [aud].flat().join(','),
    ExpirationTime: isoSeconds(exp * 1000),
    IssuanceTime: isoSeconds((iat ?? 0) * 1000),
    VerificationInfo: 'Success',
  }
}

function refused(code: string, message: string): AliyunError {
  return new AliyunError(401, `AuthenticationFail.${code}`, message)
}

function providerOf(state: AliyunState, arn: string): OidcProvider {
  const account = state.accounts.get(arn.split(':')[3] ?? '')
  const provider = [...(account?.oidcProviders.values() ?? [])].find((known) => known.arn === arn)
  if (!provider) throw refused('NoPermission', 'No such OIDC Provider registered.')
  return provider
}

async function verifiedClaims(state: AliyunState, provider: OidcProvider, token: string): Promise<TokenClaims> {
  if (token === '') throw refused('OIDCToken.Invalid', 'The OIDCToken can not empty.')
  if (token.split('.').length !== 3) throw refused('OIDCToken.Invalid', "The number of Jwt field should be divided into 3 parts with '.' .")
  const now = state.clock.now()
  const verdict = await verifyIssuedToken(state.issuers, token, { issuer: provider.issuer, audiences: provider.clientIds }, now)
  if (!verdict.ok) throw refusalOf(verdict, provider)
  const { iat } = verdict.claims
  const oldest = now / 1000 - provider.issuanceLimitHours * 3600
  if (iat === undefined || iat < oldest)
    throw refused('OIDCToken.Expired', 'The time since the token was issued exceeds the IssuanceLimitTime of the OIDC Provider.')
  return verdict.claims
}

function refusalOf({ problem, message }: Extract<TokenVerdict, { readonly ok: false }>, { issuer }: OidcProvider): AliyunError {
  switch (problem) {
    case 'issuer':
      return refused('OIDCToken.IssuerNotMatch', "The issuer in the OIDC Token doesn't match the OIDC Provider registered.")
    case 'issuer-unreachable':
    case 'issuer-mismatch':
      return refused('OIDCToken.IssuerConfigurationBroken', `Get public keys from OIDC Provider failed, the issuer is ${issuer}.`)
    case 'expired':
      return refused('OIDCToken.Expired', 'This JsonWebToken is expired.')
    case 'audience':
      return refused('OIDCToken.AudienceNotMatch', 'Invalid audience.')
    case 'key':
    case 'signature':
      return refused('OIDCToken.InvalidSignature', 'OIDC token validate failed: invalid signature.')
    default:
      return refused('OIDCToken.Invalid', `The Jwt content is invalid that cannot be recognized. ${message}`)
  }
}
