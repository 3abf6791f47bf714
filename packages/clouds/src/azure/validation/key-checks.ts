import type { CheckPlan, Connection, Location } from '@sluice/core'
import { failed } from '../../validation/outcomes.ts'
import { sasRemedies } from './sas-remedies.ts'

/** What is true of every account key: nothing limits it, and it has no end. */
export function breadth(connection: Connection, locations: readonly Location[]): readonly CheckPlan[] {
  const { narrow, renew } = sasRemedies(connection, locations)
  return [
    {
      name: 'credential-no-broader-than-asked',
      needs: ['configuration-well-formed'],
      run: () =>
        Promise.resolve(
          failed(0, 'grant.broader', 'An account key reaches everything in the storage account, and may do everything with it.', narrow()),
        ),
    },
    {
      name: 'credential-ends-within-a-year',
      needs: ['configuration-well-formed'],
      run: () =>
        Promise.resolve(
          failed(0, 'azure.key.endless', 'An account key has no end: it holds until somebody rotates it.', renew('A SAS ends by itself.')),
        ),
    },
  ]
}
