import type { CheckPlan } from '@sluice/core'
import { s3DenialOf } from '../../s3-protocol/dialect.ts'
import type { ProbeOf, Session, ValidationContext } from '../../validation/context.ts'
import { askedOnce } from '../../validation/denial.ts'
import {
  type CallerIdentity,
  type TrustDialect,
  identityWorks,
  keysAccepted,
  trustAccepts,
  trustRefuses,
  withoutMeaning,
} from '../../validation/trust-checks.ts'
import type { AwsAccess } from './access.ts'
import type { TrustRemedies } from './trust-remedies.ts'

/** Codes by which STS says that the credential itself is bad; anything else tells nothing about it. */
const REJECTED = new Set([
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'MissingAuthenticationToken',
])

/** How STS words refusals. */
export const STS_DIALECT: TrustDialect = {
  cloud: 'AWS',
  isRejected: (error) => REJECTED.has(error.provider?.code ?? ''),
  isRefusal: (error) => s3DenialOf(error) !== undefined,
}

/** The trust of a role, each request made once. */
export interface TrustProbes {
  readonly identity: ProbeOf<CallerIdentity>
  readonly right: ProbeOf<Session>
  readonly missing: ProbeOf<Session>
  readonly wrong: ProbeOf<Session>
}

export function trustProbes(
  context: Pick<ValidationContext, 'clock' | 'random'>,
  access: AwsAccess,
  externalId: string | undefined,
): TrustProbes {
  const ask = askedOnce(context)
  const wrongId = `sluice-wrong-${Array.from(context.random.bytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
  return {
    identity: ask((signal) => access.identity(signal)),
    right: ask((signal) => access.assume(externalId, signal)),
    missing: ask((signal) => access.assume(undefined, signal)),
    wrong: ask((signal) => access.assume(wrongId, signal)),
  }
}

/** The trust checks of a role with an external id; for a project-wide connection the last two are advisory. */
export function roleChecks(
  trust: TrustProbes,
  remedies: TrustRemedies,
  projectWide: boolean,
  meanwhile: (signal: AbortSignal) => void,
): readonly CheckPlan[] {
  const severity = projectWide ? ({ severity: 'advisory' } as const) : {}
  const refused = {
    message:
      'The role refuses us. From outside these look the same: it does not exist, its trust policy names another principal, or it expects another external id.',
    remedy: remedies.refused(),
  }
  return [
    identityWorks(trust.identity, STS_DIALECT, () => remedies.identity()),
    trustAccepts(
      { right: trust.right, identity: trust.identity, refused: (error) => (STS_DIALECT.isRefusal(error) ? refused : undefined) },
      STS_DIALECT,
      meanwhile,
    ),
    trustRefuses(
      {
        name: 'trust-refuses-missing-external-id',
        needs: ['trust-accepts-us'],
        ...severity,
        // Accepted without an id is how a project-wide connection works: its own assume already shows it.
        ask: projectWide ? trust.right : trust.missing,
        open: {
          reason: 'trust.open_without_external_id',
          message: projectWide
            ? 'The connection is project-wide: the role has no external id, so every project on this platform that knows its ARN could use it.'
            : 'The role lets us in without an external id: any other tenant of this platform who knows its ARN could use it.',
          remedy: () => remedies.openWithoutId(),
        },
      },
      STS_DIALECT,
    ),
    trustRefuses(
      {
        name: 'trust-refuses-wrong-external-id',
        needs: ['trust-accepts-us', 'trust-refuses-missing-external-id'],
        ...severity,
        ask: trust.wrong,
        open: {
          reason: 'trust.open_with_any_external_id',
          message: 'The role lets us in with an external id that nobody was given: its condition accepts any.',
          remedy: () => remedies.openWithAnyId(),
        },
      },
      STS_DIALECT,
    ),
  ]
}

/** The checks of connections without a role: whether their keys are accepted, and what has no meaning for them. */
export function rolelessChecks(method: string, trust: TrustProbes, remedies: TrustRemedies): readonly CheckPlan[] {
  const keys = method === 'keys'
  const because = keys ? 'Access keys have no trust policy and no external id.' : 'Public buckets are read without a credential.'
  return [
    withoutMeaning('platform-identity-works', because),
    keys ? keysAccepted(trust.identity, STS_DIALECT, () => remedies.keys()) : withoutMeaning('trust-accepts-us', because),
    withoutMeaning('trust-refuses-missing-external-id', because),
    withoutMeaning('trust-refuses-wrong-external-id', because),
  ]
}
