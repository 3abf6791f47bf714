import type { Json } from '../../../json.ts'
import type { LintFinding } from '../../../policy/lint/finding.ts'
import { findingsBy } from '../../../policy/lint/findings.ts'
import { AZURE_RULES, malformed } from './rules.ts'
import { readAssignments } from './subject.ts'

/** What is to be said of role assignments of Azure's; undefined where the document has none. */
export function azureAssignments(root: Json): readonly LintFinding[] | undefined {
  const subject = readAssignments(root)
  return subject === undefined ? undefined : findingsBy(AZURE_RULES, subject, malformed.id)
}
