import { type AccessError, type CheckPlan, FOREIGN_AUDIENCE } from '@sluice/core'
import { type TrustDialect, tokensAccepted, trustAccepts, trustRefuses } from '../../validation/trust-checks.ts'
import { NO_PROVIDER, type OidcRemedies } from './oidc-remedies.ts'
import type { TrustParts } from './trust-checks.ts'

/** Reasons by which the customer's side refuses a token although it is ours and in force. */
const REFUSED = ['aliyun.oidc.denied', 'aliyun.oidc.audience', 'aliyun.oidc.issuer', 'aliyun.oidc.fingerprint', 'aliyun.role.missing']
/** Reasons that lie with us: whatever the customer's trust says, no token of ours is taken. */
const OURS = ['aliyun.oidc.keys', 'aliyun.oidc.expired', 'issuer.not_configured']

/** How STS words refusals of tokens; `refusals` are those that count where they are asked for. */
function dialect(refusals: readonly string[]): TrustDialect {
  return {
    cloud: 'Alibaba Cloud',
    isRejected: ({ reason }) => OURS.includes(reason),
    isRefusal: ({ reason }) => refusals.includes(reason),
  }
}

/** The trust checks of a role that trusts our issuer. */
export function oidcChecks(parts: Omit<TrustParts, 'remedies'> & { readonly remedies: OidcRemedies }): readonly CheckPlan[] {
  const { trust, access, remedies, meanwhile } = parts
  const { right } = trust
  const refused = (error: AccessError) =>
    REFUSED.includes(error.reason) ? { message: whyRefused(error), remedy: remedies.refused(whyKey(error)) } : undefined
  return [
    tokensAccepted({ right, issuer: remedies.issuer, remedy: remedies.identity }, dialect(REFUSED)),
    trustAccepts({ right, identity: right, refused }, dialect(REFUSED), meanwhile),
    trustRefuses(
      {
        name: 'trust-refuses-wrong-subject',
        needs: ['trust-accepts-us'],
        ask: trust.ask((signal) => access.assume({ token: { ofStranger: true } }, signal)),
        open: {
          reason: 'trust.open_to_strangers',
          message:
            'The role lets in the token of a connection that nobody has: every project on this platform that knows its ARN could use it.',
          remedy: remedies.openToStrangers,
        },
      },
      dialect(['aliyun.oidc.denied']),
    ),
    trustRefuses(
      {
        name: 'trust-refuses-wrong-audience',
        needs: ['trust-accepts-us'],
        ask: trust.ask((signal) => access.assume({ token: { audience: FOREIGN_AUDIENCE } }, signal)),
        open: {
          reason: 'trust.open_to_other_audiences',
          message: 'The role lets in a token that was issued for somebody else: whoever is given one of ours could use the role.',
          remedy: remedies.openToAudiences,
        },
      },
      // The provider compares the audience before the trust policy is asked.
      dialect(['aliyun.oidc.denied', 'aliyun.oidc.audience']),
    ),
  ]
}

/** What STS says of a provider that is not there has the code of any refusal, and words of its own. */
function whyKey({ reason, provider }: AccessError): string {
  return reason === 'aliyun.oidc.denied' && /no such oidc provider/i.test(provider?.message ?? '') ? NO_PROVIDER : reason
}

function whyRefused(error: AccessError): string {
  switch (whyKey(error)) {
    case NO_PROVIDER:
      return 'The account of the role has no such OpenID Connect provider.'
    case 'aliyun.role.missing':
      return 'There is no role of that name in the account.'
    case 'aliyun.oidc.audience':
      return 'The OpenID Connect provider for our issuer does not list the client id that our tokens are for.'
    case 'aliyun.oidc.issuer':
      return 'The OpenID Connect provider that the connection names is that of another issuer.'
    case 'aliyun.oidc.fingerprint':
      return "The fingerprint in the OpenID Connect provider is not that of the certificate authority behind our issuer's address."
    default:
      return 'The role refuses our token. From outside these look the same: its trust policy names another provider, another issuer, another audience or another subject.'
  }
}
