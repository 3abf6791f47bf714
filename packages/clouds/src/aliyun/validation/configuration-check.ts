import type { CheckPlan, Connection, Location, Platform } from '@sluice/core'
import { type ConfigurationProblem, configurationCheck } from '../../validation/configuration.ts'
import { isLiteral } from '../policy-text.ts'

/** Everything that can be seen to be wrong without asking anybody. */
export function configurationWellFormed(connection: Connection, locations: readonly Location[], platform: Platform): CheckPlan {
  return configurationCheck(connection, locations, () => problemOf(connection, locations, platform))
}

function problemOf(connection: Connection, locations: readonly Location[], platform: Platform): ConfigurationProblem | undefined {
  const { method, fields } = connection.auth
  if (method === 'keys') return undefined
  const verify = `sluice connection validate ${connection.name}`
  const operator = { who: 'platform', where: 'the configuration of this Sluice server', verify } as const
  if (method === 'role' && platform.aliyun === undefined)
    return {
      message: 'This Sluice has no identity of its own in Alibaba Cloud, so no role can trust it.',
      remedy: { ...operator, summary: 'Give the server an identity (docs/config.md), or use the method oidc or keys for this connection.' },
    }
  if (method === 'oidc' && platform.issuer === undefined)
    return {
      message: 'This Sluice is no OpenID Connect issuer, so no role can trust its tokens.',
      remedy: {
        ...operator,
        summary: 'Give the server an issuer URL (docs/issuer.md), or use the method role or keys for this connection.',
      },
    }
  if (fields['roleArn'] === undefined || (method === 'oidc' && fields['oidcProviderArn'] === undefined))
    return {
      message: 'The account of the customer is not known, so the role cannot be named.',
      remedy: {
        who: 'cloud-admin',
        where: 'the connection',
        summary: 'Give the id of the Alibaba Cloud account, or the role’s ARN if the role exists under another name.',
        command: `sluice connection update ${connection.name} --account-id ACCOUNT`,
        verify,
      },
    }
  const wild = locations.find(({ prefix }) => !isLiteral(prefix))
  if (wild === undefined) return undefined
  return {
    message: `The location ${wild.bucket}/${wild.prefix} has characters that RAM policies read as wildcards, so no lease can be narrowed to it.`,
    remedy: {
      who: 'data-owner',
      where: 'the connection’s location',
      summary: 'Use the folder above it, or move the objects under a path without *, ? and ${.',
      verify,
    },
  }
}
