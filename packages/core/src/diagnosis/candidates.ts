import type { Cause, Explanation } from './cause.ts'
import type { Failure } from './failure.ts'
import type { Facts } from './facts.ts'
import { LAYERS } from './layers.ts'

/** A cause that explains a refusal, and how it stands to it. */
export interface Candidate {
  readonly cause: Cause
  readonly explanation: Explanation
}

/** A refusal with the causes that explain it best: all of them fit alike, the likeliest first. */
export interface Explained {
  readonly failure: Failure
  readonly fits: Explanation['fits']
  /** At least one. */
  readonly candidates: readonly [Candidate, ...Candidate[]]
}

/** How sure each way of fitting is, the surest first. */
export const FITS = ['proved', 'named', 'possible'] as const

/** What a document proves counts before what the cloud's text names, and that before what merely fits. Undefined: nothing explains it. */
export function bestOf(failure: Failure, facts: Facts, causes: readonly Cause[]): Explained | undefined {
  const fitting = causes.flatMap((cause): readonly Candidate[] => {
    const explanation = cause.explain(failure, facts)
    return explanation === undefined ? [] : [{ cause, explanation }]
  })
  for (const fits of FITS) {
    const [first, ...others] = ordered(fitting.filter(({ explanation }) => explanation.fits === fits))
    if (first === undefined) continue
    // What is proved stands by itself: what is met first is repaired first, and what else is proved shows then.
    return { failure, fits, candidates: fits === 'proved' ? [first] : [first, ...others] }
  }
  return undefined
}

/** Proofs in the order in which a request meets their layers; what fits alike by likelihood, and then as the cloud lists its causes. */
function ordered(alike: readonly Candidate[]): readonly Candidate[] {
  const likelihood = ({ explanation }: Candidate): number => explanation.likelihood ?? 0
  return alike.some(({ explanation }) => explanation.fits === 'proved')
    ? alike.toSorted((a, b) => LAYERS.indexOf(a.cause.layer) - LAYERS.indexOf(b.cause.layer))
    : alike.toSorted((a, b) => likelihood(b) - likelihood(a))
}
