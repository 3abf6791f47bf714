import type { CheckPlan, Connection, Location, Platform, Remedy } from '@sluice/core'
import { failed, passed } from '../../validation/outcomes.ts'
import { ourServiceAccount } from '../identity.ts'

/** Everything that can be seen to be wrong without asking anybody. */
export function configurationWellFormed(connection: Connection, locations: readonly Location[], platform: Platform): CheckPlan {
  return {
    name: 'configuration-well-formed',
    needs: [],
    run: () => {
      const problem = problemOf(connection, locations, platform)
      if (problem !== undefined) return Promise.resolve(failed(0, 'configuration.incomplete', problem.message, problem.remedy))
      return Promise.resolve(passed(0, locations.length === 0 ? 'No location and no stage yet: only the trust can be tried.' : undefined))
    },
  }
}

interface Problem {
  readonly message: string
  readonly remedy: Remedy
}

function problemOf(connection: Connection, locations: readonly Location[], platform: Platform): Problem | undefined {
  const verify = `sluice connection validate ${connection.name}`
  const outside = locations.find((location) => location.cloud !== connection.cloud)
  if (outside !== undefined)
    return {
      message: `A location is in ${outside.cloud}, the connection in ${connection.cloud}.`,
      remedy: { who: 'platform', where: 'the connection', summary: 'Make a connection for each cloud.', verify },
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
  return identityProblem(connection, platform, verify) ?? deleteProblem(connection, verify)
}

function identityProblem(connection: Connection, platform: Platform, verify: string): Problem | undefined {
  const { method, fields } = connection.auth
  const configure = (summary: string): Remedy => ({ who: 'platform', where: 'the configuration of this Sluice server', summary, verify })
  if (method === 'federation' && platform.issuer === undefined)
    return {
      message: 'This Sluice is no issuer of tokens, so no workload identity pool can trust it.',
      remedy: configure('Set SLUICE_ISSUER_URL (docs/config.md), or use another method for this connection.'),
    }
  if (method === 'grant' && ourServiceAccount(connection, platform) === undefined)
    return {
      message: 'This Sluice has no service account of its own in Google Cloud, so nothing can be granted to it.',
      remedy: configure('Set SLUICE_GCP_SERVICE_ACCOUNT (docs/config.md), or use another method for this connection.'),
    }
  if (method === 'federation' && fields['provider'] === undefined)
    return {
      message: 'The workload identity provider of the customer is not known yet.',
      remedy: {
        who: 'cloud-admin',
        where: 'the connection',
        summary:
          'Give the name of the provider, which the setup prints when it is applied; or the number of the project, if it was applied under the names that the setup suggests.',
        command: `sluice connection update ${connection.name} --provider projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`,
        verify,
      },
    }
  return undefined
}

/** Google has no role that deletes and does not also create: leases need one to be narrowed with. */
function deleteProblem({ access, auth, name }: Connection, verify: string): Problem | undefined {
  if (!access.includes('delete') || access.includes('write') || auth.fields['deleteRole'] !== undefined) return undefined
  return {
    message: 'The connection deletes and does not write, and the custom role that its leases are narrowed with is not known yet.',
    remedy: {
      who: 'cloud-admin',
      where: 'the connection',
      summary: 'Give the full name of the role that holds storage.objects.delete and nothing else; the setup makes it and prints its name.',
      command: `sluice connection update ${name} --delete-role projects/PROJECT/roles/ROLE`,
      verify,
    },
  }
}
