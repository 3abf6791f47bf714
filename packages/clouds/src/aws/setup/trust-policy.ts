import { type Node, type Slot, text } from '../../setup/text.ts'
import type { Holder } from './holder.ts'
import { OPTION_RULES } from './option-rules.ts'
import { partitionSlot } from './permission-policy.ts'
import type { SetupPlan } from './plan.ts'

/**
 * Who may assume the role: us, and only with the external id. With `account` trust the principal is our account's root narrowed to our
 * principal by a condition; IAM would replace a principal named directly by its internal id, and trust would end when it is made anew.
 */
export function trustPolicy(plan: SetupPlan, role: Holder & { readonly kind: 'role' }): { readonly [key: string]: Node } {
  const { aws } = role
  const principal: Slot = {
    slot: true,
    name: 'PlatformPrincipalArn',
    value: aws.principalArn,
    description: "Sluice's principal: the only one that may assume the role",
  }
  const account: Slot = { slot: true, name: 'PlatformAccountId', value: aws.accountId, description: "Sluice's AWS account" }
  const byAccount = aws.trust === 'account'
  const condition: { readonly [operator: string]: Node } = {
    ...(role.externalId === undefined ? {} : { StringEquals: { 'sts:ExternalId': text`${externalIdSlot(role.externalId)}` } }),
    ...(byAccount ? { ArnEquals: { 'aws:PrincipalArn': text`${principal}` } } : {}),
  }
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'LetSluiceAssumeThisRole',
        Effect: 'Allow',
        Principal: { AWS: byAccount ? text`arn:${partitionSlot(plan)}:iam::${account}:root` : text`${principal}` },
        Action: 'sts:AssumeRole',
        ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
      },
    ],
  }
}

function externalIdSlot(value: string): Slot {
  const { source: pattern } = OPTION_RULES.externalId.pattern
  return { slot: true, name: 'ExternalId', value, description: 'Bound to this connection of Sluice; never changes', pattern }
}
