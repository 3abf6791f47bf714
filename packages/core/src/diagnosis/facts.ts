import type { CaseConnection, CaseDocuments, DiagnosisCase, Observation } from './case.ts'
import type { Failure } from './failure.ts'

/** Everything known of a case, read once. A cloud adds what it derives in `derived`. */
export interface Facts {
  readonly subject: DiagnosisCase
  readonly connection: CaseConnection
  readonly documents: CaseDocuments
  readonly failures: readonly Failure[]
  readonly successes: readonly Observation[]
}
