import { actionsMatching, type KnownAction } from '../action-table.ts'
import { mayApply, resourcesOf } from '../arn-reach.ts'
import type { LintRule } from '../finding.ts'
import { addTo } from '../patch.ts'
import { list, wellShaped } from '../s3-scope.ts'

export const actionNeverApplies: LintRule = {
  id: 'action-never-applies',
  severity: 'error',
  title: 'An action never applies to the resources of its statement',
  why: 'A statement is about the pairs of its actions and resources that exist; this action goes with none of these resources.',
  instead: 'Put the action into a statement with resources it applies to.',
  *check({ statements, kind }) {
    for (const statement of statements) {
      const resources = resourcesOf(statement)
      const { action, resource } = statement
      if (!resources || !resource || !action || action.not || kind === 'trust' || !resources.every(wellShaped)) continue
      for (const { value, at } of action.values) {
        const known = actionsMatching(value) ?? []
        if (known.length === 0 || known.some((each) => resources.some((entry) => mayApply(each, entry.value)))) continue
        // Buckets and objects taken for each other, and keys that are not named by their ARN, have rules of their own.
        if (known.some(isOnBucketOrObject) && resources.some((entry) => /^arn:[^:]*:s3:::/.test(entry.value))) continue
        if (known.some(isOnKey) && resources.some((entry) => /^arn:[^:]*:kms:/.test(entry.value))) continue
        const forAll = known.every(({ types }) => types.length === 0)
        yield {
          at,
          message: forAll
            ? `${value} takes no resource: it is allowed on * only.`
            : `${value} never applies to ${list(resources.map((entry) => entry.value))}.`,
          instead: forAll ? 'Give it a statement of its own with Resource *.' : `It applies to ${list(templatesOf(known))}.`,
          ...(forAll && action.values.length === 1 ? { patch: addTo(resource, ['*']) } : {}),
        }
      }
    }
  },
}

function isOnBucketOrObject({ types }: KnownAction): boolean {
  return types.includes('bucket') || types.includes('object')
}

function isOnKey({ types }: KnownAction): boolean {
  return types.includes('key')
}

function templatesOf(actions: readonly KnownAction[]): readonly string[] {
  return [...new Set(actions.flatMap(({ templates }) => templates))].map((template) => template.replaceAll(/\$\{(\w+)\}/g, '<$1>'))
}
