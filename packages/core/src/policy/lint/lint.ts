import type { Json } from '../../json.ts'
import { embeddedPolicies } from './embedded.ts'
import type { LintFinding, LintKind, LintRuleText } from './finding.ts'
import { positions, readJsonText, type Span } from './json-text.ts'
import { withBase } from './rebase.ts'
import { DOCUMENT_RULES } from './rules/index.ts'
import { readSubject } from './subject.ts'
import { duplicateKey, jsonSyntax } from './text-rules.ts'

/** Every rule, those about the text itself first: docs/policy-rules.md is made from this. */
export const LINT_RULES: readonly LintRuleText[] = [jsonSyntax, duplicateKey, ...DOCUMENT_RULES]

export interface LintOptions {
  /** Where the policy is to be attached. Guessed from its statements when absent. */
  readonly kind?: LintKind
  /** The text the document was read from: findings then say where they are. */
  readonly text?: string
}

/** Checks one policy document. Pure; never throws, whatever the document holds. Findings come in the order of the document. */
export function lintPolicy(document: Json, options: LintOptions = {}): readonly LintFinding[] {
  const findings = findingsIn(document, options.kind)
  const read = options.text === undefined ? undefined : readJsonText(options.text)
  return inOrder(read?.ok === true && options.text !== undefined ? placed(findings, options.text, read.spans) : findings)
}

/** A policy that was found in a text. */
export interface LintedPolicy {
  /** JSON pointer; '' when the text is the policy. */
  readonly pointer: string
  readonly kind: LintKind
}

export interface LintReport {
  readonly policies: readonly LintedPolicy[]
  readonly findings: readonly LintFinding[]
}

/**
 * Checks a text: a policy document, an answer of the AWS CLI that holds one, or a CloudFormation template in JSON with policies in it.
 * What a template fills in when it is applied is taken from the defaults of its parameters; where there is none, nothing is said of the value.
 */
export function lintText(text: string, options: Pick<LintOptions, 'kind'> = {}): LintReport {
  const read = readJsonText(text)
  const at = positions(text)
  if (!read.ok) return { policies: [], findings: [{ ...said(jsonSyntax, '', read.message), position: at(read.span) }] }
  const policies = embeddedPolicies(read.value, options.kind)
  const findings = policies.flatMap((policy) => withBase(findingsIn(policy.document, policy.kind), policy, read.value))
  const twice = read.duplicates.map(({ pointer, name, span }) => ({
    ...said(duplicateKey, pointer, `${JSON.stringify(name)} stands twice in one object.`),
    position: at(span),
  }))
  return {
    policies: policies.map(({ pointer, document, kind }) => ({ pointer, kind: readSubject(document, kind).kind })),
    findings: inOrder([...twice, ...placed(findings, text, read.spans)]),
  }
}

function said({ id, severity, instead }: LintRuleText, pointer: string, message: string): LintFinding {
  return { rule: id, severity, pointer, message, instead }
}

function findingsIn(document: Json, kind: LintKind | undefined): readonly LintFinding[] {
  const subject = readSubject(document, kind)
  const found = DOCUMENT_RULES.flatMap((rule) =>
    [...rule.check(subject)].map(({ at, message, instead, severity, patch }): LintFinding => ({
      rule: rule.id,
      severity: severity ?? rule.severity,
      pointer: at,
      message,
      instead: instead ?? rule.instead,
      ...(patch && patch.length > 0 ? { patch } : {}),
    })),
  )
  // The parser says that AWS refuses a place; a rule that knows what was meant there says it better.
  const better = new Set(found.flatMap(({ rule, severity, pointer }) => (rule !== 'malformed' && severity !== 'note' ? [pointer] : [])))
  return found.filter(({ rule, pointer }) => rule !== 'malformed' || !better.has(pointer))
}

function placed(findings: readonly LintFinding[], text: string, spans: ReadonlyMap<string, Span>): readonly LintFinding[] {
  const at = positions(text)
  return findings.map((finding) => {
    const span = spanOf(finding.pointer, spans)
    return span ? { ...finding, position: at(span) } : finding
  })
}

/** The place of a pointer, or of what it would be in. */
function spanOf(pointer: string, spans: ReadonlyMap<string, Span>): Span | undefined {
  for (let path = pointer; ; path = path.slice(0, path.lastIndexOf('/'))) {
    const span = spans.get(path)
    if (span || path === '') return span
  }
}

function inOrder(findings: readonly LintFinding[]): readonly LintFinding[] {
  return findings.toSorted((a, b) => {
    if (a.position && b.position) return a.position.line - b.position.line || a.position.column - b.position.column
    return statementOf(a) - statementOf(b)
  })
}

function statementOf({ pointer }: LintFinding): number {
  const index = /^\/Statement\/(\d+)/.exec(pointer)?.[1]
  return index === undefined ? -1 : Number(index)
}
