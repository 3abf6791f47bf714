import type { SigningKey } from '@sluice/core'

/** How long a token is good for, from the `iat` it states. */
export const TOKEN_SECONDS = 600
/** `iat` and `nbf` lie this much back: a cloud whose clock is behind ours accepts the token at once. */
export const BACKDATED_SECONDS = 60
/** A key that signs no more stays published for longer than any token it signed, whatever the clouds' clocks. */
const STAYS_MS = 3_600_000

/** When keys follow one another. */
export interface Rotation {
  /** How long a key signs. */
  readonly signsMs: number
  /** How long the next one is published before it signs: clouds keep what they fetched, and uploaded keys are replaced by people. */
  readonly aheadMs: number
}

const DAY_MS = 86_400_000
/** The keys of an issuer that is told nothing else. */
export const ROTATION: Rotation = { signsMs: 90 * DAY_MS, aheadMs: 7 * DAY_MS }

/** The key that signs now: the latest whose time has come. Of keys none of whose times has, the first: a clock was set back. */
export function signingKey(keys: readonly SigningKey[], now: number): SigningKey | undefined {
  return keys.findLast(({ signsFrom }) => Date.parse(signsFrom) <= now) ?? keys[0]
}

/** The time at which a key gives way to the one after it; undefined while there is none. */
export function signsUntil(keys: readonly SigningKey[], key: SigningKey): number | undefined {
  const next = keys.find(({ generation }) => generation > key.generation)
  return next === undefined ? undefined : Date.parse(next.signsFrom)
}

/** The time at which a key leaves the published ones; undefined while none has followed it. */
export function publishedUntil(keys: readonly SigningKey[], key: SigningKey): number | undefined {
  const until = signsUntil(keys, key)
  return until === undefined ? undefined : until + STAYS_MS
}

/** The keys that are published now. */
export function publishedKeys(keys: readonly SigningKey[], now: number): readonly SigningKey[] {
  return keys.filter((key) => (publishedUntil(keys, key) ?? Infinity) > now)
}

/** When the key after the latest is to be made; at once where there is none. */
export function nextIsDueAt(keys: readonly SigningKey[], { signsMs, aheadMs }: Rotation): number {
  const latest = keys.at(-1)
  return latest === undefined ? -Infinity : Date.parse(latest.signsFrom) + signsMs - aheadMs
}
