import { accessError, type Json } from '@sluice/core'
import { jsonSize } from '../../setup/json-text.ts'

/** Characters that are accepted. https://help.aliyun.com/en/ram/product-overview/limits and https://help.aliyun.com/en/oss/developer-reference/putbucketpolicy */
const LIMITS = { permission: 6_144, trust: 2_048, bucket: 16_384 }

/** Refuses a policy that Alibaba Cloud would refuse for its length. */
export function checkSize(policy: Json, kind: keyof typeof LIMITS): void {
  const size = jsonSize(policy)
  const limit = LIMITS[kind]
  if (size <= limit) return
  throw accessError('setup.policy_too_large', {
    message: `The ${kind} policy would have ${size} characters; Alibaba Cloud accepts ${limit}.`,
    context: { size, limit },
  })
}
