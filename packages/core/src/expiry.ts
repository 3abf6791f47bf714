import type { ConnectionAuth } from './connection.ts'

/** The warnings of a secret's end and the days before it from which each holds, the most urgent first. */
export const EXPIRY_WARNINGS = [
  { warning: 'over', days: 0 },
  { warning: 'within-1-day', days: 1 },
  { warning: 'within-7-days', days: 7 },
  { warning: 'within-30-days', days: 30 },
] as const

export type ExpiryWarning = (typeof EXPIRY_WARNINGS)[number]['warning']

/** How near the end of a secret is. */
export interface Expiry {
  /** ISO time. */
  readonly endsAt: string
  /** Negative when it is over. */
  readonly secondsLeft: number
  /** Absent while the end is further away than any warning. */
  readonly warning?: ExpiryWarning
}

const DAY_MS = 86_400_000

/** How near the end of a secret is; undefined where no end is known. */
export function expiryOf({ secretExpiresAt }: Pick<ConnectionAuth, 'secretExpiresAt'>, now: number): Expiry | undefined {
  if (secretExpiresAt === undefined) return undefined
  const left = Date.parse(secretExpiresAt) - now
  const found = EXPIRY_WARNINGS.find(({ days }) => left <= days * DAY_MS)
  return { endsAt: secretExpiresAt, secondsLeft: Math.floor(left / 1000), ...(found === undefined ? {} : { warning: found.warning }) }
}
