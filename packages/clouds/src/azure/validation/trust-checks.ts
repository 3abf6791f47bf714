import { type AccessError, type CheckPlan, FOREIGN_AUDIENCE, type Location } from '@sluice/core'
import type { ProbeOf, Session, ValidationContext } from '../../validation/context.ts'
import { type Probe, askedOnce, probe } from '../../validation/denial.ts'
import { failed, inconclusive, overLocations, passed, skipped } from '../../validation/outcomes.ts'
import { type CallerIdentity, type TrustDialect, trustAccepts, trustRefuses } from '../../validation/trust-checks.ts'
import type { AzureAccess } from './access.ts'
import { AZURE_DIALECT } from './dialect.ts'
import type { Obstacles } from './obstacles.ts'
import type { TrustRemedies } from './trust-remedies.ts'

/** The trust of an application, each request made once. */
export interface TrustProbes {
  readonly identity: ProbeOf<CallerIdentity>
  readonly right: ProbeOf<Session>
  readonly stranger: ProbeOf<Session>
  readonly foreign: ProbeOf<Session>
  /** A key to sign leases with, for the account of a location. */
  key(location: Location, signal: AbortSignal): Promise<Probe<void>>
}

export function trustProbes({ clock }: Pick<ValidationContext, 'clock'>, access: AzureAccess): TrustProbes {
  const ask = askedOnce({ clock })
  const right = ask((signal) => access.session({}, signal))
  const keys = new Map<string, ProbeOf<void>>()
  return {
    identity: ask((signal) => access.identity(signal)),
    right,
    stranger: ask((signal) => access.session({ ofStranger: true }, signal)),
    foreign: ask((signal) => access.session({ audience: FOREIGN_AUDIENCE }, signal)),
    key: (location, signal) => {
      const name = location.account ?? ''
      const asked =
        keys.get(name) ??
        ask(async (stop) => {
          const session = await right(stop)
          if (!session.ok) throw session.error
          await access.delegationKey(session.value, location, stop)
        })
      keys.set(name, asked)
      return asked(signal)
    },
  }
}

/** Reasons by which Entra, or we ourselves, say that there is nothing to show. */
const WITHOUT_IDENTITY = new Set([
  'issuer.not_configured',
  'azure.identity.no_issuer',
  'azure.identity.none',
  'platform.credentials_missing',
])

/** How Entra words refusals. A federated credential that does not fit has numbers of its own. */
const ENTRA: TrustDialect = {
  cloud: 'Entra',
  isRejected: ({ reason }) => WITHOUT_IDENTITY.has(reason),
  isRefusal: ({ reason }) => reason.startsWith('azure.trust.'),
}

/** To refuse a stranger is to know no credential for it: an issuer that cannot be reached, or a policy, would refuse us too. */
const STRANGERS: TrustDialect = { ...ENTRA, isRefusal: ({ reason }) => reason === 'azure.trust.refused' }

/** Our own identity works: a token of ours is issued, or our managed identity has one. */
export function identityWorks(trust: TrustProbes, remedies: TrustRemedies): CheckPlan {
  return {
    name: 'platform-identity-works',
    needs: ['configuration-well-formed'],
    run: async (signal) => {
      const answer = await trust.identity(signal)
      if (answer.ok) return passed(answer.ms, answer.value.arn)
      if (!ENTRA.isRejected(answer.error)) return inconclusive(answer.ms, answer.error)
      return failed(answer.ms, 'identity.rejected', answer.error.message, remedies.identity(answer.error), answer.error)
    },
  }
}

/** The application lets us in, and nobody else of ours. */
export function federationChecks(
  trust: TrustProbes,
  remedies: TrustRemedies,
  meanwhile: (signal: AbortSignal) => void,
): readonly CheckPlan[] {
  const refused = (error: AccessError) => (ENTRA.isRefusal(error) ? remedies.refused(error) : undefined)
  return [
    trustAccepts({ right: trust.right, identity: trust.identity, refused }, ENTRA, meanwhile),
    trustRefuses(
      {
        name: 'trust-refuses-wrong-subject',
        needs: ['trust-accepts-us'],
        ask: trust.stranger,
        open: {
          reason: 'trust.open_to_strangers',
          message:
            'The application lets in a token of another connection: any project of this Sluice that knows its client id could use it.',
          remedy: () => remedies.openToStrangers(),
        },
      },
      STRANGERS,
    ),
    trustRefuses(
      {
        name: 'trust-refuses-wrong-audience',
        needs: ['trust-accepts-us'],
        ask: trust.foreign,
        open: {
          reason: 'trust.open_to_other_audiences',
          message: 'The application lets in a token of ours that was issued for somebody else.',
          remedy: () => remedies.openToAudiences(),
        },
      },
      STRANGERS,
    ),
  ]
}

