import type { LintRule } from '../finding.ts'

export const notActionAllow: LintRule = {
  id: 'not-action-allow',
  severity: 'warning',
  title: 'An Allow says what it does not allow',
  why: 'NotAction with Allow allows every action of every service but those listed, also those that do not exist yet.',
  instead: 'List the actions that are needed under Action; to keep some out, add a Deny.',
  *check({ statements, kind }) {
    if (kind === 'scp') return
    for (const { effect, action } of statements)
      if (effect === 'Allow' && action?.not === true) yield { at: action.at, message: 'NotAction allows every action but those listed.' }
  },
}
