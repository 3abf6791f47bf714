import type { RequestContext } from '@sluice/core'
import type { XmlNode } from '../../http/xml.ts'
import { unverifiedClaims, verifyIssuedToken, type TokenClaims, type TokenVerdict } from '../../oidc/verify.ts'
import { judge } from '../authorize.ts'
import { AwsError, notImplemented } from '../error.ts'
import { invalidMember, type Parameters } from '../query/parameters.ts'
import type { QueryCall } from '../query/service.ts'
import { prepared } from '../state/policies.ts'
import { presentPolicy } from '../state/principals.ts'
import type { AwsState, OidcProvider } from '../state/types.ts'
import { demandActiveSts } from './region.ts'
import { findRole, readSessionRequest, sessionNodes, sessionPolicies, sessionSeconds } from './session-request.ts'
import { issueSession } from './sessions.ts'

/**
 * Issues a session of a role to whoever brings a token of an identity provider that the role's account knows and its trust
 * policy allows. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export async function assumeRoleWithWebIdentity(call: QueryCall): Promise<readonly XmlNode[]> {
  const { parameters, state } = call
  if (parameters.optional('ProviderId') !== undefined) throw notImplemented('sts:AssumeRoleWithWebIdentity with ProviderId')
  const request = readSessionRequest(parameters)
  demandActiveSts(state, call.request, request.roleArn.split(':')[4])
  const token = readToken(parameters)
  const provider = providerOf(state, request.roleArn.split(':')[4] ?? '', token)
  const claims = await verifiedClaims(state, provider, token)
  const found = findRole(state, request.roleArn)
  if (!found) throw notAuthorized()
  const { role, accountId } = found
  const context = claimContext(provider, claims)
  const { decision } = judge(
    // Whoever brings a token has no policies, and no account: the trust policy decides alone.
    { ...call.caller, principal: { kind: 'federated', provider: provider.arn } },
    {
      action: 'sts:AssumeRoleWithWebIdentity',
      resource: role.arn,
      resourceAccount: accountId,
      resourcePolicy: prepared(state, `trust policy of ${role.name}`, presentPolicy(state, role.trust)),
      resourceRule: 'trust',
      context: { ...context, 'sts:RoleSessionName': request.sessionName },
    },
  )
  if (!decision.allowed) throw notAuthorized()
  const seconds = sessionSeconds(request, role)
  const policies = sessionPolicies(state, parameters, accountId)
  const { sessionName } = request
  const session = issueSession(state, {
    accountId,
    seconds,
    identity: { kind: 'role', roleName: role.name, roleId: role.id, sessionName, policies: policies.documents, context },
  })
  return [
    ['SubjectFromWebIdentityToken', claims.sub],
    ['Audience', [claims.aud].flat().find((audience) => provider.clientIds.includes(audience)) ?? ''],
    ['Provider', provider.arn],
    ...sessionNodes(role, accountId, session, policies, sessionName),
  ]
}

function readToken(parameters: Parameters): string {
  const token = parameters.required('WebIdentityToken')
  if (token.length < 4) throw invalidMember('WebIdentityToken', '', 'Member must have length greater than or equal to 4')
  if (token.length > 20_000) throw invalidMember('WebIdentityToken', '', 'Member must have length less than or equal to 20000')
  return token
}

function notAuthorized(): AwsError {
  return new AwsError(403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity')
}

function invalidToken(message: string): AwsError {
  return new AwsError(400, 'InvalidIdentityToken', message)
}

const NO_JWT = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'

/** The provider, in the account of the role, whose token this says it is. */
function providerOf(state: AwsState, accountId: string, token: string): OidcProvider {
  const claims = unverifiedClaims(token)
  if (!claims) throw invalidToken(NO_JWT)
  const providers = [...(state.accounts.get(accountId)?.oidcProviders.values() ?? [])]
  const provider = providers.find(({ url }) => claims.iss === `https://${url}`)
  if (!provider) throw invalidToken(`No OpenIDConnect provider found in your account for ${claims.iss ?? 'null'}`)
  return provider
}

async function verifiedClaims(state: AwsState, provider: OidcProvider, token: string): Promise<TokenClaims> {
  const expected = { issuer: `https://${provider.url}`, audiences: provider.clientIds }
  const now = state.clock.now()
  const verdict = await verifyIssuedToken(state.issuers, token, expected, now)
  if (verdict.ok) return verdict.claims
  throw refusalOf(verdict, now)
}

function refusalOf(verdict: Extract<TokenVerdict, { readonly ok: false }>, now: number): AwsError {
  switch (verdict.problem) {
    case 'expired': {
      const end = verdict.unverified?.exp ?? 0
      const message = `Token expired: current date/time ${Math.floor(now / 1000)} must be before the expiration date/time ${end}`
      return new AwsError(400, 'ExpiredTokenException', message)
    }
    case 'audience':
      return invalidToken('Incorrect token audience')
    case 'not-yet-valid':
    case 'claim-missing':
      return new AwsError(403, 'IDPRejectedClaim', `The identity provider rejected the claim: ${verdict.message}`)
    case 'key':
    case 'issuer-unreachable':
    case 'issuer-mismatch':
      return invalidToken(
        "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements",
      )
    case 'signature':
      return invalidToken('The signature of the token is not valid')
    default:
      return invalidToken(NO_JWT)
  }
}

/** The claims as trust policies name them: by the provider's URL without its scheme. */
function claimContext({ url }: OidcProvider, claims: TokenClaims): RequestContext {
  return { [`${url}:sub`]: claims.sub, [`${url}:aud`]: [claims.aud].flat() }
}
