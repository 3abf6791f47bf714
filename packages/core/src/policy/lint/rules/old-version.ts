import { isObject } from '../../shapes.ts'
import type { LintRule } from '../finding.ts'
import { versionPatch } from '../version-patch.ts'

export const oldVersion: LintRule = {
  id: 'old-version',
  severity: 'note',
  title: 'The policy is of the old version',
  why: 'Without a version, 2008-10-17 holds: it knows no variables, and some services refuse it.',
  instead: 'Write "Version": "2012-10-17".',
  *check({ version, document, statements }) {
    if (!isObject(document) || statements.length === 0) return
    if (version === undefined) yield { at: '', message: 'The policy has no version.', patch: versionPatch(document) }
    else if (version === '2008-10-17')
      yield { at: '/Version', message: 'The policy is of version 2008-10-17.', patch: versionPatch(document) }
  },
}
