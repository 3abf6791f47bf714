import type { AccessError, CheckOutcome, CheckPlan } from '@sluice/core'
import type { Session, ValidationContext } from '../../validation/context.ts'
import { s3DenialOf as denialOf } from '../../s3-protocol/dialect.ts'
import { type Probe, once, probe } from '../../validation/denial.ts'
import { failed, inconclusive, passed, skipped } from '../../validation/outcomes.ts'
import type { AwsAccess, CallerIdentity } from './access.ts'
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

/** The trust of a role, each request made once. */
export interface TrustProbes {
  readonly identity: (signal: AbortSignal) => Promise<Probe<CallerIdentity>>
  readonly right: (signal: AbortSignal) => Promise<Probe<Session>>
  readonly missing: (signal: AbortSignal) => Promise<Probe<Session>>
  readonly wrong: (signal: AbortSignal) => Promise<Probe<Session>>
}

export function trustProbes(
  context: Pick<ValidationContext, 'clock' | 'random'>,
  access: AwsAccess,
  externalId: string | undefined,
): TrustProbes {
  const ask = <T>(request: (signal: AbortSignal) => Promise<T>) =>
    once((signal: AbortSignal) =>
      probe(
        () => context.clock.now(),
        () => request(signal),
        signal,
      ),
    )
  const wrongId = `sluice-wrong-${Array.from(context.random.bytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
  return {
    identity: ask((signal) => access.identity(signal)),
    right: ask((signal) => access.assume(externalId, signal)),
    missing: ask((signal) => access.assume(undefined, signal)),
    wrong: ask((signal) => access.assume(wrongId, signal)),
  }
}

/** Whether the error says that the credential is not accepted, whatever it asks for. */
export function isRejected(error: AccessError): boolean {
  return REJECTED.has(error.provider?.code ?? '')
}

export function identityWorks(trust: TrustProbes, remedies: TrustRemedies): CheckPlan {
  return {
    name: 'platform-identity-works',
    needs: ['configuration-well-formed'],
    run: async (signal) => {
      const identity = await trust.identity(signal)
      if (identity.ok) return passed(identity.ms, identity.value.arn)
      if (!isRejected(identity.error)) return inconclusive(identity.ms, identity.error)
      return failed(
        identity.ms,
        'identity.rejected',
        `AWS does not accept our own credentials: ${identity.error.message}`,
        remedies.identity(),
        identity.error,
      )
    },
  }
}

/**
 * The role lets us in with the right external id. `meanwhile` starts what will be needed next: it costs nothing when trust is refused
 * and a round trip when it is not started until then.
 */
export function trustAccepts(trust: TrustProbes, remedies: TrustRemedies, meanwhile: (signal: AbortSignal) => void): CheckPlan {
  return {
    name: 'trust-accepts-us',
    needs: ['configuration-well-formed'],
    run: async (signal) => {
      meanwhile(signal)
      const [right, identity] = await Promise.all([trust.right(signal), trust.identity(signal)])
      if (right.ok) return passed(right.ms)
      if (!identity.ok && isRejected(identity.error)) return skipped('AWS does not accept our own credentials.', 'platform-identity-works')
      if (denialOf(right.error) === undefined) return inconclusive(right.ms, right.error)
      return failed(
        right.ms,
        'trust.refused',
        'The role refuses us. From outside these look the same: it does not exist, its trust policy names another principal, or it expects another external id.',
        remedies.refused(),
        right.error,
      )
    },
  }
}

/** The keys of the connection are accepted at all. */
export function keysAccepted(trust: TrustProbes, remedies: TrustRemedies): CheckPlan {
  return {
    name: 'trust-accepts-us',
    needs: ['configuration-well-formed'],
    run: async (signal) => {
      const identity = await trust.identity(signal)
      if (identity.ok) return passed(identity.ms, identity.value.arn)
      if (!isRejected(identity.error)) return inconclusive(identity.ms, identity.error)
      return failed(
        identity.ms,
        'identity.rejected',
        `AWS does not accept the access key: ${identity.error.message}`,
        remedies.keys(),
        identity.error,
      )
    },
  }
}

/** A refusal proves something only once the right id was accepted in the same run, and only when it is AccessDenied. */
async function refusal(result: Promise<Probe<Session>>): Promise<{ readonly outcome: CheckOutcome } | { readonly open: number }> {
  const answer = await result
  if (answer.ok) return { open: answer.ms }
  return { outcome: denialOf(answer.error) === undefined ? inconclusive(answer.ms, answer.error) : passed(answer.ms) }
}

/** The role refuses us without the id: nobody who does not know it gets in through us. */
export function refusesMissing(trust: TrustProbes, remedies: TrustRemedies, projectWide: boolean): CheckPlan {
  return {
    name: 'trust-refuses-missing-external-id',
    needs: ['trust-accepts-us'],
    ...(projectWide ? { severity: 'advisory' as const } : {}),
    run: async (signal) => {
      // Accepted without an id is how a project-wide connection works: its own assume already shows it.
      const answer = await refusal(projectWide ? trust.right(signal) : trust.missing(signal))
      if ('outcome' in answer) return answer.outcome
      return failed(
        answer.open,
        'trust.open_without_external_id',
        projectWide
          ? 'The connection is project-wide: the role has no external id, so every project on this platform that knows its ARN could use it.'
          : 'The role lets us in without an external id: any other tenant of this platform who knows its ARN could use it.',
        remedies.openWithoutId(),
      )
    },
  }
}

/** The role refuses us with an id that is not the one issued. */
export function refusesWrong(trust: TrustProbes, remedies: TrustRemedies, projectWide: boolean): CheckPlan {
  return {
    name: 'trust-refuses-wrong-external-id',
    needs: ['trust-accepts-us', 'trust-refuses-missing-external-id'],
    ...(projectWide ? { severity: 'advisory' as const } : {}),
    run: async (signal) => {
      const answer = await refusal(trust.wrong(signal))
      if ('outcome' in answer) return answer.outcome
      return failed(
        answer.open,
        'trust.open_with_any_external_id',
        'The role lets us in with an external id that nobody was given: its condition accepts any.',
        remedies.openWithAnyId(),
      )
    },
  }
}

/** The checks that have no meaning without a role. */
export function withoutRole(method: string): readonly CheckPlan[] {
  const because =
    method === 'keys' ? 'Access keys have no trust policy and no external id.' : 'Public buckets are read without a credential.'
  const plan = (name: CheckPlan['name']): CheckPlan => ({ name, needs: [], run: () => Promise.resolve(skipped(because)) })
  return [
    plan('platform-identity-works'),
    ...(method === 'none' ? [plan('trust-accepts-us')] : []),
    plan('trust-refuses-missing-external-id'),
    plan('trust-refuses-wrong-external-id'),
  ]
}
