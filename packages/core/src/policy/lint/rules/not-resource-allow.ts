import type { LintRule } from '../finding.ts'

export const notResourceAllow: LintRule = {
  id: 'not-resource-allow',
  severity: 'warning',
  title: 'An Allow says on what it does not allow',
  why: 'NotResource with Allow reaches every resource but those listed, also those of other accounts and those that do not exist yet.',
  instead: 'List the resources that are needed under Resource; to keep some out, add a Deny.',
  *check({ statements, kind }) {
    if (kind === 'scp') return
    for (const { effect, resource } of statements)
      if (effect === 'Allow' && resource?.not === true)
        yield { at: resource.at, message: 'NotResource reaches every resource but those listed.' }
  },
}
