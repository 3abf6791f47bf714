import type { Cause } from './cause.ts'
import type { Clue } from './clue.ts'
import type { CaseConnection, DiagnosisCase, Observation } from './case.ts'
import type { Failure } from './failure.ts'
import type { Facts } from './facts.ts'
import type { ProbePlan } from './probe-plan.ts'
import type { Said } from './cause.ts'
import type { Capability, OpenQuestion } from './report.ts'

/** A question that stays open, before it is written in a language. */
export type Undecided = Omit<OpenQuestion, 'because'> & { readonly because: Said }

/** What one cloud brings to a diagnosis. Pure. */
export interface CloudDiagnosis {
  readonly cloud: 'aws' | 'gcp' | 'azure' | 'aliyun'
  readonly causes: readonly Cause[]
  /** Adds to the documents what reads of configuration among the observations carried. */
  absorb(subject: DiagnosisCase): DiagnosisCase
  /** Reads what a client printed. */
  clueOf(observation: Observation): Clue
  /** What an operation was tried for; undefined where it is no capability of a connection. */
  capabilityOf(observation: Observation, clue: Clue, connection: CaseConnection): Capability | undefined
  /** Whether a request that answered otherwise than asked was still no trouble: a 404 of a key that was made up, a redirect that was followed. */
  isHarmless(observation: Observation, clue: Clue, all: readonly Observation[]): boolean
  /** Requests that would be refused by the documents alone, for capabilities that nobody observed. */
  predict(facts: Facts): readonly Failure[]
  /** Requests by which causes are told apart that look alike after the first ones. */
  readonly probes: readonly ProbePlan[]
  /** What the documents leave open of capabilities that nobody observed, where something that was not shown would decide. */
  leavesOpen?(facts: Facts): readonly Undecided[]
  /** Whether anything of the case shows that it is this cloud's. */
  recognises(subject: DiagnosisCase): boolean
}
