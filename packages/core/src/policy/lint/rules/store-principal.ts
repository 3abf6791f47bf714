import type { LintRule } from '../finding.ts'

export const storePrincipal: LintRule = {
  id: 'store-principal',
  severity: 'warning',
  title: 'A principal is written as S3-compatible stores have it',
  why: 'The RADOS gateway and others name users without an account, arn:aws:iam:::user/name; AWS refuses such a principal.',
  instead: 'For a bucket of AWS, write the ARN with its account. For the store that takes this form, leave it.',
  *check({ statements }) {
    for (const { principal } of statements)
      for (const { type, value, at } of principal?.entries ?? [])
        if (type === 'AWS' && /^arn:aws:iam::[^:\d]*:user\/./.test(value)) yield { at, message: `${value} has no account of AWS.` }
  },
}
