import { EXPIRY_WARNINGS, type AuditEvent, type Clock, type Connection, type EndingSecret, type ExpiryWarning } from '@sluice/core'
import type { ServiceDeps } from '../shared/deps.ts'
import { repeat } from '../shared/repeat.ts'

/** Tells of secrets that come to their end. */
export interface ExpiryWatch {
  /** Warns of every secret that has come near enough and was not warned of yet; resolves with how many events that made. */
  tick(signal: AbortSignal): Promise<number>
  /** Does so now and every hour until told to stop. `failed` hears what went wrong: the next time may go better. */
  run(signal: AbortSignal, failed: (cause: unknown) => void): Promise<void>
}

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const PAGE = 100

/**
 * Writes an audit event when a secret passes 30, 7 and 1 days before its end, and its end: one for each secret and threshold,
 * however many nodes watch and however often they start. Thresholds passed while nobody watched are not told of later.
 */
export function createExpiryWatch({ store, clock }: Pick<ServiceDeps, 'store' | 'clock'>): ExpiryWatch {
  async function warn(warning: ExpiryWarning, secret: EndingSecret): Promise<boolean> {
    const connection = await store.connections.getById(secret.connectionId)
    if (connection === undefined) return false
    return store.secrets.warned(secret.id, warning, expiryEvent(connection, warning, secret, clock))
  }

  async function warnOfAll(warning: ExpiryWarning, span: { readonly after: string; readonly until: string }, signal: AbortSignal) {
    let events = 0
    for (;;) {
      signal.throwIfAborted()
      const page = await store.secrets.ending({ ...span, warning, limit: PAGE })
      let told = 0
      for (const secret of page) if (await warn(warning, secret)) told += 1
      events += told
      // What was warned of is not found again. A page of which nothing was, another node is at.
      if (page.length < PAGE || told === 0) return events
    }
  }

  const tick = async (signal: AbortSignal) => {
    const now = clock.now()
    let events = 0
    let after = ''
    for (const { warning, days } of EXPIRY_WARNINGS) {
      const until = new Date(now + days * DAY_MS).toISOString()
      events += await warnOfAll(warning, { after, until }, signal)
      after = until
    }
    return events
  }

  return {
    tick,
    run: (signal, failed) => repeat(clock, HOUR_MS, signal, () => tick(signal), failed),
  }
}

function expiryEvent(connection: Connection, warning: ExpiryWarning, { id, endsAt }: EndingSecret, clock: Pick<Clock, 'now'>): AuditEvent {
  const { organization, project, name, auth } = connection
  return {
    at: new Date(clock.now()).toISOString(),
    organization,
    project,
    actor: 'system',
    action: 'connection.expiry',
    target: name,
    result: 'ok',
    details: { id: connection.id, method: auth.method, secret: auth.secretId === id ? 'present' : 'next', warning, endsAt },
  }
}
