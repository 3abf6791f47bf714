import type { ErrorCode, Retry } from '../error.ts'

/** What is always true of one reason: what a program does, what it means, what a person does about it. */
export interface Reason {
  readonly code: ErrorCode
  /** One sentence, for the table of errors. */
  readonly meaning: string
  /** What to do about it, in the imperative; an occurrence that knows better overrides it. */
  readonly remedy: string
  readonly retry?: Retry
}
