import { type CheckPlan, FOREIGN_AUDIENCE, type AccessError } from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import type { ProbeOf, Session } from '../../validation/context.ts'
import { askedOnce } from '../../validation/denial.ts'
import { type TrustDialect, tokensAccepted, trustAccepts, trustRefuses } from '../../validation/trust-checks.ts'
import type { AwsAccess } from './access.ts'
import type { OidcRemedies } from './oidc-remedies.ts'

/** Reasons by which STS refuses a token although it is ours and in force. */
const REFUSED = ['aws.oidc.denied', 'aws.oidc.no_provider', 'aws.oidc.audience']
/** Reasons that lie with us: whatever the customer's trust says, no token of ours is taken. */
const OURS = ['aws.oidc.keys', 'aws.oidc.expired', 'issuer.not_configured']

/** How STS words refusals of tokens; `refusals` are those that count where they are asked for. */
function dialect(refusals: readonly string[]): TrustDialect {
  return {
    cloud: 'AWS',
    isRejected: ({ reason }) => OURS.includes(reason),
    isRefusal: ({ reason }) => refusals.includes(reason),
  }
}

/** A role asked with tokens of ours, each request made once. */
export interface TokenProbes {
  readonly right: ProbeOf<Session>
  readonly stranger: ProbeOf<Session>
  readonly otherAudience: ProbeOf<Session>
}

export function tokenProbes({ clock }: Pick<CloudDeps, 'clock'>, access: AwsAccess): TokenProbes {
  const ask = askedOnce({ clock })
  const present = (token: Parameters<AwsAccess['present']>[0]): ProbeOf<Session> => ask((signal) => access.present(token, signal))
  return { right: present({}), stranger: present({ ofStranger: true }), otherAudience: present({ audience: FOREIGN_AUDIENCE }) }
}

/** The trust checks of a role that trusts our issuer. */
export function oidcChecks(tokens: TokenProbes, remedies: OidcRemedies, meanwhile: (signal: AbortSignal) => void): readonly CheckPlan[] {
  const refused = (error: AccessError) =>
    REFUSED.includes(error.reason) ? { message: whyRefused(error), remedy: remedies.refused(error.reason) } : undefined
  return [
    tokensAccepted({ right: tokens.right, issuer: remedies.issuer, remedy: remedies.identity }, dialect(REFUSED)),
    trustAccepts({ right: tokens.right, identity: tokens.right, refused }, dialect(REFUSED), meanwhile),
    trustRefuses(
      {
        name: 'trust-refuses-wrong-subject',
        needs: ['trust-accepts-us'],
        ask: tokens.stranger,
        open: {
          reason: 'trust.open_to_strangers',
          message:
            'The role lets in the token of a connection that nobody has: every project on this platform that knows its ARN could use it.',
          remedy: () => remedies.openToStrangers(),
        },
      },
      dialect(['aws.oidc.denied']),
    ),
    trustRefuses(
      {
        name: 'trust-refuses-wrong-audience',
        needs: ['trust-accepts-us'],
        ask: tokens.otherAudience,
        open: {
          reason: 'trust.open_to_other_audiences',
          message: 'The role lets in a token that was issued for somebody else: whoever is given one of ours could use the role.',
          remedy: () => remedies.openToAudiences(),
        },
      },
      // The provider compares the audience before the trust policy is asked.
      dialect(['aws.oidc.denied', 'aws.oidc.audience']),
    ),
  ]
}

function whyRefused({ reason }: AccessError): string {
  switch (reason) {
    case 'aws.oidc.no_provider':
      return 'The account of the role has no OpenID Connect provider for our issuer.'
    case 'aws.oidc.audience':
      return 'The OpenID Connect provider for our issuer does not list the audience of our tokens.'
    default:
      return 'The role refuses us. From outside these look the same: it does not exist, or its trust policy names another provider, another subject or another audience.'
  }
}
