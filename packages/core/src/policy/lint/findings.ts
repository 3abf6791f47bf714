import type { LintFinding, LintRule } from './finding.ts'
import { positions, type Span } from './json-text.ts'

/**
 * What rules say of one document. `grammar` is the id of the rule that repeats what the parser says: of a place that another rule knows what
 * was meant at, that one says it better.
 */
export function findingsBy<Subject>(rules: readonly LintRule<Subject>[], subject: Subject, grammar: string): readonly LintFinding[] {
  const found = rules.flatMap((rule) =>
    [...rule.check(subject)].map(({ at, message, instead, severity, patch }): LintFinding => ({
      rule: rule.id,
      severity: severity ?? rule.severity,
      pointer: at,
      message,
      instead: instead ?? rule.instead,
      ...(patch && patch.length > 0 ? { patch } : {}),
    })),
  )
  const better = new Set(found.flatMap(({ rule, severity, pointer }) => (rule !== grammar && severity !== 'note' ? [pointer] : [])))
  return found.filter(({ rule, pointer }) => rule !== grammar || !better.has(pointer))
}

/** The findings with where they are in the text. */
export function placed(findings: readonly LintFinding[], text: string, spans: ReadonlyMap<string, Span>): readonly LintFinding[] {
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

/** In the order of the document. */
export function inOrder(findings: readonly LintFinding[]): readonly LintFinding[] {
  return findings.toSorted((a, b) => {
    if (a.position && b.position) return a.position.line - b.position.line || a.position.column - b.position.column
    return statementOf(a) - statementOf(b)
  })
}

function statementOf({ pointer }: LintFinding): number {
  const index = /^\/Statement\/(\d+)/.exec(pointer)?.[1]
  return index === undefined ? -1 : Number(index)
}
