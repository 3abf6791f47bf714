import type { JsonObject } from '@sluice/core'
import { type AzureWorld, CONTAINER, startAzureWorld } from './support/denials-azure.ts'
import { type DenialScenario, testDenials } from './support/denials.ts'

const ROLES = ['azure.rbac.data_role', 'azure.rbac.deny'] as const

const isData = ({ scope }: JsonObject) => String(scope).endsWith(`/containers/${CONTAINER}`)
/** Changes the assignments on the container, and leaves the one on the account by which keys are asked for. */
const onData = (change: (assignment: JsonObject) => JsonObject | undefined) => (world: AzureWorld) =>
  world.changeRoles((all) => all.map((one) => (isData(one) ? change(one) : one)).filter((one) => one !== undefined))
const withoutData = onData(() => undefined)
const rewritten = (change: JsonObject) => onData(({ name: _, ...assignment }) => ({ ...assignment, ...change }))

const role = (name: string) => rewritten({ roleDefinitionId: name, roleDefinitionName: name })

/** Denies the connection's identity, or everybody, what a deployment stack may deny. */
const denial = (principalIds: (world: AzureWorld) => readonly string[], dataActions: readonly string[]) => (world: AzureWorld) => {
  const permissions = [{ actions: [], notActions: [], dataActions, notDataActions: [] }]
  const { id } = world.azure.storageAccount('lakedata')
  world.azure.putDenyAssignment('stack', {
    principalIds: principalIds(world),
    excludedPrincipalIds: [],
    scope: String(id),
    permissions,
  })
}
const withoutDenial = ({ azure }: AzureWorld) => azure.deleteDenyAssignment('stack')

const ALL_ROLES: readonly DenialScenario<AzureWorld>[] = [
  { name: 'no role on the container is left', cause: 'azure.rbac.data_role', group: ROLES, break: withoutData },
  {
    name: 'the role is one of the control plane',
    cause: 'azure.rbac.data_role',
    group: ROLES,
    break: role('Contributor'),
  },
  { name: 'the role reads, and does not write', cause: 'azure.rbac.data_role', group: ROLES, break: role('Storage Blob Data Reader') },
  {
    name: 'the role is on another container',
    cause: 'azure.rbac.data_role',
    group: ROLES,
    break: onData(({ name: _, ...assignment }) => ({ ...assignment, scope: String(assignment['scope']).replace(/landing$/, 'payroll') })),
  },
  {
    name: 'the role is of somebody else',
    cause: 'azure.rbac.data_role',
    group: ROLES,
    break: rewritten({ principalId: '77777777-7777-4777-8777-777777777777' }),
  },
  {
    name: 'the condition of the role is for another folder',
    cause: 'azure.rbac.data_role',
    group: ROLES,
    break: onData(({ name: _, ...one }) => ({ ...one, condition: String(one['condition']).replaceAll("'data/", "'date/") })),
  },
  {
    name: 'a deny assignment keeps the identity from reading',
    cause: 'azure.rbac.deny',
    group: ROLES,
    break: denial(({ identity }) => [identity?.objectId ?? ''], ['*/blobs/read']),
    repair: withoutDenial,
  },
  {
    name: 'a deny assignment keeps everybody from writing',
    cause: 'azure.rbac.deny',
    group: ROLES,
    break: denial(() => ['00000000-0000-0000-0000-000000000000'], ['*/blobs/write']),
    repair: withoutDenial,
  },
]

const FEDERATED: readonly DenialScenario<AzureWorld>[] = [
  ...ALL_ROLES,
  {
    name: 'no role lets it ask for the key that signs its SAS',
    cause: 'azure.rbac.data_role',
    group: ROLES,
    break: (world) => world.changeRoles((all) => all.filter(isData)),
  },
]

testDenials('a federated identity', () => startAzureWorld('federation'), FEDERATED)
testDenials('the managed identity of the platform', () => startAzureWorld('managed-identity'), ALL_ROLES)
