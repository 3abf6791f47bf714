import { SASProtocol } from '@azure/storage-blob'
import { CAUSES } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { ACCOUNT_DENIALS, BY_KEY, BY_SAS, firewalls } from './support/azure-denials/account.ts'
import { APPLICATION, FEDERATED, MACHINE } from './support/azure-denials/identity.ts'
import { ACCESS_LISTS, WRONG_ID } from './support/azure-denials/paths.ts'
import { SAS_DENIALS } from './support/azure-denials/sas.ts'
import type { AzureMethod } from './support/denials-azure-setup.ts'
import { type AzureWorld, startAzureWorld } from './support/denials-azure.ts'

const TABLES = [ACCOUNT_DENIALS, firewalls(), BY_KEY, BY_SAS, FEDERATED, APPLICATION, MACHINE, ACCESS_LISTS, [WRONG_ID], SAS_DENIALS]

/** What works and should not: nothing is refused that could be repaired. Each is tried below. */
const NOTICES: readonly (readonly [cause: string, method: AzureMethod, open: (world: AzureWorld) => Promise<void>])[] = [
  ['azure.sas.broad', 'sas', (world) => world.enter({ sasToken: world.accountSas({ services: 'bq' }) })],
  ['azure.sas.http', 'sas', (world) => world.enter({ sasToken: world.containerSas({ protocol: SASProtocol.HttpsAndHttp }) })],
  ['azure.sas.long', 'sas', (world) => world.enter({ sasToken: world.containerSas({ expiresOn: new Date(Date.UTC(2036, 0, 1)) }) })],
  ['azure.key.whole_account', 'account-key', () => Promise.resolve()],
  ['azure.shared_identity', 'managed-identity', () => Promise.resolve()],
]

it('every cause of Azure is provoked', () => {
  const provoked = new Set([...TABLES.flat().map(({ cause }) => cause), ...NOTICES.map(([cause]) => cause)])
  expect(CAUSES.filter(({ cloud, code }) => cloud === 'azure' && !provoked.has(code)).map(({ code }) => code)).toEqual([])
})

describe('what works and should not', () => {
  it.each(NOTICES)('%s is told', async (cause, method, open) => {
    const world = await startAzureWorld(method)
    try {
      await open(world)
      const told = await world.diagnose({ documents: world.documents() })
      expect(told).toMatchObject({ verdict: 'ok', findings: [], security: [{ cause, certainty: 'proved' }] })
    } finally {
      await world.close()
    }
  })

  it.each(['sas', 'federation'] as const)('is told of nothing where %s is as the setup makes it', async (method) => {
    const world = await startAzureWorld(method)
    try {
      expect(await world.diagnose({ documents: world.documents() })).toMatchObject({ verdict: 'ok', findings: [], security: [] })
    } finally {
      await world.close()
    }
  })
})
