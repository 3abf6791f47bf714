import type { LintHit } from './finding.ts'
import { nearest } from './nearest.ts'
import type { Located } from './subject.ts'

/** What to say of a role that is none of these, which are all there are. */
export function unknownRoleHit({ value, at }: Located, names: readonly string[]): LintHit {
  const near = nearest(value, names)
  return {
    at,
    message: `There is no role ${value}.`,
    ...(near === undefined ? {} : { instead: `Write ${near}.`, patch: [{ op: 'replace', path: at, value: near }] }),
  }
}
