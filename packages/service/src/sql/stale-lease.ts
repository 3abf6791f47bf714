import { isAccessError } from '@sluice/core'
import type { Caller, Leases } from '../contract.ts'
import { connectionsOf, fromAnswer } from './explain-denial.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import type { Statement } from './statement.ts'

/** What ends the sessions of before, and lets new ones in. */
const OF_OLD_SESSIONS: readonly string[] = ['aws.id.revoked_session', 'aws.cred.expired', 'oss.sts.expired']

/**
 * Whether a statement was refused in words that a session of before hears, and a new one need not. Then our leases are dropped, so that it
 * can be tried again before anything is blamed on the customer.
 */
export async function droppedStaleLeases(
  deps: ServiceDeps & { readonly leases: Pick<Leases, 'end'> },
  caller: Caller,
  statement: Statement,
  error: unknown,
): Promise<boolean> {
  if (!isAccessError(error) || error.code !== 'denied' || error.provider === undefined) return false
  const connections = await connectionsOf(deps, caller, statement)
  const stale = connections.filter((connection) =>
    fromAnswer(error, connection, deps)?.findings.some(({ cause, alternatives }) =>
      [cause, ...alternatives].some((code) => OF_OLD_SESSIONS.includes(code)),
    ),
  )
  for (const { id } of stale) deps.leases.end(id)
  return stale.length > 0
}
