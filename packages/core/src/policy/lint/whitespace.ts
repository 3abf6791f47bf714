import type { LintHit } from './finding.ts'
import type { Located } from './subject.ts'

/** The texts that begin or end with whitespace, without it. */
export function* strayWhitespaceIn(texts: readonly Located[]): Iterable<LintHit> {
  for (const { value, at } of texts) {
    const trimmed = value.trim()
    if (trimmed === value || trimmed === '') continue
    yield { at, message: `${JSON.stringify(value)} begins or ends with whitespace.`, patch: [{ op: 'replace', path: at, value: trimmed }] }
  }
}
