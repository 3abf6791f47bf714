import { type Connection, connectionSubject, type Platform, type Remedy, type Setup } from '@sluice/core'
import { AUDIENCE } from '../oidc.ts'

/** A refusal for want of a provider, which no reason of its own stands for. */
export const NO_PROVIDER = 'no-provider'

/** The remedies of the trust checks of a role that trusts our issuer. */
export interface OidcRemedies {
  /** Our issuer, as people know it. */
  readonly issuer: string
  /** By the reason of STS's error. */
  readonly identity: (reason: string) => Remedy
  readonly refused: (why: string) => Remedy
  readonly openToStrangers: () => Remedy
  readonly openToAudiences: () => Remedy
}

/** `setup` is absent where none can be written, for example while the account is unknown: snippets are then left out. */
export function oidcRemedies(connection: Connection, platform: Platform, setup: Setup | undefined): OidcRemedies {
  const verify = `sluice connection validate ${connection.name}`
  const { roleArn = 'the role', oidcProviderArn = 'the identity provider' } = connection.auth.fields
  const roleName = lastPart(roleArn)
  const provider = lastPart(oidcProviderArn)
  const issuer = platform.issuer?.url ?? 'our issuer'
  const subject = connectionSubject(connection)
  const policy = setup?.artifacts.find((artifact) => artifact.id === 'trust-policy')?.text
  const atRole = {
    who: 'cloud-admin' as const,
    where: `RAM console > Identities > Roles > ${roleName} > Trust Policy > Edit Trust Policy`,
    ...(policy === undefined ? {} : { snippet: policy }),
    command: `aliyun ram UpdateRole --RoleName ${roleName} --NewAssumeRolePolicyDocument "$(cat trust-policy.json)"`,
    verify,
  }
  const atProvider = { who: 'cloud-admin' as const, where: `RAM console > Integrations > SSO > OIDC > ${provider}`, verify }
  const formerPolicy = 'Put the former trust policy back; RAM keeps no history, so copy it first.'
  const bySetup = `sluice connection setup ${connection.name}`

  const refused: { readonly [why: string]: Remedy } = {
    [NO_PROVIDER]: {
      ...atProvider,
      where: 'RAM console > Integrations > SSO > OIDC',
      summary: `Apply the setup (${bySetup}), which makes the provider ${provider} of ${issuer}. If the account has one for this issuer under another name, give its ARN.`,
      command: `sluice connection update ${connection.name} --oidc-provider-arn ARN`,
    },
    'aliyun.role.missing': {
      who: 'cloud-admin',
      where: 'RAM console > Identities > Roles',
      summary: `Apply the setup (${bySetup}): it creates the role ${roleName}. If the role has another name, give its ARN.`,
      command: `sluice connection update ${connection.name} --role-arn ARN`,
      verify,
    },
    'aliyun.oidc.audience': {
      ...atProvider,
      summary: `Add the client id ${AUDIENCE} to the provider ${provider}.`,
      command: `aliyun ims AddClientIdToOIDCProvider --OIDCProviderName ${provider} --ClientId ${AUDIENCE}`,
      risk: 'Roles that trust this provider and compare no oidc:aud then take tokens for that client id too.',
      undo: `aliyun ims RemoveClientIdFromOIDCProvider --OIDCProviderName ${provider} --ClientId ${AUDIENCE}`,
    },
    'aliyun.oidc.issuer': {
      ...atProvider,
      summary: `Name the provider whose issuer URL is ${issuer}, letter by letter; the URL of a provider cannot be changed. If there is none, apply the setup (${bySetup}).`,
      command: 'aliyun ims ListOIDCProviders',
    },
    'aliyun.oidc.fingerprint': {
      ...atProvider,
      summary: `Get the fingerprint of the certificate authority behind ${issuer} anew, and add it; setup.sh does so by itself. Remove the old one once this passes.`,
      command: `aliyun ims AddFingerprintToOIDCProvider --OIDCProviderName ${provider} --Fingerprint FINGERPRINT`,
      risk: 'Compare it with what the operator of Sluice sees: a fingerprint of somebody else lets their tokens in.',
      undo: `aliyun ims RemoveFingerprintFromOIDCProvider --OIDCProviderName ${provider} --Fingerprint FINGERPRINT`,
    },
  }

  return {
    issuer,
    identity: (reason) => ({
      who: 'platform',
      where: reason === 'aliyun.oidc.expired' ? 'the clock of the machine that Sluice runs on' : 'the public address of this Sluice server',
      summary:
        reason === 'aliyun.oidc.expired'
          ? 'Set the clock, best by NTP: a token that was made a moment ago had ended for Alibaba Cloud.'
          : reason === 'issuer.not_configured'
            ? 'Set SLUICE_ISSUER_URL to the address that the customers trust, and start the server again.'
            : `Let Alibaba Cloud read ${issuer}/.well-known/openid-configuration and the keys it names from the internet, with a certificate that browsers accept: sluice server doctor shows what is there.`,
      command: 'sluice server doctor',
      verify,
    }),
    refused: (why) =>
      refused[why] ?? {
        ...atRole,
        summary:
          `Compare four things, letter by letter: that the trust policy of ${roleArn} names the provider ${oidcProviderArn} as Federated, ` +
          `that oidc:iss is ${issuer}, that oidc:aud is ${AUDIENCE}, and that oidc:sub is ${subject}. Replacing the trust policy by the one below repairs all four.`,
        risk: 'Whoever else may assume this role through the present trust policy no longer can, unless their statement is kept.',
        undo: formerPolicy,
      },
    openToStrangers: () => ({
      ...atRole,
      summary: `Compare oidc:sub with StringEquals and exactly ${subject}, in every statement that names the provider. StringLike with a wildcard lets in other connections, also those of other projects.`,
      risk: 'Other connections of this platform that use the same role no longer can: give each a role of its own.',
      undo: formerPolicy,
    }),
    openToAudiences: () => ({
      ...atRole,
      summary: `Compare oidc:aud with StringEquals and exactly ${AUDIENCE}, in every statement that names the provider, and take other client ids off the provider ${provider}.`,
      risk: 'Whoever else comes with a token for one of those client ids no longer can.',
      undo: formerPolicy,
    }),
  }
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}
