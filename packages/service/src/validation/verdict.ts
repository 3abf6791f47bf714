import type { Check, Report } from '@sluice/core'

/** How many checks ended in each status. */
export function countChecks(checks: readonly Check[]): Report['counts'] {
  const counts = { passed: 0, failed: 0, skipped: 0, inconclusive: 0 }
  for (const check of checks) counts[check.status] += 1
  return counts
}

/** A required check that failed decides; then one that could not be told; advisory checks never do. */
export function verdictOf(checks: readonly Check[]): Report['verdict'] {
  const required = checks.filter((check) => check.severity === 'required')
  if (required.some((check) => check.status === 'failed')) return 'failed'
  if (required.some((check) => check.status === 'inconclusive')) return 'inconclusive'
  return 'passed'
}
