import { ACCOUNT, CONTAINER } from '../denials-azure-requests.ts'
import type { AzureWorld } from '../denials-azure.ts'
import type { DenialScenario } from '../denials.ts'
import { AZURE_TENANT } from '../installation.ts'

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
export function giveAll(world: AzureWorld, id = userOf(world).objectId): void {
  setAcl(world, '', id, '--x')
  setAcl(world, 'data', id, 'rwx')
  setAcl(world, 'data/a.csv', id, 'r--')
}

/** An identity of the customer's own, whose SAS names a user that access control lists are asked about. */
export async function enterAsUser(world: AzureWorld): Promise<void> {
  const { azure } = world
  const signer = azure.createApplication({ name: 'signer', tenantId: AZURE_TENANT })
  azure.assignRole({ principalId: signer.objectId, role: 'Storage Blob Data Contributor', scope: { account: ACCOUNT } })
  users.set(world, azure.createApplication({ name: 'user', tenantId: AZURE_TENANT }))
  giveAll(world)
  await world.enter({ sasToken: await world.delegationSas(signer.objectId, userOf(world).objectId) })
}

const giving = (path: string, permissions: string, mask?: string) => (world: AzureWorld) =>
  setAcl(world, path, userOf(world).objectId, permissions, mask)

export const ACCESS_LISTS: readonly DenialScenario<AzureWorld>[] = [
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

export const WRONG_ID: DenialScenario<AzureWorld> = {
  name: 'the lists name its application',
  cause: 'azure.hns.wrong_oid',
  group: OUTSIDE,
  inside: 'group',
  arrange: enterAsUser,
  break: (world) => giveAll(world, userOf(world).clientId),
  repair: (world) => giveAll(world),
}
