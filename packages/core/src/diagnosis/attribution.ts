import type { PatchStep } from '../finding.ts'
import { FITS, type Candidate, type Explained } from './candidates.ts'
import type { Explanation, Found, Text } from './cause.ts'
import type { Failure } from './failure.ts'
import { LAYERS } from './layers.ts'
import { CAPABILITIES } from './report.ts'

/** What one or several refusals come to: one cause, or several that cannot be told apart. */
interface Conclusion {
  readonly fits: Explanation['fits']
  readonly candidates: readonly [Candidate, ...Candidate[]]
  readonly failures: readonly Failure[]
}

/**
 * Says of many refusals by how few causes they are explained: one cause that is sure elsewhere explains what could have it, and refusals
 * without a reason have the causes they share. What the cloud names for each of them stays apart.
 */
export function attribute(explained: readonly Explained[]): readonly Found[] {
  const begun = explained.toSorted((a, b) => stageOf(a.failure) - stageOf(b.failure))
  const sure = begun.filter(isSure).reduce<readonly Conclusion[]>(joined, [])
  const open = begun.filter((one) => !isSure(one)).toSorted((a, b) => FITS.indexOf(a.fits) - FITS.indexOf(b.fits))
  const all = open.reduce(settled, sure)
  return all.toSorted((a, b) => firstStage(a) - firstStage(b) || layerOf(a) - layerOf(b)).map(foundOf)
}

function isSure({ candidates }: Explained): boolean {
  return candidates.length === 1
}

/** Adds a refusal that has one cause to the conclusion of that cause. */
function joined(all: readonly Conclusion[], { failure, fits, candidates }: Explained): readonly Conclusion[] {
  const [{ cause, explanation }] = candidates
  const at = all.findIndex(({ candidates: [own] }) => own.cause === cause && fitTogether(own.explanation, explanation))
  const before = all[at]
  if (before === undefined) return [...all, { fits, candidates, failures: [failure] }]
  const [own] = before.candidates
  const [surer, other] = FITS.indexOf(fits) < FITS.indexOf(before.fits) ? [explanation, own.explanation] : [own.explanation, explanation]
  return all.with(at, {
    fits: surer.fits,
    candidates: [{ cause, explanation: both(surer, other) }],
    failures: [...before.failures, failure],
  })
}

/** Adds a refusal that several causes explain: to what is known already, where that can be its cause. */
function settled(all: readonly Conclusion[], { failure, fits, candidates }: Explained): readonly Conclusion[] {
  const causes = candidates.map(({ cause }) => cause)
  const known = all.findIndex(
    (one) =>
      FITS.indexOf(one.fits) <= FITS.indexOf(fits) &&
      (one.candidates.length === 1 || one.fits !== fits) &&
      one.candidates.some(({ cause }) => causes.includes(cause)),
  )
  const sharing = known === -1 ? all.findIndex((one) => one.fits === fits && shared(one, causes, fits) !== undefined) : known
  const before = all[sharing]
  if (before === undefined) return [...all, { fits, candidates, failures: [failure] }]
  const rest = known === -1 ? (shared(before, causes, fits) ?? before.candidates) : before.candidates
  return all.with(sharing, { ...before, candidates: rest, failures: [...before.failures, failure] })
}

/** The causes that two groups share. What is named for each refusal is not narrowed, and a single one that is left proves nothing. */
function shared(
  { candidates }: Conclusion,
  causes: readonly Candidate['cause'][],
  fits: Explanation['fits'],
): readonly [Candidate, ...Candidate[]] | undefined {
  const [first, ...others] = candidates.filter(({ cause }) => causes.includes(cause))
  if (first === undefined) return undefined
  const isSame = others.length + 1 === candidates.length && candidates.length === causes.length
  return isSame || (fits === 'possible' && others.length > 0) ? [first, ...others] : undefined
}

function foundOf({ candidates: [first, ...others], failures }: Conclusion): Found {
  return {
    ...first,
    alternatives: others.map(({ cause }) => cause),
    affects: CAPABILITIES.filter((capability) => failures.some((failure) => failure.capability === capability)),
  }
}

/** What was tried first is repaired first. What is no capability of its own (where a bucket is) comes before the data. */
function stageOf({ capability }: Failure): number {
  return capability === undefined ? 0.5 : CAPABILITIES.indexOf(capability)
}

function firstStage({ failures }: Conclusion): number {
  return Math.min(...failures.map(stageOf))
}

function layerOf({ candidates: [{ cause }] }: Conclusion): number {
  return LAYERS.indexOf(cause.layer)
}

/** Whether two explanations by one cause are one finding: their changes are the same, or can follow one another. */
function fitTogether(a: Explanation, b: Explanation): boolean {
  return a.patch === undefined || b.patch === undefined || stepsOfBoth(a.patch, b.patch) !== undefined
}

function both(surer: Explanation, other: Explanation): Explanation {
  const steps = surer.patch === undefined || other.patch === undefined ? undefined : stepsOfBoth(surer.patch, other.patch)
  const document = surer.patch?.document
  return {
    ...surer,
    ...(steps === undefined || document === undefined ? {} : { patch: { document, steps } }),
    for: unique([...surer.for, ...other.for]),
    against: unique([...(surer.against ?? []), ...(other.against ?? [])]),
  }
}

type Patch = NonNullable<Explanation['patch']>

/** The steps of two patches of one document, where neither minds the other: they are the same, or both only append. */
function stepsOfBoth(a: Patch, b: Patch): readonly PatchStep[] | undefined {
  if (a.document !== b.document) return undefined
  const appends = ({ op, path }: PatchStep): boolean => op === 'add' && path.endsWith('/-')
  const added = b.steps.filter((step) => !a.steps.some((own) => JSON.stringify(own) === JSON.stringify(step)))
  if (added.length === 0) return a.steps
  return a.steps.every(appends) && added.every(appends) ? [...a.steps, ...added] : undefined
}

function unique(texts: readonly Text[]): readonly Text[] {
  return [...new Map(texts.map((text) => [JSON.stringify(text), text])).values()]
}
