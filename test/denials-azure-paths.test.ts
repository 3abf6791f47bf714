import { describe, expect, it } from 'vitest'
import { ACCOUNT, CONTAINER } from './support/denials-azure-requests.ts'
import { enterAsUser, giveAll, ACCESS_LISTS, WRONG_ID } from './support/azure-denials/paths.ts'
import { textOf } from './support/denials-azure-documents.ts'
import { type AzureWorld, startAzureWorld } from './support/denials-azure.ts'
import { testDenials } from './support/denials.ts'

testDenials('a user that access control lists are asked about', () => startAzureWorld('sas', { hierarchical: true }), [
  ...ACCESS_LISTS,
  WRONG_ID,
])

describe('the commands of a finding', () => {
  it.each(ACCESS_LISTS.map((scenario) => [scenario.name, scenario] as const))('repair it: %s', async (_, scenario) => {
    const world = await startAzureWorld('sas', { hierarchical: true })
    try {
      await enterAsUser(world)
      await scenario.break(world)
      const { findings } = await world.diagnose({ documents: world.documents(), observations: world.observations?.() ?? [] })
      run(world, findings[0]?.remedy.command ?? '')
      expect(await world.diagnose()).toMatchObject({ verdict: 'ok', findings: [] })
    } finally {
      await world.close()
    }
  })

  /** `az storage fs access set`, as far as it says which list a path is to have. */
  function run({ azure }: AzureWorld, commands: string): void {
    const lines = [...commands.matchAll(/access set --acl (\S+) --path (\S+) /g)]
    expect(lines.length).toBeGreaterThan(0)
    for (const [, acl = '', path = ''] of lines)
      azure.setPathAccess(ACCOUNT, CONTAINER, path === '/' ? '' : unquoted(path), { acl: unquoted(acl) })
  }

  const unquoted = (word: string) => word.replaceAll(/^'|'$/g, '')
})

testDenials('a federated identity in an account with directories', () => startAzureWorld('federation', { hierarchical: true }), [
  {
    name: 'it has entries in access control lists, of which none is asked about a SAS, and no role',
    cause: 'azure.rbac.data_role',
    group: ['azure.rbac.data_role', 'azure.rbac.deny'],
    break: (world) => {
      giveAll(world, world.identity?.objectId)
      world.changeRoles((all) => all.filter((one) => !textOf(one, 'scope').endsWith(CONTAINER)))
    },
  },
])
