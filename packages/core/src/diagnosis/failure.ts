import type { Observation } from './case.ts'
import type { Clue } from './clue.ts'
import type { Capability } from './report.ts'

/** A request that did not succeed, with what its answer tells. */
export interface Failure {
  readonly observation: Observation
  readonly clue: Clue
  /** What it was tried for; undefined for operations that are no capability (a read of configuration). */
  readonly capability?: Capability
}
