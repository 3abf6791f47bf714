import type { CheckPlan, Connection, Location, Platform, Remedy } from '@sluice/core'
import { failed, passed, skipped } from '../../validation/outcomes.ts'

/** Everything that can be seen to be wrong without asking anybody. */
export function configurationWellFormed(connection: Connection, locations: readonly Location[], platform: Platform): CheckPlan {
  return {
    name: 'configuration-well-formed',
    needs: [],
    run: () => {
      const problem = problemOf(connection, locations, platform)
      if (problem !== undefined) return Promise.resolve(failed(0, 'configuration.incomplete', problem.message, problem.remedy))
      if (locations.length === 0 && connection.auth.method === 'none')
        return Promise.resolve(skipped('The connection has no location and no stage yet: there is nothing to try.'))
      return Promise.resolve(passed(0, locations.length === 0 ? 'No location and no stage yet: only the trust can be tried.' : undefined))
    },
  }
}

function problemOf(
  connection: Connection,
  locations: readonly Location[],
  platform: Platform,
): { readonly message: string; readonly remedy: Remedy } | undefined {
  const verify = `sluice connection validate ${connection.name}`
  if (connection.auth.method === 'role' && platform.aws === undefined)
    return {
      message: 'This Sluice has no identity of its own in AWS, so no role can trust it.',
      remedy: {
        who: 'platform',
        where: 'the configuration of this Sluice server',
        summary: 'Give the server an AWS identity (docs/config.md), or use access keys for this connection.',
        verify,
      },
    }
  if (connection.auth.method === 'role' && connection.auth.fields['roleArn'] === undefined)
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
  if (connection.access.length === 0)
    return {
      message: 'The connection has no purpose, so there is nothing to prove.',
      remedy: {
        who: 'platform',
        where: 'the connection',
        summary: 'Say what it is for.',
        command: `sluice connection update ${connection.name} --purpose import`,
        verify,
      },
    }
  const outside = locations.find((location) => location.cloud !== connection.cloud)
  if (outside === undefined) return undefined
  return {
    message: `A location is in ${outside.cloud}, the connection in ${connection.cloud}.`,
    remedy: { who: 'platform', where: 'the connection', summary: 'Make a connection for each cloud.', verify },
  }
}
