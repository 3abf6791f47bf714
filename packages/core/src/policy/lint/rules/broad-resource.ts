import { actionsMatching } from '../action-table.ts'
import type { LintRule } from '../finding.ts'
import { list } from '../s3-scope.ts'
import type { LintStatement } from '../subject.ts'

export const broadResource: LintRule = {
  id: 'broad-resource',
  severity: 'warning',
  title: 'An Allow reaches every bucket or key',
  why: 'It allows the actions on all there are in the account, on those of other accounts that let the role in, and on all there will be.',
  instead: 'Name the buckets, folders or keys that are needed.',
  *check({ statements, kind }) {
    if (kind !== 'identity' && kind !== 'resource') return
    for (const statement of statements) {
      const { effect, action, resource } = statement
      if (effect !== 'Allow' || action?.not !== false || !resource || resource.not || isNarrowed(statement)) continue
      const wide = action.values.filter(({ value }) => actionsMatching(value)?.some(({ types }) => types.some(isOurs)))
      if (wide.length === 0) continue
      for (const { value, at } of resource.values) {
        const what =
          value === '*'
            ? 'everything'
            : /^arn:[^:]*:s3:::\*/.test(value)
              ? 'every bucket'
              : /^arn:[^:]*:kms:.*(\*|key\/\*)$/.test(value)
                ? 'every key'
                : undefined
        if (what !== undefined) yield { at, message: `${value} allows ${list(wide.map((entry) => entry.value))} on ${what}.` }
      }
    }
  },
}

const isOurs = (type: string): boolean => type === 'bucket' || type === 'object' || type === 'key'

/** Limited by the account, the organization or the tags of what is reached. */
function isNarrowed({ conditions }: LintStatement): boolean {
  return conditions.some(
    ({ key, operator }) =>
      /^(aws:Resource(Account|OrgID|OrgPaths|Tag\/.+)|s3:(ResourceAccount|DataAccessPointArn|DataAccessPointAccount|BucketTag\/.+)|kms:ResourceAliases)$/i.test(
        key,
      ) &&
      operator?.operator.negated === false &&
      !operator.ifExists,
  )
}
