import { azureAssignments } from '../azure/rbac/lint/index.ts'
import { AZURE_RULES } from '../azure/rbac/lint/rules.ts'
import { googleBindings } from '../google-iam/lint/index.ts'
import { GOOGLE_RULES } from '../google-iam/lint/rules.ts'
import type { Json } from '../json.ts'
import type { LintedKind, LintFinding, LintKind, LintRuleText } from '../policy/lint/finding.ts'
import { inOrder, placed } from '../policy/lint/findings.ts'
import { positions, readJsonText } from '../policy/lint/json-text.ts'
import { awsPolicies } from '../policy/lint/lint.ts'
import { DOCUMENT_RULES } from '../policy/lint/rules/index.ts'
import { duplicateKey, jsonSyntax } from '../policy/lint/text-rules.ts'
import { ramPolicies } from '../ram/lint/index.ts'
import { RAM_RULES } from '../ram/lint/rules.ts'

/** Every rule, those about the text itself first, then cloud by cloud: docs/policy-rules.md is made from this. */
export const LINT_RULES: readonly LintRuleText[] = [
  jsonSyntax,
  duplicateKey,
  ...DOCUMENT_RULES,
  ...RAM_RULES,
  ...GOOGLE_RULES,
  ...AZURE_RULES,
]

/** A policy that was found in a text. */
export interface LintedPolicy {
  /** JSON pointer; '' when the text is the policy. */
  readonly pointer: string
  readonly kind: LintedKind
  readonly cloud: 'aws' | 'gcp' | 'azure' | 'aliyun'
}

export interface LintReport {
  readonly policies: readonly LintedPolicy[]
  readonly findings: readonly LintFinding[]
}

/**
 * Checks a text: a policy document of AWS or RAM, bindings of Google's, role assignments of Azure's, an answer of a cloud's CLI that holds
 * one, or a CloudFormation template in JSON with policies in it. Which cloud's it is, the document tells.
 */
export function lintText(text: string, { kind }: { readonly kind?: LintKind } = {}): LintReport {
  const read = readJsonText(text)
  const at = positions(text)
  if (!read.ok) return { policies: [], findings: [{ ...said(jsonSyntax, '', read.message), position: at(read.span) }] }
  const found = policiesIn(read.value, kind)
  const twice = read.duplicates.map(({ pointer, name, span }) => ({
    ...said(duplicateKey, pointer, `${JSON.stringify(name)} stands twice in one object.`),
    position: at(span),
  }))
  const findings = found.flatMap((policy) => policy.findings)
  return {
    policies: found.map(({ pointer, kind: own, cloud }) => ({ pointer, kind: own, cloud })),
    findings: inOrder([...twice, ...placed(findings, text, read.spans)]),
  }
}

function policiesIn(root: Json, kind: LintKind | undefined): readonly (LintedPolicy & { readonly findings: readonly LintFinding[] })[] {
  const ram = ramPolicies(root, kind)
  if (ram !== undefined) return ram.map((policy) => ({ cloud: 'aliyun', ...policy }))
  const google = googleBindings(root)
  if (google !== undefined) return [{ cloud: 'gcp', kind: 'bindings', pointer: '', findings: google }]
  const azure = azureAssignments(root)
  if (azure !== undefined) return [{ cloud: 'azure', kind: 'role-assignments', pointer: '', findings: azure }]
  return awsPolicies(root, kind).map((policy) => ({ cloud: 'aws', ...policy }))
}

function said({ id, severity, instead }: LintRuleText, pointer: string, message: string): LintFinding {
  return { rule: id, severity, pointer, message, instead }
}
