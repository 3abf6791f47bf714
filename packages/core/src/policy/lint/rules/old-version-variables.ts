import { isObject } from '../../shapes.ts'
import { knownKey } from '../action-table.ts'
import type { LintRule } from '../finding.ts'
import { versionPatch } from '../version-patch.ts'

export const oldVersionVariables: LintRule = {
  id: 'old-version-variables',
  severity: 'error',
  title: 'Variables stand in a policy of the old version',
  why: 'In version 2008-10-17, which holds where none is written, a variable is text like any other: the statement matches nothing it was meant for.',
  instead: 'Write "Version": "2012-10-17".',
  *check({ statements, version, document }) {
    if (version === '2012-10-17' || !isObject(document)) return
    for (const { resource, conditions } of statements)
      for (const { value, at } of [...(resource?.values ?? []), ...conditions.flatMap(({ values }) => values)]) {
        const found = /\$\{([^{},]+:[^{},]+)[^{}]*\}/.exec(value)
        if (found && knownKey(found[1]?.trim() ?? ''))
          yield {
            at,
            message: `${found[0]} is no variable in version ${typeof version === 'string' ? version : '2008-10-17'}.`,
            patch: versionPatch(document),
          }
      }
  },
}
