import { describe, expect, it } from 'vitest'
import { ACCOUNT, CONTAINER } from './support/denials-azure-requests.ts'
import { type AzureWorld, startAzureWorld, textOf } from './support/denials-azure.ts'
import { type DenialScenario, testDenials } from './support/denials.ts'
import { AZURE_TENANT } from './support/installation.ts'

const OUTSIDE = ['azure.hns.acl', 'azure.hns.wrong_oid', 'azure.rbac.data_role', 'azure.rbac.deny'] as const

/** Who comes by the SAS: its object id, which access control lists are to name, and that of its application, which they are not. */
const users = new WeakMap<AzureWorld, { readonly objectId: string; readonly clientId: string }>()

const userOf = (world: AzureWorld) => users.get(world) ?? { objectId: '', clientId: '' }

/** The list of a path with an entry for somebody, and a mask that lets it count. */
function setAcl({ azure }: AzureWorld, path: string, id: string, permissions: string, mask = 'rwx'): void {
  const own = `user::rwx,user:${id}:${permissions},group::r-x,mask::${mask},other::---`
  // New files and folders have what their folder hands on.
  const handedOn =
    path === 'data' ? `,default:user::rwx,default:user:${id}:rwx,default:group::r-x,default:mask::rwx,default:other::---` : ''
  azure.setPathAccess(ACCOUNT, CONTAINER, path, { acl: own + handedOn })
}

/** Everything that listing, reading, writing and deleting in the folder takes, for one id. */
function giveAll(world: AzureWorld, id = userOf(world).objectId): void {
  setAcl(world, '', id, '--x')
  setAcl(world, 'data', id, 'rwx')
  setAcl(world, 'data/a.csv', id, 'r--')
}

/** An identity of the customer's own, whose SAS names a user that access control lists are asked about. */
async function enterAsUser(world: AzureWorld): Promise<void> {
  const { azure } = world
  const signer = azure.createApplication({ name: 'signer', tenantId: AZURE_TENANT })
  azure.assignRole({ principalId: signer.objectId, role: 'Storage Blob Data Contributor', scope: { account: ACCOUNT } })
  users.set(world, azure.createApplication({ name: 'user', tenantId: AZURE_TENANT }))
  giveAll(world)
  await world.enter({ sasToken: await world.delegationSas(signer.objectId, userOf(world).objectId) })
}

const giving = (path: string, permissions: string, mask?: string) => (world: AzureWorld) =>
  setAcl(world, path, userOf(world).objectId, permissions, mask)

const SCENARIOS: readonly DenialScenario<AzureWorld>[] = [
  { name: 'the root gives no execute', break: giving('', '---') },
  {
    name: 'the root has no entry for it',
    break: ({ azure }: AzureWorld) => azure.setPathAccess(ACCOUNT, CONTAINER, '', { acl: 'user::rwx,group::r-x,other::---' }),
  },
  { name: 'the folder may be passed and not listed', break: giving('data', '-wx') },
  { name: 'the folder may be listed and not changed', break: giving('data', 'r-x') },
  { name: 'the mask of the folder takes what its entry gives', break: giving('data', 'rwx', 'r-x') },
  { name: 'a file from before the folder had anything to hand on gives nothing', break: giving('data/a.csv', '---') },
].map((scenario) => ({
  ...scenario,
  cause: 'azure.hns.acl',
  group: OUTSIDE,
  arrange: enterAsUser,
  repair: (world: AzureWorld) => giveAll(world),
}))

const WRONG: DenialScenario<AzureWorld> = {
  name: 'the lists name its application',
  cause: 'azure.hns.wrong_oid',
  group: OUTSIDE,
  inside: 'group',
  arrange: enterAsUser,
  break: (world) => giveAll(world, userOf(world).clientId),
  repair: (world) => giveAll(world),
}

testDenials('a user that access control lists are asked about', () => startAzureWorld('sas', { hierarchical: true }), [...SCENARIOS, WRONG])

describe('the commands of a finding', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('repair it: %s', async (_, scenario) => {
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
