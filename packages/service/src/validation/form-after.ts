import type { Connection, ValidationRun } from '@sluice/core'

/** What a validation has learned of the buckets and the secret. */
export type Discovered = ReturnType<ValidationRun['discovered']>

/** The form of a connection after a validation that came to a verdict. */
export function formAfter(current: Connection, passed: boolean, { secretExpiresAt, ...discovered }: Discovered, now: string): Connection {
  if (!passed) return { ...current, state: current.firstPassedAt === undefined ? 'waiting' : 'failing' }
  // A connection without locations pins nothing: its stages may point to buckets of several owners and regions.
  const pinned = current.locations.length > 0 ? { pinned: { ...current.pinned, ...discovered } } : {}
  return {
    ...current,
    ...pinned,
    auth: { ...current.auth, ...earlier(current.auth.secretExpiresAt, secretExpiresAt) },
    state: 'ready',
    firstPassedAt: current.firstPassedAt ?? now,
  }
}

function earlier(known: string | undefined, learned: string | undefined): { readonly secretExpiresAt?: string } {
  const [first] = [known, learned].filter((end) => end !== undefined).toSorted((a, b) => Date.parse(a) - Date.parse(b))
  return first === undefined ? {} : { secretExpiresAt: first }
}
