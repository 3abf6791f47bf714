import { parseTemplate } from '../../template.ts'
import { keyNames, knownKey, knowsKeysOf } from '../action-table.ts'
import type { LintRule } from '../finding.ts'
import { nearest } from '../nearest.ts'

export const unknownVariable: LintRule = {
  id: 'unknown-variable',
  severity: 'error',
  title: 'A policy variable does not exist',
  why: 'No request ever has a value for it, and a value with an empty variable matches nothing.',
  instead: 'Use a condition key of the service or one that begins with aws:.',
  *check({ statements, version }) {
    if (version !== '2012-10-17') return
    for (const { resource, conditions } of statements)
      for (const { value, at } of [...(resource?.values ?? []), ...conditions.flatMap(({ values }) => values)])
        for (const piece of parseTemplate(value, true).pieces) {
          if (!('variable' in piece) || !piece.variable.key.includes(':')) continue
          const { key } = piece.variable
          if (!knowsKeysOf(key) || knownKey(key)) continue
          const meant = nearest(key, keyNames())
          const written = new RegExp(key.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`), 'i')
          yield {
            at,
            message: `There is no variable \${${key}}.`,
            ...(meant === undefined
              ? {}
              : {
                  instead: `Write \${${meant}}.`,
                  patch: [{ op: 'replace' as const, path: at, value: value.replace(written, () => meant) }],
                }),
          }
        }
  },
}
