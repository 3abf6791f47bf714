import { serviceOf } from '../action-table.ts'
import type { LintRule } from '../finding.ts'
import { s3ArnProblem } from '../s3-arn.ts'

const PLACEHOLDER = /<[^<>]*>|\{\{/

export const notAnArn: LintRule = {
  id: 'not-an-arn',
  severity: 'error',
  title: 'A resource is neither an ARN nor *',
  why: 'AWS refuses the whole document.',
  instead: 'Write the ARN of the resource.',
  *check({ statements }) {
    for (const { resource, action } of statements)
      for (const { value, at } of resource?.values ?? []) {
        if (/^(\*$|arn:|\$\{)/.test(value.trim()) || s3ArnProblem(value) || PLACEHOLDER.test(value)) continue
        const isS3 = action?.values.some((entry) => serviceOf(entry.value) === 's3') === true
        const isBucket = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/.*)?$/.test(value)
        const write = isS3 && isBucket ? `arn:aws:s3:::${value}` : undefined
        yield {
          at,
          message: `${JSON.stringify(value)} is neither an ARN nor *.`,
          ...(write === undefined ? {} : { instead: `Write ${write}.`, patch: [{ op: 'replace', path: at, value: write }] }),
        }
      }
  },
}
