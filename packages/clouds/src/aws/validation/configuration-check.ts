import type { CheckPlan, Connection, Location, Platform } from '@sluice/core'
import { type ConfigurationProblem, configurationCheck } from '../../validation/configuration.ts'

/** Everything that can be seen to be wrong without asking anybody. */
export function configurationWellFormed(connection: Connection, locations: readonly Location[], platform: Platform): CheckPlan {
  return configurationCheck(connection, locations, () => problemOf(connection, platform))
}

function problemOf(connection: Connection, platform: Platform): ConfigurationProblem | undefined {
  const { method, fields } = connection.auth
  const verify = `sluice connection validate ${connection.name}`
  const atServer = { who: 'platform', where: 'the configuration of this Sluice server', verify } as const
  if (method === 'role' && platform.aws === undefined)
    return {
      message: 'This Sluice has no identity of its own in AWS, so no role can trust it.',
      remedy: { ...atServer, summary: 'Give the server an AWS identity (docs/config.md), or use another method for this connection.' },
    }
  if (method === 'oidc' && platform.issuer === undefined)
    return {
      message: 'This Sluice is no OpenID Connect issuer, so no role can trust its tokens.',
      remedy: {
        ...atServer,
        summary: 'Set SLUICE_ISSUER_URL to the address that the customers trust (docs/issuer.md), and start the server again.',
      },
    }
  if ((method !== 'role' && method !== 'oidc') || fields['roleArn'] !== undefined) return undefined
  return {
    message: 'The account of the customer is not known, so the role cannot be named.',
    remedy: {
      who: 'cloud-admin',
      where: 'the connection',
      summary: 'Give the 12-digit account id, or the role’s ARN if the role exists under another name.',
      command: `sluice connection update ${connection.name} --account-id ACCOUNT`,
      verify,
    },
  }
}