/**
 * The identity may ask for keys to sign leases with. The right to that lies on the storage account, not on the container,
 * and is the first that the account itself is asked for.
 */
export function mayDelegate(
  trust: TrustProbes,
  locations: readonly Location[],
  needs: CheckPlan['needs'],
  remedies: TrustRemedies,
  obstacles: Obstacles,
): CheckPlan {
  return {
    name: 'permissions-granted',
    needs,
    run: (signal) =>
      overLocations(locations, async (location) => {
        const key = await trust.key(location, signal)
        if (key.ok) return passed(key.ms)
        const obstacle = obstacles.of(key.error, location)
        if (obstacle !== undefined) return failed(key.ms, key.error.reason, key.error.message, obstacle, key.error)
        if (AZURE_DIALECT.denialOf(key.error) !== undefined)
          return failed(
            key.ms,
            'azure.delegation.refused',
            'The identity may not ask the storage account for a user delegation key, which every lease is signed with.',
            remedies.mayNotDelegate(location),
            key.error,
          )
        if (isOtherTenant(key.error))
          return failed(
            key.ms,
            'azure.tenant.other',
            `The storage account does not accept tokens of our identity’s tenant: ${key.error.message}`,
            remedies.otherTenant(location),
            key.error,
          )
        return inconclusive(key.ms, key.error)
      }),
  }
}

/** Whether an account says that it trusts another tenant than that of the token. */
function isOtherTenant({ provider }: AccessError): boolean {
  return provider?.code === 'InvalidAuthenticationInfo' && /issuer/i.test(provider.message ?? '')
}

/** A stored SAS or key is accepted: any answer to the first request but "this credential does not hold" shows it. */
export function credentialAccepted(
  access: AzureAccess,
  context: Pick<ValidationContext, 'clock' | 'locations'>,
  needs: CheckPlan['needs'],
  remedies: TrustRemedies,
  obstacles: Obstacles,
): CheckPlan {
  return {
    name: 'trust-accepts-us',
    needs,
    run: (signal) =>
      overLocations(context.locations, async (location) => {
        const answer = await probe(
          () => context.clock.now(),
          () => access.first(location, signal),
          signal,
        )
        if (answer.ok) return passed(answer.ms)
        const { error, ms } = answer
        const obstacle = obstacles.of(error, location)
        if (obstacle !== undefined) return failed(ms, error.reason, error.message, obstacle, error)
        if (!isRejected(error)) return inconclusive(ms, error)
        return failed(ms, 'identity.rejected', `Azure does not accept the credential: ${error.message}`, remedies.credential(error), error)
      }),
  }
}

function isRejected({ reason }: AccessError): boolean {
  return reason === 'azure.credential.rejected' || reason === 'azure.sas.out_of_time'
}

/** The container is there. Azure tells so only to who may use it: what keeps us out is for the checks that follow to say. */
export function containerExists(
  access: AzureAccess,
  context: Pick<ValidationContext, 'clock' | 'locations' | 'remedies'>,
  needs: CheckPlan['needs'],
  obstacles: Obstacles,
): CheckPlan {
  return {
    name: 'bucket-is-the-expected-one',
    needs,
    run: (signal) =>
      overLocations(context.locations, async (location) => {
        const answer = await probe(
          () => context.clock.now(),
          () => access.first(location, signal),
          signal,
        )
        if (!answer.ok) {
          const obstacle = obstacles.of(answer.error, location)
          if (obstacle === undefined) return inconclusive(answer.ms, answer.error)
          return failed(answer.ms, answer.error.reason, answer.error.message, obstacle, answer.error)
        }
        if (answer.value === 'missing')
          return failed(
            answer.ms,
            'bucket.missing',
            `There is no container named ${location.bucket} in the storage account.`,
            context.remedies.bucketMissing(location),
          )
        if (answer.value === 'hidden') return skipped('Azure says whether there is a container only to who may use it.')
        return passed(answer.ms)
      }),
  }
}
