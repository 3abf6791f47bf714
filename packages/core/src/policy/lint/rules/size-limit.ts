import type { Json } from '../../../json.ts'
import type { LintKind, LintRule, LintSeverity } from '../finding.ts'

interface Limit {
  readonly above: number
  readonly severity: LintSeverity
  readonly message: string
}

/**
 * Of identity policies IAM counts no whitespace. The quotas:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
const LIMITS: { readonly [kind in LintKind]: readonly Limit[] } = {
  identity: [
    { above: 10_240, severity: 'error', message: 'no role takes more than 10,240 characters' },
    { above: 6_144, severity: 'warning', message: 'a managed policy takes 6,144 characters: this fits only as an inline policy of a role' },
  ],
  session: [{ above: 2_048, severity: 'error', message: 'a session policy takes 2,048 characters' }],
  trust: [
    { above: 4_096, severity: 'error', message: 'no trust policy takes more than 4,096 characters' },
    { above: 2_048, severity: 'warning', message: 'a trust policy takes 2,048 characters unless the quota of the account was raised' },
  ],
  resource: [{ above: 20_480, severity: 'error', message: 'a bucket policy takes 20 KB' }],
  key: [{ above: 32_768, severity: 'error', message: 'a key policy takes 32 KB' }],
  scp: [
    { above: 10_240, severity: 'error', message: 'no service control policy takes more than 10,240 characters' },
    { above: 5_120, severity: 'warning', message: 'a service control policy takes 5,120 characters by the documented quota' },
  ],
}

export const sizeLimit: LintRule = {
  id: 'size-limit',
  severity: 'error',
  title: 'The policy is longer than AWS takes',
  why: 'AWS answers LimitExceeded and saves nothing.',
  instead: 'Divide it into several policies, or put resources with a common beginning under one pattern.',
  *check({ document, kind }) {
    const size = compactSize(document)
    const limit = LIMITS[kind].find(({ above }) => size > above)
    if (limit)
      yield { at: '', severity: limit.severity, message: `The policy has ${size.toLocaleString('en')} characters; ${limit.message}.` }
  },
}

/** Characters of the document without whitespace between its parts; bytes where it is not ASCII. Without recursion, since documents nest as they like. */
function compactSize(document: Json): number {
  let size = 0
  const open: Json[] = [document]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) size += new TextEncoder().encode(JSON.stringify(value)).length
    else if (Array.isArray(value)) {
      size += 1 + Math.max(1, value.length)
      open.push(...value)
    } else {
      const members = Object.entries(value)
      size += 1 + Math.max(1, members.length)
      for (const [name, member] of members) {
        size += new TextEncoder().encode(JSON.stringify(name)).length + 1
        open.push(member)
      }
    }
  }
  return size
}
