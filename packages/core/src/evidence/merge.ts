import type { Json } from '../json.ts'
import type { Said } from '../diagnosis/cause.ts'
import { isObject } from '../policy/shapes.ts'
import { questionOf } from './answer.ts'
import type { Gathered } from './cloud-evidence.ts'
import { unknownNote } from './notes.ts'

/** What several runs show together. */
export interface Merged {
  readonly documents: { readonly [name: string]: Json }
  readonly observations: readonly Json[]
  readonly notes: readonly Said[]
  readonly isPartial: boolean
}

/** What runs show together, the later before the earlier: each of two accounts may have shown its half. */
export function merged(runs: readonly Gathered[]): Merged {
  const start: Pick<Gathered, 'documents' | 'observations'> = { documents: {}, observations: [] }
  const { documents, observations } = runs.reduce((before, { documents: own, observations: seen, isAbsent }) => {
    const kept = Object.entries(before.documents).filter(([name]) => isAbsent?.includes(name) !== true)
    const asked = new Set(seen.map(whatOf))
    const others = before.observations.filter((one) => !asked.has(whatOf(one)) && !(isMissing(one) && 'trustPolicy' in own))
    return { documents: { ...Object.fromEntries(kept), ...own }, observations: [...others, ...seen] }
  }, start)
  const misplaced = runs.flatMap((run) => (run.misplaced === undefined ? [] : [run.misplaced]))
  return {
    documents,
    observations,
    notes: [...(misplaced.length === runs.length ? misplaced : []), ...unknownNotes(runs)],
    isPartial: runs.every(({ isPartial }) => isPartial === true),
  }
}

/** What no run could read. */
function unknownNotes(runs: readonly Gathered[]): readonly Said[] {
  const known = new Set(
    runs.flatMap(({ used, unknown }) => used.filter((one) => !unknown.includes(one)).map(({ words }) => questionOf(words))),
  )
  const open = new Map(runs.flatMap(({ unknown }) => unknown.map((one) => [questionOf(one.words), one] as const)))
  return [...open].filter(([question]) => !known.has(question)).map(([, one]) => unknownNote(one))
}

/** What an observation is of, so that a later one takes its place. */
function whatOf(one: Json): string {
  return isObject(one) ? JSON.stringify([one['operation'], one['target']]) : ''
}

/** Whether it was seen that a role or user is not there. */
function isMissing(one: Json): boolean {
  return isObject(one) && one['code'] === 'NoSuchEntity'
}
