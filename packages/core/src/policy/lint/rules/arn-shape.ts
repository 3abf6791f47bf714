import type { LintRule } from '../finding.ts'
import { s3ArnProblem } from '../s3-arn.ts'

export const arnShape: LintRule = {
  id: 'arn-shape',
  severity: 'error',
  title: 'The ARN of a bucket or object has a wrong shape',
  why: 'AWS refuses it, or the statement matches no bucket and no object.',
  instead: 'Write arn:aws:s3:::bucket for a bucket, arn:aws:s3:::bucket/key for objects; the partition is aws-cn in China.',
  *check({ statements }) {
    for (const { resource } of statements)
      for (const { value, at } of resource?.values ?? []) {
        const problem = s3ArnProblem(value.trim())
        if (!problem) continue
        const { message, write } = problem
        yield {
          at,
          message,
          ...(write === undefined ? {} : { instead: `Write ${write}.`, patch: [{ op: 'replace', path: at, value: write }] }),
        }
      }
  },
}
