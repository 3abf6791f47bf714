import type { DiagnosisReport } from './diagnosis/report.ts'
import type { ProviderError } from './error.ts'
import type { Remedy } from './finding.ts'

/**
 * The claims that validation tests, in the order it reports them. A claim is true exactly when its check passed.
 * Clouds leave out what has no meaning for them; the order never changes.
 */
export const CHECKS = [
  { name: 'configuration-well-formed', title: 'Configuration is well formed', severity: 'required' },
  { name: 'credential-in-force', title: 'Credential is in force', severity: 'required' },
  { name: 'credential-covers-access', title: 'Credential covers what is asked', severity: 'required' },
  { name: 'credential-no-broader-than-asked', title: 'Credential is no broader than asked', severity: 'advisory' },
  { name: 'credential-ends-within-a-year', title: 'Credential ends within a year', severity: 'advisory' },
  { name: 'endpoint-allowed', title: 'Endpoint is allowed', severity: 'required' },
  { name: 'platform-identity-works', title: 'Our own identity works', severity: 'required' },
  { name: 'trust-accepts-us', title: 'Trust accepts us', severity: 'required' },
  { name: 'trust-refuses-missing-external-id', title: 'Trust refuses a missing external id', severity: 'required' },
  { name: 'trust-refuses-wrong-external-id', title: 'Trust refuses a wrong external id', severity: 'required' },
  { name: 'trust-refuses-wrong-subject', title: 'Trust refuses a token of another connection', severity: 'required' },
  { name: 'trust-refuses-wrong-audience', title: 'Trust refuses a token for another audience', severity: 'required' },
  { name: 'bucket-is-the-expected-one', title: 'Bucket exists and belongs to the expected owner', severity: 'required' },
  { name: 'region-matches', title: 'Region is known and as expected', severity: 'required' },
  { name: 'permissions-granted', title: 'Holds the permissions asked for', severity: 'required' },
  { name: 'lists-under-prefix', title: 'Lists under the prefix', severity: 'required' },
  { name: 'reads-object', title: 'Reads an object', severity: 'required' },
  { name: 'encryption-key-usable', title: 'Encryption key is usable', severity: 'required' },
  { name: 'writes-object', title: 'Writes an object, in parts too', severity: 'required' },
  { name: 'deletes-object', title: 'Deletes an object', severity: 'required' },
  { name: 'lease-refuses-listing-outside', title: 'Lease refuses listing outside the prefix', severity: 'required' },
  { name: 'lease-refuses-reading-outside', title: 'Lease refuses reading outside the prefix', severity: 'required' },
  { name: 'lease-refuses-writing-outside', title: 'Lease refuses writing outside the prefix', severity: 'required' },
  { name: 'grant-no-broader-than-asked', title: 'Grant is no broader than asked', severity: 'advisory' },
  { name: 'cleaned-up', title: 'Nothing was left behind', severity: 'required' },
] as const

export type CheckName = (typeof CHECKS)[number]['name']
export type Severity = 'required' | 'advisory'

/** The verdict on one claim. `inconclusive` means: could not tell; it is never a pass. */
export type CheckOutcome =
  | { readonly status: 'passed'; readonly ms: number; readonly note?: string }
  | {
      readonly status: 'failed'
      readonly ms: number
      readonly reason: string
      readonly message: string
      readonly provider?: ProviderError
      readonly remedy: Remedy
    }
  | { readonly status: 'skipped'; readonly because: string; readonly blockedBy?: CheckName }
  | { readonly status: 'inconclusive'; readonly ms: number; readonly because: string; readonly provider?: ProviderError }

export type Check = {
  readonly name: CheckName
  readonly title: string
  readonly severity: Severity
} & CheckOutcome

/** What validation found. The verdict is `passed` when no required check failed or was inconclusive. */
export interface Report {
  readonly connectionId: string
  readonly connection: string
  readonly verdict: 'passed' | 'failed' | 'inconclusive'
  readonly checks: readonly Check[]
  readonly counts: { readonly passed: number; readonly failed: number; readonly skipped: number; readonly inconclusive: number }
  /** Objects of ours that could not be removed: at most one small probe, by key and version. */
  readonly leftovers: readonly { readonly bucket: string; readonly key: string; readonly versionId?: string }[]
  /** What is behind a failure, where the cloud refuses and something can be said of why. */
  readonly diagnosis?: DiagnosisReport
  readonly startedAt: string
  readonly ms: number
}

/** Live progress of a validation: rows come in order of completion, each once as started and once as finished. */
export type CheckEvent =
  /** First of all, and again where the checks are tried again: what this run tests, in the order of the table. */
  | { readonly type: 'checks-planned'; readonly names: readonly CheckName[] }
  | { readonly type: 'check-started'; readonly name: CheckName }
  | { readonly type: 'check-finished'; readonly check: Check }
  | { readonly type: 'waiting-for-propagation'; readonly attempt: number; readonly secondsLeft: number }
  | { readonly type: 'report'; readonly report: Report }
