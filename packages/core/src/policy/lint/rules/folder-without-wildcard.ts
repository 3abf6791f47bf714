import { actionsMatching } from '../action-table.ts'
import type { LintRule } from '../finding.ts'
import { folderHit } from '../folder.ts'
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
      for (const entry of resource.values) {
        const path = pathOf(entry.value)
        if (path === undefined || /[*?$]/.test(path) || hasUnknown(path)) continue
        const hit = folderHit(entry, path, resource.values)
        if (hit !== undefined) yield hit
      }
    }
  },
}
