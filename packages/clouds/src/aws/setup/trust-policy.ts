import { type Node, type Slot, text } from '../../setup/text.ts'
import type { PrincipalTrust } from './holder.ts'
import { type IssuerTrust, providerArnText, providerSlots } from './oidc-provider.ts'
import { OPTION_RULES } from './option-rules.ts'
import { partitionSlot } from './permission-policy.ts'
import type { SetupPlan } from './plan.ts'

/** Who may assume the role: us, and nobody else. `provider` is how a document refers to the identity provider otherwise than by its ARN. */
export function trustPolicy(plan: SetupPlan, trusts: PrincipalTrust | IssuerTrust, provider?: Node): { readonly [key: string]: Node } {
  const statement = trusts.kind === 'issuer' ? issuerStatement(plan, trusts, provider) : principalStatement(plan, trusts)
  return { Version: '2012-10-17', Statement: [{ Sid: 'LetSluiceAssumeThisRole', Effect: 'Allow', ...statement }] }
}

/**
 * Whoever comes with a token that our issuer signed for AWS about this one connection. IAM knows the claims by the issuer's URL,
 * which no template can make a parameter of: it stands in the keys of the condition.
 */
function issuerStatement(
  plan: SetupPlan,
  trusts: IssuerTrust,
  provider: Node = providerArnText(trusts, partitionSlot(plan)),
): { readonly [key: string]: Node } {
  const { audience, subject } = providerSlots(trusts)
  return {
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${trusts.path}:aud`]: text`${audience}`, [`${trusts.path}:sub`]: text`${subject}` } },
  }
}

/**
 * Our own identity, and only with the external id. With `account` trust the principal is our account's root narrowed to our
 * principal by a condition; IAM would replace a principal named directly by its internal id, and trust would end when it is made anew.
 */
function principalStatement(plan: SetupPlan, { aws, externalId }: PrincipalTrust): { readonly [key: string]: Node } {
  const principal: Slot = {
    slot: true,
    name: 'PlatformPrincipalArn',
    value: aws.principalArn,
    description: "Sluice's principal: the only one that may assume the role",
  }
  const account: Slot = { slot: true, name: 'PlatformAccountId', value: aws.accountId, description: "Sluice's AWS account" }
  const byAccount = aws.trust === 'account'
  const condition: { readonly [operator: string]: Node } = {
    ...(externalId === undefined ? {} : { StringEquals: { 'sts:ExternalId': text`${externalIdSlot(externalId)}` } }),
    ...(byAccount ? { ArnEquals: { 'aws:PrincipalArn': text`${principal}` } } : {}),
  }
  return {
    Principal: { AWS: byAccount ? text`arn:${partitionSlot(plan)}:iam::${account}:root` : text`${principal}` },
    Action: 'sts:AssumeRole',
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  }
}

function externalIdSlot(value: string): Slot {
  const { source: pattern } = OPTION_RULES.externalId.pattern
  return { slot: true, name: 'ExternalId', value, description: 'Bound to this connection of Sluice; never changes', pattern }
}
