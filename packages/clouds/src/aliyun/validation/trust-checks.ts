import type { AccessError, CheckPlan } from '@sluice/core'
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
import { deniedDetailOf } from '../errors.ts'
import type { AliyunAccess } from './access.ts'
import type { TrustRemedies } from './trust-remedies.ts'

/** Reasons that say that the AccessKey itself is bad; anything else tells nothing about it. */
const REJECTED = new Set(['aliyun.key.unknown', 'aliyun.key.signature', 'aliyun.key.token', 'aliyun.credential.expired'])

/** How STS words refusals to those who come with an AccessKey of ours. */
const DIALECT: TrustDialect = {
  cloud: 'Alibaba Cloud',
  isRejected: (error) => REJECTED.has(error.reason),
  isRefusal: (error) => error.reason === 'aliyun.sts.denied' && error.provider?.status === 403,
}

type Ask = <T>(request: (signal: AbortSignal) => Promise<T>) => ProbeOf<T>

/** Each request of a trust, made once. */
export interface TrustProbes {
  readonly identity: ProbeOf<CallerIdentity>
  readonly right: ProbeOf<Session>
  readonly ask: Ask
}

export function trustProbes({ clock }: Pick<ValidationContext, 'clock'>, access: AliyunAccess): TrustProbes {
  const ask: Ask = askedOnce({ clock })
  return { ask, identity: ask((signal) => access.identity(signal)), right: ask((signal) => access.assume({}, signal)) }
}

/** What the checks of a role's trust are made from. */
export interface TrustParts {
  readonly trust: TrustProbes
  readonly access: AliyunAccess
  readonly remedies: TrustRemedies
  /** Starts what will be needed once the trust is proved. */
  readonly meanwhile: (signal: AbortSignal) => void
}

/** The trust checks of a role with an external id; for a project-wide connection the last two are advisory. */
export function roleChecks(parts: TrustParts, random: ValidationContext['random'], projectWide: boolean): readonly CheckPlan[] {
  const { trust, access, remedies, meanwhile } = parts
  const severity = projectWide ? ({ severity: 'advisory' } as const) : {}
  const wrongId = `sluice-wrong-${Buffer.from(random.bytes(16)).toString('hex')}`
  return [
    identityWorks(trust.identity, DIALECT, () => remedies.identity()),
    trustAccepts({ right: trust.right, identity: trust.identity, refused: (error) => roleRefused(error, remedies) }, DIALECT, meanwhile),
    trustRefuses(
      {
        name: 'trust-refuses-missing-external-id',
        needs: ['trust-accepts-us'],
        ...severity,
        // Accepted without an id is how a project-wide connection works: its own assume already shows it.
        ask: projectWide ? trust.right : trust.ask((signal) => access.assume({ externalId: { value: undefined } }, signal)),
        open: {
          reason: 'trust.open_without_external_id',
          message: projectWide
            ? 'The connection is project-wide: the role has no external id, so every project on this platform that knows its ARN could use it.'
            : 'The role lets us in without an external id: any other tenant of this platform who knows its ARN could use it.',
          remedy: () => remedies.openWithoutId(),
        },
      },
      DIALECT,
    ),
    trustRefuses(
      {
        name: 'trust-refuses-wrong-external-id',
        needs: ['trust-accepts-us', 'trust-refuses-missing-external-id'],
        ...severity,
        ask: trust.ask((signal) => access.assume({ externalId: { value: wrongId } }, signal)),
        open: {
          reason: 'trust.open_with_any_external_id',
          message: 'The role lets us in with an external id that nobody was given: its condition accepts any.',
          remedy: () => remedies.openWithAnyId(),
        },
      },
      DIALECT,
    ),
  ]
}

/** Unlike others, Alibaba Cloud tells a role that is missing from one that refuses, and whose policy refused. */
function roleRefused(error: AccessError, remedies: TrustRemedies) {
  if (error.reason === 'aliyun.role.missing')
    return { message: 'There is no role of that name in the account.', remedy: remedies.missing() }
  if (!DIALECT.isRefusal(error)) return undefined
  const detail = deniedDetailOf(error)
  if (detail?.policyType.includes('IdentityBasedPolicy') === true)
    return {
      message: 'Our own identity may not call sts:AssumeRole: its own policy does not allow it.',
      remedy: remedies.ourPolicy(),
    }
  if (detail?.policyType === 'AssumeRolePolicy')
    return {
      message: 'The trust policy of the role refuses us: it names another principal, or expects another external id.',
      remedy: remedies.refused(),
    }
  return {
    message:
      'The role refuses us. From outside these look the same: its trust policy names another principal, it expects another external id, or our own identity may not assume roles.',
    remedy: remedies.refused(),
  }
}

/** The checks of an AccessKey, and what has no meaning for it. */
export function keyChecks({ trust, remedies }: Pick<TrustParts, 'trust' | 'remedies'>): readonly CheckPlan[] {
  const because = 'AccessKeys have no trust policy and no external id.'
  return [
    withoutMeaning('platform-identity-works', because),
    keysAccepted(trust.identity, DIALECT, () => remedies.keys()),
    withoutMeaning('trust-refuses-missing-external-id', because),
    withoutMeaning('trust-refuses-wrong-external-id', because),
  ]
}
