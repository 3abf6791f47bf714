import { actionsMatching } from '../action-table.ts'
import type { LintRule } from '../finding.ts'

export const kmsAlias: LintRule = {
  id: 'kms-alias',
  severity: 'error',
  title: 'A key is named by its alias',
  why: 'Requests are matched by the ARN of the key: a resource arn:aws:kms:…:alias/… stands for the alias itself, and allows no use of the key.',
  instead: 'Write the ARN of the key, arn:aws:kms:<region>:<account>:key/<id>; or * with a condition on kms:ResourceAliases.',
  *check({ statements }) {
    for (const { action, resource } of statements) {
      const usesKey = action?.values.some(({ value }) =>
        actionsMatching(value)?.some(({ types }) => types.includes('key') && !types.includes('alias')),
      )
      if (usesKey !== true) continue
      for (const { value, at } of resource?.values ?? [])
        if (/^arn:[^:]*:kms:[^:]*:[^:]*:alias\//.test(value))
          yield { at, message: `${value} is an alias, and no action on keys matches it.` }
    }
  },
}
