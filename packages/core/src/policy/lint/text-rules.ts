import type { LintRuleText } from './finding.ts'

/** What is found while the text is read: no document shows it any more. */
export const jsonSyntax: LintRuleText = {
  id: 'json-syntax',
  severity: 'error',
  title: 'The text is not JSON',
  why: 'AWS takes policies as JSON only: without comments, single quotes or commas after the last value.',
  instead: 'Correct the text at the place named.',
}

export const duplicateKey: LintRuleText = {
  id: 'duplicate-key',
  severity: 'error',
  title: 'A name stands twice in one object',
  why: 'AWS refuses the document, or only the last one counts.',
  instead: 'Put the values of both into one list, or remove one.',
}
