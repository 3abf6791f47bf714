import { type Access, type AccessError, type CheckOutcome, type CheckPlan, FOREIGN_AUDIENCE } from '@sluice/core'
import type { CloudDeps } from '../../deps.ts'
import { retry } from '../../http/retry.ts'
import type { ProbeOf, Session, ValidationContext } from '../../validation/context.ts'
import { type Probe, askedOnce, probe } from '../../validation/denial.ts'
import { failed, inconclusive, passed, skipped } from '../../validation/outcomes.ts'
import { discard } from '../../validation/probes.ts'
import {
  type CallerIdentity,
  type TrustDialect,
  identityWorks,
  keysAccepted,
  trustAccepts,
  trustRefuses,
  withoutMeaning,
} from '../../validation/trust-checks.ts'
import { callerFor, federatedToken, ownToken } from '../identity.ts'
import { impersonate } from '../iam-credentials.ts'
import type { GcpAccess } from './access.ts'
import type { RemedyFacts } from './facts.ts'
import { trustRemedies } from './trust-remedies.ts'

const REFUSALS = new Set(['gcp.federation.provider', 'gcp.federation.refused', 'gcp.federation.unreachable', 'gcp.impersonation.denied'])

/** The words of Google's token services. */
const GOOGLE: TrustDialect = {
  cloud: 'Google',
  isRejected: ({ reason }) =>
    reason === 'gcp.key.rejected' || reason === 'gcp.unauthenticated' || reason === 'platform.credentials_missing',
  isRefusal: ({ reason }) => REFUSALS.has(reason),
}

/** To refuse a stranger is to look at its token: a provider that is gone, or cannot get our keys, would refuse us too. */
const STRANGERS: TrustDialect = {
  ...GOOGLE,
  isRefusal: ({ reason }) => reason === 'gcp.federation.refused' || reason === 'gcp.impersonation.denied',
}

const SECONDS = 900

export interface TrustParts {
  readonly deps: CloudDeps
  readonly context: ValidationContext
  readonly access: GcpAccess
  readonly facts: RemedyFacts
  /** Starts what will be needed once the trust is proved. */
  readonly prefetch: (signal: AbortSignal) => void
}

/** The checks of who we are and who lets us in, by method. */
export function trustChecks(parts: TrustParts): readonly CheckPlan[] {
  const { context, access, facts, deps, prefetch } = parts
  const { connection } = context
  const remedies = trustRemedies(facts)
  const ask = askedOnce(context)
  const right = ask((signal) => access.wide(signal))
  const firstUse = ask(async (signal) => {
    const [location] = context.locations
    if (location !== undefined) await access.held(location, signal)
  })
  const impersonates = facts.serviceAccount !== undefined

  if (connection.auth.method === 'service-account-key') {
    const key = ask(async (signal): Promise<CallerIdentity> => {
      await access.wide(signal)
      return { arn: connection.auth.fields['clientEmail'] ?? '', accountId: '' }
    })
    return [
      withoutMeaning('platform-identity-works', 'The key is the customer’s: no identity of ours is involved.'),
      keysAccepted(key, GOOGLE, remedies.key),
    ]
  }
  const refused = (error: AccessError) => (GOOGLE.isRefusal(error) ? remedies.refused(error) : undefined)
  const own = ask((signal) => ownToken(deps, connection, signal))
  if (connection.auth.method === 'grant') {
    // That Google made us a token says little: whether it counts shows where it is first used.
    const identity: ProbeOf<CallerIdentity> = async (signal) => {
      const token = await own(signal)
      if (!token.ok) return token
      const used = await (impersonates ? right(signal) : firstUse(signal))
      return used.ok || !GOOGLE.isRejected(used.error) ? named(token, facts.us) : used
    }
    return [
      identityWorks(identity, GOOGLE, remedies.identity),
      impersonates
        ? trustAccepts({ right, identity, refused }, GOOGLE, prefetch)
        : withoutMeaning('trust-accepts-us', 'The bucket grants our own account: whether it does is what the permissions show.'),
    ]
  }
  const foreign = ask(async (signal) => access.sessionOf(await federatedToken(deps, connection, { audience: FOREIGN_AUDIENCE }, signal)))
  return [
    trustAccepts({ right, refused }, GOOGLE, prefetch),
    { name: 'trust-refuses-wrong-subject', needs: ['trust-accepts-us'], run: (signal) => wrongSubject(parts, signal) },
    trustRefuses(
      {
        name: 'trust-refuses-wrong-audience',
        needs: ['trust-accepts-us'],
        ask: foreign,
        open: {
          reason: 'trust.open_to_other_audiences',
          message:
            'The provider accepts a token that we issued for another audience: who is given one for something else could come in with it.',
          remedy: remedies.openToAudiences,
        },
      },
      STRANGERS,
    ),
  ]
}

