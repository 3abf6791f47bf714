import type { CloudMethod, Connection, ConnectionState, Report } from '@sluice/core'
import { awaitsSecret } from './awaited-secret.ts'

/** Where a connection stands that has not been validated in its present form. */
export function untriedState(auth: Connection['auth'], method: Pick<CloudMethod, 'awaits' | 'keyless'>): ConnectionState {
  const isKnown = method.awaits.every((field) => auth.fields[field] !== undefined)
  return isKnown && !awaitsSecret(auth, method) ? 'waiting' : 'draft'
}

/** Where a connection stands after it was enabled again: as its last validation left it. */
export function enabledState(
  connection: Connection,
  method: Pick<CloudMethod, 'awaits' | 'keyless'>,
  last: Report | undefined,
): ConnectionState {
  if (connection.firstPassedAt === undefined) return untriedState(connection.auth, method)
  return last?.verdict === 'failed' ? 'failing' : 'ready'
}

/**
 * Carries over what validation has learned about `before` as far as it is still true of `after`.
 *
 * A change of what is to be tested makes the connection untried again: the customer has something new to apply, and that takes
 * its time to propagate. The pinned owner stays while the buckets do, so that no change opens the way to a bucket re-registered by somebody else.
 */
export function carryOver(before: Connection, after: Connection, method: Pick<CloudMethod, 'awaits' | 'keyless'>): Connection {
  const { firstPassedAt, pinned, ...rest } = after
  const isSame = fingerprint(before) === fingerprint(after)
  const keepsPin = pinned !== undefined && buckets(before) === buckets(after)
  return {
    ...rest,
    state: before.state === 'disabled' ? 'disabled' : isSame ? before.state : untriedState(after.auth, method),
    ...(isSame && firstPassedAt !== undefined ? { firstPassedAt } : {}),
    ...(keepsPin ? { pinned } : {}),
  }
}

function fingerprint({ cloud, auth, locations, access, settings }: Connection): string {
  // When a secret ends changes nothing about what it opens.
  return JSON.stringify([cloud, { ...auth, secretExpiresAt: undefined }, locations, access, settings])
}

/** Whether a validation of one is a validation of the other, apart from how they authenticate. */
export function isTestedAlike(one: Connection, other: Connection): boolean {
  return fingerprint({ ...one, auth: other.auth }) === fingerprint(other)
}

function buckets({ cloud, locations }: Connection): string {
  return JSON.stringify([cloud, [...new Set(locations.map(({ account, bucket }) => JSON.stringify([account, bucket])))].sort()])
}
