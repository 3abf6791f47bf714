import type { CaseConnection, CaseDocuments, DiagnosisCase, Observation } from './case.ts'
import type { Failure } from './failure.ts'
import type { Memo } from './memo.ts'

/** Everything known of a case, read once. */
export interface Facts {
  readonly subject: DiagnosisCase
  readonly connection: CaseConnection
  readonly documents: CaseDocuments
  readonly failures: readonly Failure[]
  readonly successes: readonly Observation[]
  /** Milliseconds: when this was seen, as the answers say, or else now. Absent: nothing says. */
  readonly now?: number
  /** Keeps what a cloud works out of these facts, for as long as the diagnosis lasts. */
  readonly memo: Memo
}
