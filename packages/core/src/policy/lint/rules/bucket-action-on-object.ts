import type { PatchStep } from '../../../finding.ts'
import { actionsMatching, carries } from '../action-table.ts'
import type { LintRule } from '../finding.ts'
import { addTo } from '../patch.ts'
import { bucketOf, list, pathOf } from '../s3-scope.ts'
import type { LintStatement, Located } from '../subject.ts'
import { unreachedOf, type Unreached } from '../unreached.ts'

export const bucketActionOnObject: LintRule = {
  id: 'bucket-action-on-object',
  severity: 'error',
  title: 'An action on a bucket is given the ARN of objects',
  why: 'Listing is an action on the bucket, whose ARN ends with its name: arn:aws:s3:::bucket/* never matches it, so nothing is allowed.',
  instead: 'Give the ARN of the bucket; to list only a folder, add a condition on s3:prefix.',
  *check(subject) {
    for (const unreached of unreachedOf(subject, 'bucket', 's3:ListBucket')) {
      const { resource, resources, dead, partly, keeps } = unreached
      const objects = resources.filter(({ value }) => bucketOf(value) !== undefined && pathOf(value) !== undefined)
      const [first] = objects
      if (!first) continue
      const actions = [...dead, ...partly]
      const buckets = [...new Set(objects.flatMap(({ value }) => bucketOf(value) ?? []))]
      yield {
        at: first.at,
        ...(dead.length === 0 ? { severity: 'warning' as const } : {}),
        message:
          dead.length === 0
            ? `${list(actions)} on ${list(objects.map(({ value }) => value))} reaches objects and not the bucket: nothing can be listed.`
            : `${list(actions)} ${actions.length === 1 ? 'applies' : 'apply'} to a bucket, and ${list(objects.map(({ value }) => value))} ${objects.length === 1 ? 'names' : 'name'} objects.`,
        instead: `${keeps ? 'Add' : 'Write'} ${list(buckets)}.`,
        patch: keeps ? addTo(resource, buckets) : moved(unreached, objects),
      }
    }
  },
}

/** The bucket in the place of its objects; a listing stays within the folder by a condition. */
function moved({ statement, resource }: Unreached, objects: readonly Located[]): readonly PatchStep[] {
  const values = [...new Set(resource.values.map((entry) => (objects.includes(entry) ? (bucketOf(entry.value) ?? '') : entry.value)))]
  const prefixes = [...new Set(objects.map(({ value }) => pathOf(value) ?? '*'))]
  const [only] = values
  return [
    { op: 'replace', path: resource.at, value: values.length === 1 && only !== undefined ? only : values },
    ...(mayNarrow(statement) && !prefixes.includes('*')
      ? [{ op: 'add' as const, path: `${statement.at}/Condition`, value: { StringLike: { 's3:prefix': prefixes } } }]
      : []),
  ]
}

/** Whether every request that the statement allows says what prefix it lists, and no condition stands there yet. */
function mayNarrow({ action, effect, raw }: LintStatement): boolean {
  const known = action?.values.flatMap(({ value }) => actionsMatching(value) ?? []) ?? []
  return effect === 'Allow' && raw['Condition'] === undefined && known.every((each) => carries(each, 's3:prefix'))
}
