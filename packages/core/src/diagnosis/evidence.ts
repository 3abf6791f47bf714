import type { Explanation, Text } from './cause.ts'
import type { Clue, ClueLayer } from './clue.ts'

/** The answer's own words name the cause. */
export function named(evidence: Text, more: Partial<Explanation> = {}): Explanation {
  return { ...more, fits: 'named', for: [evidence] }
}

/** Nothing seen speaks against the cause. */
export function possible(evidence: Text, more: Partial<Explanation> = {}): Explanation {
  return { ...more, fits: 'possible', for: [evidence] }
}

/** Whether the answer's code is one of these. */
export function hasCode({ code }: Clue, ...codes: readonly string[]): boolean {
  return code !== undefined && codes.includes(code)
}

/** Whether the answer speaks of a layer, and of this effect where one is asked for. */
export function speaksOf({ layer, effect }: Clue, wanted: ClueLayer, how?: 'implicit' | 'explicit'): boolean {
  return layer === wanted && (how === undefined || effect === how)
}
