import type { Json } from '../../json.ts'
import { embeddedPolicies } from './embedded.ts'
import type { LintFinding, LintKind } from './finding.ts'
import { findingsBy, inOrder, placed } from './findings.ts'
import { readJsonText } from './json-text.ts'
import { withBase } from './rebase.ts'
import { malformed } from './rules/malformed.ts'
import { DOCUMENT_RULES } from './rules/index.ts'
import { readSubject, type LintSubject } from './subject.ts'

export interface LintOptions {
  /** Where the policy is to be attached. Guessed from its statements when absent. */
  readonly kind?: LintKind
  /** The text the document was read from: findings then say where they are. */
  readonly text?: string
}

/** Checks one policy document of AWS. Pure; never throws, whatever the document holds. Findings come in the order of the document. */
export function lintPolicy(document: Json, options: LintOptions = {}): readonly LintFinding[] {
  const findings = findingsIn(readSubject(document, options.kind))
  const read = options.text === undefined ? undefined : readJsonText(options.text)
  return inOrder(read?.ok === true && options.text !== undefined ? placed(findings, options.text, read.spans) : findings)
}

/** A policy that was found in a document, and what is to be said of it. */
export interface FoundPolicy {
  /** JSON pointer; '' when the document is the policy. */
  readonly pointer: string
  readonly kind: LintKind
  readonly findings: readonly LintFinding[]
}

/**
 * The policies of AWS in a document: itself, those of an answer of the AWS CLI, or those of a CloudFormation template in JSON. What a template
 * fills in when it is applied is taken from the defaults of its parameters; where there is none, nothing is said of the value.
 */
export function awsPolicies(root: Json, kind: LintKind | undefined): readonly FoundPolicy[] {
  return embeddedPolicies(root, kind).map((policy) => {
    const subject = readSubject(policy.document, policy.kind)
    return { pointer: policy.pointer, kind: subject.kind, findings: withBase(findingsIn(subject), policy, root) }
  })
}

function findingsIn(subject: LintSubject): readonly LintFinding[] {
  return findingsBy(DOCUMENT_RULES, subject, malformed.id)
}
