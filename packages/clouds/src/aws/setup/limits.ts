import { accessError, type Json } from '@sluice/core'
import { jsonSize } from '../../setup/json-text.ts'

/** Characters AWS accepts, white space not counted. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LIMITS = { managed: 6144, inline: 10_240, trust: 2048, bucket: 20_480, key: 32_768 }

/** A managed policy where it fits, else a policy inside the role, which may be longer. Users' inline policies are shorter, so they have no second way. */
export function policyKind(policy: Json, holder: 'role' | 'user'): 'managed' | 'inline' {
  const size = jsonSize(policy)
  if (size <= LIMITS.managed) return 'managed'
  if (holder === 'role' && size <= LIMITS.inline) return 'inline'
  throw tooLarge('permission policy', size, holder === 'role' ? LIMITS.inline : LIMITS.managed)
}

export function checkSize(policy: Json, kind: 'trust' | 'bucket' | 'key'): void {
  const size = jsonSize(policy)
  if (size > LIMITS[kind]) throw tooLarge(`${kind} policy`, size, LIMITS[kind])
}

function tooLarge(what: string, size: number, limit: number): Error {
  return accessError('setup.policy_too_large', {
    message: `The ${what} would have ${size} characters; AWS accepts ${limit}.`,
    context: { size, limit },
  })
}
