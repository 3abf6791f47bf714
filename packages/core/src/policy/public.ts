import { parseIpRange } from './ip.ts'
import type { ParsedCondition, ParsedPolicy, ParsedStatement } from './parsed.ts'

/** Keys that, held to fixed values, keep a statement from being public. */
const FIXING_KEYS: ReadonlySet<string> = new Set([
  'aws:sourcearn',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourceowner',
  'aws:sourceaccount',
  'aws:sourceip',
  'aws:userid',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:username',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
])

/**
 * The statements that make a bucket policy public in the sense of S3 Block Public Access.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export function publicStatements(policy: ParsedPolicy): readonly ParsedStatement[] {
  return policy.statements.filter(
    (statement) => statement.effect === 'Allow' && admitsEveryone(statement) && !statement.conditions.some(isFixed),
  )
}

function admitsEveryone({ principal }: ParsedStatement): boolean {
  return principal !== undefined && (principal.not || principal.entries.some((entry) => entry.kind === 'everyone'))
}

function isFixed({ operator, qualifier, ifExists, key, values }: ParsedCondition): boolean {
  // Neither a negation nor a test that a missing key passes narrows the set of callers.
  if (operator.negated || ifExists || qualifier === 'ForAllValues' || values.length === 0) return false
  const name = key.toLowerCase()
  const { family } = operator.comparison
  if (!FIXING_KEYS.has(name)) return false
  if (name === 'aws:sourceip') return family === 'ip' && values.every(isNarrow)
  if (family !== 'string' && family !== 'arn') return false
  return values.every((value) => isFixedValue(name, value))
}

function isFixedValue(key: string, value: string): boolean {
  // Of an access point's ARN, AWS accepts a wildcard in the name as long as the account is fixed.
  if (key === 's3:dataaccesspointarn') return /^arn:[^:*?$]+:s3:[^:]*:\d{12}:/.test(value)
  return !/[*?]|\$\{/.test(value)
}

// Broader than /8 (IPv4) or /32 (IPv6) counts as public.
function isNarrow(value: string): boolean {
  const range = parseIpRange(value)
  if (!range) return false
  const size = range.last - range.first + 1n
  return range.bits === 32 ? size <= 1n << 24n : size <= 1n << 96n
}
