import { actionsMatching } from '../action-table.ts'
import type { LintRule } from '../finding.ts'
import { pathOf } from '../s3-scope.ts'
import { hasUnknown } from '../unknown.ts'

export const folderWithoutWildcard: LintRule = {
  id: 'folder-without-wildcard',
  severity: 'error',
  title: 'A folder is named without /*',
  why: 'The ARN matches one object of exactly that name; what is in the folder has longer names.',
  instead: 'End the ARN of a folder with /*.',
  *check({ statements }) {
    for (const { action, resource } of statements) {
      if (!resource || resource.not || action?.not === true) continue
      const onObjects = action?.values.some(({ value }) => actionsMatching(value)?.some(({ types }) => types.includes('object')))
      if (onObjects !== true) continue
      for (const { value, at } of resource.values) {
        const path = pathOf(value)
        if (path === undefined || /[*?$]/.test(path) || hasUnknown(path)) continue
        const isFolder = path.endsWith('/') || path === ''
        // A last part without a dot is mostly a folder; it may be an object, too.
        const isLikely = !/\.[^/]*$/.test(path)
        if (!isFolder && !isLikely) continue
        const write = isFolder ? `${value}*` : `${value}/*`
        if (resource.values.some((entry) => entry.value === write)) continue
        yield {
          at,
          ...(isFolder ? {} : { severity: 'warning' as const }),
          message: `${value} matches one object of that name${isFolder ? '' : ' only'}, not what is in a folder.`,
          instead: `Write ${write}${isFolder ? '' : ' if it is a folder'}.`,
          patch: [{ op: 'replace', path: at, value: write }],
        }
      }
    }
  },
}
