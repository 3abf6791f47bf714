import type { LintRule } from '../finding.ts'
import { pathOf } from '../s3-scope.ts'

export const leadingSlash: LintRule = {
  id: 'leading-slash',
  severity: 'warning',
  title: 'A key or prefix begins with a slash',
  why: 'Keys begin with the name of the first folder: what begins with a slash is in a folder without a name, where hardly anything is.',
  instead: 'Leave out the first slash.',
  *check({ statements }) {
    for (const { resource, conditions } of statements) {
      for (const { value, at } of resource?.values ?? [])
        if (pathOf(value)?.startsWith('/') === true)
          yield {
            at,
            message: `${value} has two slashes after the bucket.`,
            patch: [{ op: 'replace', path: at, value: value.replace(/\/{2,}/, '/') }],
          }
      for (const { key, values } of conditions)
        for (const { value, at } of key.toLowerCase() === 's3:prefix' ? values : [])
          if (/^\/./.test(value))
            yield {
              at,
              message: `The prefix ${value} begins with a slash.`,
              patch: [{ op: 'replace', path: at, value: value.replace(/^\/+/, '') }],
            }
    }
  },
}
