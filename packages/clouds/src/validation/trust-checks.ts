import type { AccessError, CheckName, CheckPlan, Remedy, Severity } from '@sluice/core'
import type { ProbeOf, Session } from './context.ts'
import { once } from './denial.ts'
import { failed, inconclusive, passed, skipped } from './outcomes.ts'

/** Who a credential is, as its cloud says. */
export interface CallerIdentity {
  readonly arn: string
  readonly accountId: string
}

/** How one cloud words what it answers to who asks to be let in. */
export interface TrustDialect {
  /** What sentences call the cloud: `AWS`. */
  readonly cloud: string
  /** Whether an error says that the credential is not accepted, whatever it asks for. */
  isRejected(error: AccessError): boolean
  /** Whether an error is the refusal of a trust, and nothing else. */
  isRefusal(error: AccessError): boolean
}

/** Our own identity works: without it no trust can be tried. */
export function identityWorks(identity: ProbeOf<CallerIdentity>, dialect: TrustDialect, remedy: () => Remedy): CheckPlan {
  return {
    name: 'platform-identity-works',
    needs: ['configuration-well-formed'],
    run: async (signal) => {
      const answer = await identity(signal)
      if (answer.ok) return passed(answer.ms, answer.value.arn)
      if (!dialect.isRejected(answer.error)) return inconclusive(answer.ms, answer.error)
      const message = `${dialect.cloud} does not accept our own credentials: ${answer.error.message}`
      return failed(answer.ms, 'identity.rejected', message, remedy(), answer.error)
    },
  }
}

/** What the check of a trust that lets us in needs to know. */
export interface AcceptingTrust {
  readonly right: ProbeOf<Session>
  /** Tells whether our own identity is accepted; absent where none is needed. */
  readonly identity?: ProbeOf<unknown>
  /** Why the trust refused us, as far as can be told from outside; undefined for an error that is no refusal. */
  readonly refused: (error: AccessError) => { readonly message: string; readonly remedy: Remedy } | undefined
}

/**
 * The trust lets us in with what it asks for. `meanwhile` starts what will be needed next: it costs nothing when trust is refused
 * and a round trip when it is not started until then.
 */
export function trustAccepts(trust: AcceptingTrust, dialect: TrustDialect, meanwhile: (signal: AbortSignal) => void): CheckPlan {
  return {
    name: 'trust-accepts-us',
    needs: ['configuration-well-formed'],
    run: async (signal) => {
      meanwhile(signal)
      const [right, identity] = await Promise.all([trust.right(signal), trust.identity?.(signal)])
      if (right.ok) return passed(right.ms)
      if (identity?.ok === false && dialect.isRejected(identity.error))
        return skipped(`${dialect.cloud} does not accept our own credentials.`, 'platform-identity-works')
      const refusal = trust.refused(right.error)
      if (refusal === undefined) return inconclusive(right.ms, right.error)
      return failed(right.ms, 'trust.refused', refusal.message, refusal.remedy, right.error)
    },
  }
}

/** What the check of our tokens needs to know. */
export interface AcceptedTokens {
  readonly right: ProbeOf<Session>
  /** Our issuer, as people know it. */
  readonly issuer: string
  readonly remedy: (reason: string) => Remedy
}

/** The cloud finds our keys and takes what they sign. Where it refuses the role first, it has not said so, and neither do we. */
export function tokensAccepted({ right, issuer, remedy }: AcceptedTokens, dialect: TrustDialect): CheckPlan {
  return {
    name: 'platform-identity-works',
    needs: ['configuration-well-formed'],
    run: async (signal) => {
      const answer = await right(signal)
      if (answer.ok) return passed(answer.ms, issuer)
      const { error, ms } = answer
      if (dialect.isRefusal(error))
        return skipped(`${dialect.cloud} refused before it had to say whether it takes our tokens.`, 'trust-accepts-us')
      if (!dialect.isRejected(error)) return inconclusive(ms, error)
      return failed(ms, 'identity.rejected', `${dialect.cloud} does not take our tokens: ${error.message}`, remedy(error.reason), error)
    },
  }
}

/** The keys of the connection are accepted at all. */
export function keysAccepted(identity: ProbeOf<CallerIdentity>, dialect: TrustDialect, remedy: () => Remedy): CheckPlan {
  return {
    name: 'trust-accepts-us',
    needs: ['configuration-well-formed'],
    run: async (signal) => {
      const answer = await identity(signal)
      if (answer.ok) return passed(answer.ms, answer.value.arn)
      if (!dialect.isRejected(answer.error)) return inconclusive(answer.ms, answer.error)
      const message = `${dialect.cloud} does not accept the access key: ${answer.error.message}`
      return failed(answer.ms, 'identity.rejected', message, remedy(), answer.error)
    },
  }
}

/** Somebody whom a trust must not let in, and what is said where it does. */
export interface Stranger {
  readonly name: Extract<CheckName, `trust-refuses-${string}`>
  readonly needs: readonly CheckName[]
  readonly severity?: Severity
  readonly ask: ProbeOf<Session>
  readonly open: { readonly reason: string; readonly message: string; readonly remedy: () => Remedy }
}

/** The trust refuses a stranger. That proves something only once it has let us in, in the same run, and only when it is a refusal. */
export function trustRefuses({ name, needs, severity, ask, open }: Stranger, dialect: TrustDialect): CheckPlan {
  return {
    name,
    needs,
    ...(severity === undefined ? {} : { severity }),
    run: async (signal) => {
      const answer = await ask(signal)
      if (answer.ok) return failed(answer.ms, open.reason, open.message, open.remedy())
      return dialect.isRefusal(answer.error) ? passed(answer.ms) : inconclusive(answer.ms, answer.error)
    },
  }
}

/** A check that has no meaning for a method, and why. */
export function withoutMeaning(name: CheckName, because: string): CheckPlan {
  return { name, needs: [], run: () => Promise.resolve(skipped(because)) }
}

/** Without a location there is nothing to ask. */
export function nothingToAsk(checks: readonly CheckPlan[]): readonly CheckPlan[] {
  return checks.map(({ name }) => withoutMeaning(name, 'The connection has no location and no stage yet.'))
}

/** Once the trust is proved its own session serves as the wide one: the role is not assumed once more. */
export function wideSession(
  right: ProbeOf<Session> | undefined,
  otherwise: (signal: AbortSignal) => Promise<Session>,
): (signal: AbortSignal) => Promise<Session> {
  return once(async (signal) => {
    if (right === undefined) return otherwise(signal)
    const proved = await right(signal)
    if (!proved.ok) throw proved.error
    return proved.value
  })
}
