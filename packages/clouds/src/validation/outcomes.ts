import type { AccessError, CheckName, CheckOutcome, Location, Remedy } from '@sluice/core'
import type { Denial } from './denial.ts'

/** The outcomes of a check, said in one line each. */

export function passed(ms: number, note?: string): CheckOutcome {
  return note === undefined ? { status: 'passed', ms } : { status: 'passed', ms, note }
}

export function skipped(because: string, blockedBy?: CheckName): CheckOutcome {
  return blockedBy === undefined ? { status: 'skipped', because } : { status: 'skipped', because, blockedBy }
}

export function failed(ms: number, reason: string, message: string, remedy: Remedy, error?: AccessError | Denial): CheckOutcome {
  const provider = error?.provider
  return { status: 'failed', ms, reason, message, remedy, ...(provider === undefined ? {} : { provider }) }
}

/** Could not tell, with what stood in the way. */
export function inconclusive(ms: number, error: AccessError, prefix = ''): CheckOutcome {
  return {
    status: 'inconclusive',
    ms,
    because: `${prefix}${error.message}`,
    ...(error.provider === undefined ? {} : { provider: error.provider }),
  }
}

/**
 * Folds one check's outcomes over several locations: a failure decides, then a doubt, then a pass.
 * Skipped where it was skipped everywhere.
 */
export async function overLocations(
  locations: readonly Location[],
  run: (location: Location, index: number) => Promise<CheckOutcome>,
): Promise<CheckOutcome> {
  const outcomes = await Promise.all(locations.map(run))
  const ms = Math.max(0, ...outcomes.map((outcome) => ('ms' in outcome ? outcome.ms : 0)))
  for (const status of ['failed', 'inconclusive'] as const) {
    const found = outcomes.find((outcome) => outcome.status === status)
    if (found !== undefined) return found
  }
  const notes = [
    ...new Set(outcomes.flatMap((outcome) => (outcome.status === 'passed' && outcome.note !== undefined ? [outcome.note] : []))),
  ]
  if (outcomes.some((outcome) => outcome.status === 'passed')) return passed(ms, notes.length > 0 ? notes.join(' ') : undefined)
  return outcomes[0] ?? skipped('The connection names no location; its stages do.')
}
