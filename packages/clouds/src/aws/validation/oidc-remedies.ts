import { type Connection, connectionSubject, type Platform, type Remedy, type Setup } from '@sluice/core'
import { partitionOf, tokenAudience } from '../partition.ts'
import { issuerPath } from '../setup/oidc-provider.ts'

/** The remedies of the trust checks of a role that trusts our issuer. */
export interface OidcRemedies {
  /** Our issuer, as people know it. */
  readonly issuer: string
  /** By the reason of STS's error. */
  identity(reason: string): Remedy
  refused(reason: string): Remedy
  openToStrangers(): Remedy
  openToAudiences(): Remedy
}

/** `setup` is absent where none can be written, for example while the account is unknown: snippets are then left out. */
export function oidcRemedies(connection: Connection, platform: Platform, setup: Setup | undefined): OidcRemedies {
  const verify = `sluice connection validate ${connection.name}`
  const roleArn = connection.auth.fields['roleArn'] ?? 'the role'
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1)
  const accountId = roleArn.split(':')[4] ?? 'ACCOUNT'
  const partition = partitionOf(connection, platform)
  const issuer = platform.issuer?.url ?? 'our issuer'
  const path = issuerPath(issuer)
  const provider = `arn:${partition}:iam::${accountId}:oidc-provider/${path}`
  const audience = tokenAudience(partition)
  const subject = connectionSubject(connection)
  const policy = setup?.artifacts.find((artifact) => artifact.id === 'trust-policy')?.text
  const atRole = {
    who: 'cloud-admin' as const,
    where: `IAM console > Roles > ${roleName} > Trust relationships > Edit trust policy`,
    ...(policy === undefined ? {} : { snippet: policy }),
    command: `aws iam update-assume-role-policy --role-name ${roleName} --policy-document file://trust-policy.json`,
    verify,
  }
  const atProvider = { who: 'cloud-admin' as const, where: 'IAM console > Identity providers', verify }
  const formerPolicy = 'Put the former trust policy back; IAM keeps no history, so copy it first.'

  return {
    issuer,
    identity: (reason) => ({
      who: 'platform',
      where: reason === 'aws.oidc.expired' ? 'the clock of the machine that Sluice runs on' : 'the public address of this Sluice server',
      summary:
        reason === 'aws.oidc.expired'
          ? 'Set the clock, best by NTP: a token that was made a moment ago had ended for AWS.'
          : reason === 'issuer.not_configured'
            ? 'Set SLUICE_ISSUER_URL to the address that the customers trust, and start the server again.'
            : `Let AWS read ${issuer}/.well-known/openid-configuration and the keys it names from the internet, within five seconds and with a certificate that browsers accept: sluice server doctor shows what is there. If the keys were withdrawn a moment ago, AWS may need some minutes.`,
      command: 'sluice server doctor',
      verify,
    }),
    refused: (reason) => {
      if (reason === 'aws.oidc.no_provider')
        return {
          ...atProvider,
          summary: `Apply the setup in account ${accountId}, which makes the provider of ${issuer}; or add it by hand with that URL, letter by letter, and the audience ${audience}.`,
          command: `aws iam create-open-id-connect-provider --url ${issuer} --client-id-list ${audience}`,
          undo: `aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ${provider}`,
        }
      if (reason === 'aws.oidc.audience')
        return {
          ...atProvider,
          summary: `Add the audience ${audience} to the provider ${path}.`,
          command: `aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${provider} --client-id ${audience}`,
          undo: `aws iam remove-client-id-from-open-id-connect-provider --open-id-connect-provider-arn ${provider} --client-id ${audience}`,
        }
      return {
        ...atRole,
        summary:
          `Compare four things, letter by letter: that the role ${roleArn} exists, that its trust policy names the provider ${provider} as Federated, ` +
          `and that it compares ${path}:sub with ${subject} and ${path}:aud with ${audience}. Replacing the trust policy by the one below repairs the last three.`,
        risk: 'Whoever else may assume this role through the present trust policy no longer can, unless their statement is kept.',
        undo: formerPolicy,
      }
    },
    openToStrangers: () => ({
      ...atRole,
      summary: `Compare ${path}:sub with StringEquals and exactly ${subject}, in every statement that names the provider. StringLike with a wildcard, …IfExists and ForAllValues accept connections that nobody was given.`,
      risk: 'Other connections of this platform that use the same role no longer can: give each a role of its own.',
      undo: formerPolicy,
    }),
    openToAudiences: () => ({
      ...atRole,
      summary: `Compare ${path}:aud with StringEquals and exactly ${audience}, in every statement that names the provider, and take other audiences off the provider ${path}.`,
      risk: 'Whoever else comes with another audience no longer can.',
      undo: formerPolicy,
    }),
  }
}
