import { accessError, connectionSubject, type Connection, type Platform } from '@sluice/core'
import { type Slot, type Text, text } from '../../setup/text.ts'
import { tokenAudience } from '../partition.ts'
import { checkOption } from './option-rules.ts'
import type { Partition } from './partition.ts'

/** What the customer's account is to know of our issuer, and whom of ours the role trusts. */
export interface IssuerTrust {
  readonly kind: 'issuer'
  readonly url: string
  /** The URL as AWS names it in ARNs and condition keys: without its scheme. */
  readonly path: string
  readonly audience: string
  readonly subject: string
  readonly providerArn: string
}

/** The tag by which our scripts know the provider that they made. It is every connection's, so the tag names none. */
export const ISSUER_TAG = 'sluice:issuer'

export function issuerPath(url: string): string {
  return url.replace(/^https?:\/\//, '')
}

export function issuerTrust(
  connection: Connection,
  { issuer }: Platform,
  partition: Partition,
  accountId: string | undefined,
): IssuerTrust {
  if (issuer === undefined)
    throw accessError('issuer.not_configured', { message: 'This Sluice is no OpenID Connect issuer, so no role can trust its tokens.' })
  if (accountId === undefined)
    throw accessError('setup.no_account', {
      message: `The trust policy names a provider of the customer's account, and connection ${connection.name} does not say which that is.`,
    })
  const url = checkOption('issuerUrl', issuer.url, 'the issuer')
  const path = issuerPath(url)
  return {
    kind: 'issuer',
    url,
    path,
    audience: tokenAudience(partition),
    subject: connectionSubject(connection),
    providerArn: `arn:${partition}:iam::${accountId}:oidc-provider/${path}`,
  }
}

/** The provider's ARN in the account that a template is applied in. */
export function providerArnText(trust: IssuerTrust, partition: Slot): Text {
  const account: Slot = {
    slot: true,
    name: 'Account',
    value: trust.providerArn.split(':')[4] ?? '',
    description: 'The account the setup is applied in',
    pseudo: { template: 'AWS::AccountId', terraform: 'data.aws_caller_identity.current.account_id' },
  }
  return text`arn:${partition}:iam::${account}:oidc-provider/${trust.path}`
}

/** What a template may have as parameters. The URL is none: it stands in the names of the conditions too. */
export function providerSlots(trust: IssuerTrust): { readonly audience: Slot; readonly subject: Slot } {
  return {
    audience: { slot: true, name: 'TokenAudience', value: trust.audience, description: "Audience of Sluice's tokens" },
    subject: {
      slot: true,
      name: 'TokenSubject',
      value: trust.subject,
      description: 'Subject of the tokens of this connection of Sluice; never changes',
    },
  }
}
