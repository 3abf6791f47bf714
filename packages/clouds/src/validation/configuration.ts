import type { CheckPlan, Connection, Location, Remedy } from '@sluice/core'
import { failed, passed, skipped } from './outcomes.ts'

/** Something that can be seen to be wrong without asking anybody. */
export interface ConfigurationProblem {
  readonly message: string
  readonly remedy: Remedy
}

/** Everything that can be seen to be wrong without asking anybody: what is the cloud's own first, then what is wrong in any cloud. */
export function configurationCheck(
  connection: Connection,
  locations: readonly Location[],
  own: () => ConfigurationProblem | undefined,
): CheckPlan {
  return {
    name: 'configuration-well-formed',
    needs: [],
    run: () => {
      const problem = own() ?? commonProblem(connection, locations)
      if (problem !== undefined) return Promise.resolve(failed(0, 'configuration.incomplete', problem.message, problem.remedy))
      if (locations.length === 0 && connection.auth.method === 'none')
        return Promise.resolve(skipped('The connection has no location and no stage yet: there is nothing to try.'))
      return Promise.resolve(passed(0, locations.length === 0 ? 'No location and no stage yet: only the trust can be tried.' : undefined))
    },
  }
}

function commonProblem(connection: Connection, locations: readonly Location[]): ConfigurationProblem | undefined {
  const verify = `sluice connection validate ${connection.name}`
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
