import type { Json } from '../../json.ts'
import type { LintFinding } from '../../policy/lint/finding.ts'
import { findingsBy } from '../../policy/lint/findings.ts'
import { GOOGLE_RULES, malformed } from './rules.ts'
import { readBindings } from './subject.ts'

/** What is to be said of an allow policy of Google's; undefined where the document is none. */
export function googleBindings(root: Json): readonly LintFinding[] | undefined {
  const subject = readBindings(root)
  return subject === undefined ? undefined : findingsBy(GOOGLE_RULES, subject, malformed.id)
}
