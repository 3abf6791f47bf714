import type { LintRule } from '../finding.ts'
import { addTo } from '../patch.ts'
import { isBucketArn, list } from '../s3-scope.ts'
import { unreachedOf } from '../unreached.ts'

export const objectActionOnBucket: LintRule = {
  id: 'object-action-on-bucket',
  severity: 'error',
  title: 'An action on objects is given the ARN of a bucket',
  why: 'Objects have ARNs of their own, arn:aws:s3:::bucket/key; an action on objects never matches the bucket itself, so nothing is allowed.',
  instead: 'Add /* to the ARN.',
  *check(subject) {
    for (const { resource, resources, dead, partly, keeps } of unreachedOf(subject, 'object', 's3:PutObject')) {
      const buckets = resources.filter(isBucketArn)
      const [first] = buckets
      if (!first) continue
      const actions = [...dead, ...partly]
      const written = buckets.map(({ value }) => `${value}/*`)
      yield {
        at: first.at,
        ...(dead.length === 0 ? { severity: 'warning' as const } : {}),
        message:
          dead.length === 0
            ? `${list(actions)} on ${list(buckets.map(({ value }) => value))} reaches the bucket and none of its objects.`
            : `${list(actions)} ${actions.length === 1 ? 'applies' : 'apply'} to objects, and ${list(buckets.map(({ value }) => value))} ${buckets.length === 1 ? 'is a bucket' : 'are buckets'}.`,
        instead: `${keeps ? 'Add' : 'Write'} ${list(written)}.`,
        patch: keeps
          ? addTo(resource, written)
          : buckets.map(({ at, value }) => ({ op: 'replace' as const, path: at, value: `${value}/*` })),
      }
    }
  },
}
