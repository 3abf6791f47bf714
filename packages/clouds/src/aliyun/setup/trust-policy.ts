import { type Node, type Slot, type Text, text } from '../../setup/text.ts'
import type { Trusted } from './holder.ts'
import { OPTION_RULES } from './option-rules.ts'
import type { SetupPlan } from './plan.ts'

/**
 * Who may assume the role: our own identity, and only with the external id; or who brings a token that our issuer made for this one
 * connection. The action is sts:AssumeRole in both. https://help.aliyun.com/en/ram/user-guide/edit-the-trust-policy-of-a-ram-role
 */
export function trustPolicy(plan: SetupPlan, trusted: Trusted): { readonly [key: string]: Node } {
  return {
    Version: '1',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        ...(trusted.kind === 'principal' ? principalTrust(trusted) : issuerTrust(plan, trusted)),
      },
    ],
  }
}

function principalTrust({ platform, externalId }: Extract<Trusted, { readonly kind: 'principal' }>): { readonly [key: string]: Node } {
  const principal: Slot = {
    slot: true,
    name: 'PlatformPrincipalArn',
    value: platform.principalArn,
    description: "Sluice's identity: the only one that may assume the role",
  }
  return {
    Principal: { RAM: [text`${principal}`] },
    ...(externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': text`${externalIdSlot(externalId)}` } } }),
  }
}

function externalIdSlot(value: string): Slot {
  const { source: pattern } = OPTION_RULES.externalId.pattern
  return { slot: true, name: 'ExternalId', value, description: 'Bound to this connection of Sluice; never changes', pattern }
}

function issuerTrust(plan: SetupPlan, trusted: Extract<Trusted, { readonly kind: 'issuer' }>): { readonly [key: string]: Node } {
  const { issuerUrl, audience, subject } = issuerSlots(trusted)
  return {
    Principal: { Federated: [providerName(plan, trusted)] },
    Condition: {
      StringEquals: { 'oidc:iss': text`${issuerUrl}`, 'oidc:aud': text`${audience}`, 'oidc:sub': text`${subject}` },
    },
  }
}

/** The description of the identity provider, by which our scripts know one that they have made. */
export const PROVIDER_DESCRIPTION = 'Sluice as issuer of tokens, for all its connections in this account'

/** The values of a trust in our issuer. */
export function issuerSlots(trusted: Extract<Trusted, { readonly kind: 'issuer' }>): {
  readonly provider: Slot
  readonly issuerUrl: Slot
  readonly audience: Slot
  readonly subject: Slot
} {
  const slot = (name: string, value: string, description: string): Slot => ({ slot: true, name, value, description })
  return {
    provider: slot('OidcProviderName', trusted.providerName, 'Identity provider that stands for the issuer'),
    issuerUrl: slot('IssuerUrl', trusted.issuerUrl, "Sluice's issuer"),
    audience: slot('Audience', trusted.audience, 'Client id that the tokens are for'),
    subject: slot('Subject', trusted.subject, 'Who the tokens speak for: this one connection of Sluice'),
  }
}

/** The provider's ARN, in the account where the setup is applied. */
function providerName(plan: SetupPlan, trusted: Extract<Trusted, { readonly kind: 'issuer' }>): Text {
  return text`acs:ram::${accountSlot(plan)}:oidc-provider/${issuerSlots(trusted).provider}`
}

/** Stands for the customer's account in documents for people, while nobody has named it. */
export const UNKNOWN_ACCOUNT = 'ACCOUNT_ID'

/** The account the setup is applied in, which ROS and Terraform know by themselves. */
function accountSlot(plan: SetupPlan): Slot {
  return {
    slot: true,
    name: 'AccountId',
    value: plan.accountId ?? UNKNOWN_ACCOUNT,
    description: 'Account that the setup is applied in',
    pseudo: { template: 'ALIYUN::TenantId', terraform: 'data.alicloud_account.current.id' },
  }
}