function named({ ms }: Probe<unknown>, us: string): Probe<CallerIdentity> {
  return { ok: true, ms, value: { arn: us.replace(/^serviceAccount:/, ''), accountId: '' } }
}

/**
 * A token of a connection that nobody has must be refused: by the provider, or, where the provider takes every token of ours, by
 * the service account or the bucket. Each counts only as what it says.
 */
async function wrongSubject({ deps, context, access, facts }: TrustParts, signal: AbortSignal): Promise<CheckOutcome> {
  const { connection, clock } = context
  const remedies = trustRemedies(facts)
  const startedAt = clock.now()
  const since = (): number => clock.now() - startedAt
  const open = (message: string): CheckOutcome => failed(since(), 'trust.open_to_strangers', message, remedies.openToStrangers())
  const exchanged = await attempt(context, () => federatedToken(deps, connection, { ofStranger: true }, signal), signal)
  if (!exchanged.ok) return STRANGERS.isRefusal(exchanged.error) ? passed(since()) : inconclusive(since(), exchanged.error)
  const { serviceAccount } = facts
  if (serviceAccount !== undefined) {
    const subject = { serviceAccount, token: exchanged.value.token }
    const acted = await attempt(
      context,
      () => retry(() => impersonate(callerFor(deps, connection), subject, SECONDS, signal), deps, signal),
      signal,
    )
    if (acted.ok)
      return open(
        'The provider lets in the token of another connection, and the service account lets it act: any connection of this Sluice could use it.',
      )
    return STRANGERS.isRefusal(acted.error) ? passed(since(), UNCONDITIONAL) : inconclusive(since(), acted.error)
  }
  if (context.locations.length === 0)
    return skipped('The provider lets in tokens of other connections; without a location there is no bucket that could refuse them.')
  const errors = await strangersErrors(context, access.sessionOf(exchanged.value), access, signal)
  if (errors === 'allowed')
    return open(
      'The provider lets in the token of another connection, and the bucket grants it access: any connection of this Sluice could use it.',
    )
  const doubt = errors.find((error) => context.dialect.denialOf(error) === undefined)
  return doubt === undefined ? passed(since(), UNCONDITIONAL) : inconclusive(since(), doubt)
}

const UNCONDITIONAL =
  'The provider takes tokens of other connections too; nothing is granted to them. An attribute condition would refuse them at once.'

/** What a stranger meets who tries everything that the connection is for. */
async function strangersErrors(
  context: ValidationContext,
  session: Session,
  access: GcpAccess,
  signal: AbortSignal,
): Promise<'allowed' | readonly AccessError[]> {
  const requests = context.locations.flatMap((location) => {
    const store = access.open(location, session.lease, undefined)
    const key = location.extent === 'object' ? location.prefix : `${location.prefix}.sluice-stranger`
    const tries: { readonly [access in Access]: () => Promise<unknown> } = {
      list: () => store.listPage({ prefix: location.prefix, maxKeys: 1 }, signal),
      read: () => discard(store, key, signal),
      write: () => context.dialect.phantomWrite(store, key, '', signal),
      delete: async () => context.dialect.phantomDelete?.(store, key, signal),
    }
    return context.connection.access.map((one) => attempt(context, tries[one], signal))
  })
  const results = await Promise.all(requests)
  const { readWasAllowed } = context.dialect
  if (results.some((result) => result.ok || readWasAllowed(result.error))) return 'allowed'
  return results.flatMap((result) => (result.ok ? [] : [result.error]))
}

function attempt<T>({ clock }: ValidationContext, request: () => Promise<T>, signal: AbortSignal): Promise<Probe<T>> {
  return probe(() => clock.now(), request, signal)
}
