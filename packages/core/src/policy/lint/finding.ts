import type { PatchStep } from '../../finding.ts'
import type { LintSubject } from './subject.ts'

/** `error`: the cloud refuses it, it never does what it says, or it lets anybody in. `warning`: probably not meant. `note`: worth knowing. */
export type LintSeverity = 'error' | 'warning' | 'note'

/** Where a policy of statements is attached, as far as the rules tell it apart. */
export type LintKind = 'identity' | 'resource' | 'trust' | 'session' | 'scp' | 'key'

/** What a document is that was checked: a policy of statements, bindings of Google's, or role assignments of Azure's. */
export type LintedKind = LintKind | 'bindings' | 'role-assignments'

/** A place in the text. Lines and columns count from 1, columns in UTF-16 units; the end is exclusive. */
export interface LintPosition {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** One thing to change in a policy. */
export interface LintFinding {
  /** Stable id of the rule: docs/policy-rules.md has each. */
  readonly rule: string
  readonly severity: LintSeverity
  /** JSON pointer (RFC 6901) into the document that was checked. */
  readonly pointer: string
  /** What is wrong, in one sentence that names it. */
  readonly message: string
  /** What to write instead. */
  readonly instead: string
  /** The change as an RFC 6902 patch, where it follows mechanically. */
  readonly patch?: readonly PatchStep[]
  /** Where in the text, when the text was given. */
  readonly position?: LintPosition
}

/** What one rule says of one place. What is absent is the rule's own. */
export interface LintHit {
  readonly at: string
  readonly message: string
  readonly instead?: string
  readonly severity?: LintSeverity
  readonly patch?: readonly PatchStep[]
}

/** What a rule is, for people. */
export interface LintRuleText {
  readonly id: string
  readonly severity: LintSeverity
  /** What the rule finds, as a short sentence. */
  readonly title: string
  /** What happens when it stays. */
  readonly why: string
  /** What to write instead, when the place itself does not tell. */
  readonly instead: string
}

/** One idea of what goes wrong in policies: data, and a function without side effects that never throws. */
export interface LintRule<Subject = LintSubject> extends LintRuleText {
  readonly check: (subject: Subject) => Iterable<LintHit>
}
