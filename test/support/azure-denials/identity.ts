import { connectionSubject, type JsonObject } from '@sluice/core'
import { ACCOUNT, CONTAINER } from '../denials-azure-requests.ts'
import { textOf } from '../denials-azure-documents.ts'
import type { AzureWorld } from '../denials-azure.ts'
import type { DenialScenario } from '../denials.ts'
import { AZURE_TENANT, ISSUER } from '../installation.ts'

const ROLES = ['azure.rbac.data_role', 'azure.rbac.deny'] as const

const isData = (one: JsonObject) => textOf(one, 'scope').endsWith(`/containers/${CONTAINER}`)
/** Changes the assignments on the container, and leaves the one on the account by which keys are asked for. */
const onData = (change: (assignment: JsonObject) => JsonObject | undefined) => (world: AzureWorld) =>
  world.changeRoles((all) => all.map((one) => (isData(one) ? change(one) : one)).filter((one) => one !== undefined))
const withoutData = onData(() => undefined)
const rewritten = (change: JsonObject) => onData(({ name: _, ...assignment }) => ({ ...assignment, ...change }))

const role = (name: string) => rewritten({ roleDefinitionId: name, roleDefinitionName: name })

/** Denies the connection's identity, or everybody, what a deployment stack may deny. */
const denial = (principalIds: (world: AzureWorld) => readonly string[], dataActions: readonly string[]) => (world: AzureWorld) => {
  const permissions = [{ actions: [], notActions: [], dataActions, notDataActions: [] }]
  world.azure.putDenyAssignment('stack', {
    principalIds: principalIds(world),
    excludedPrincipalIds: [],
    scope: textOf(world.azure.storageAccount(ACCOUNT), 'id'),
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
    break: onData(({ name: _, ...assignment }) => ({ ...assignment, scope: textOf(assignment, 'scope').replace(/landing$/, 'payroll') })),
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
    break: onData(({ name: _, ...one }) => ({ ...one, condition: textOf(one, 'condition').replaceAll("'data/", "'date/") })),
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

const OTHER_TENANT = '99999999-9999-4999-8999-999999999999'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** The federated credential as the setup made it, with this of it changed. */
async function trust(world: AzureWorld, change: { readonly [part: string]: string | readonly string[] } = {}): Promise<void> {
  const { azure, identity, installation } = world
  const { auth: _, ...connection } = await installation.connections.get(installation.caller, 'acme')
  const clientId = identity?.clientId ?? ''
  const [made] = azure.federatedCredentials(clientId)
  const healthy = { issuer: ISSUER, subject: connectionSubject(connection), audiences: ['api://AzureADTokenExchange'] }
  azure.putFederatedCredential(clientId, { name: made?.name ?? 'sluice', ...healthy, ...change })
}
const trusting = (change: { readonly [part: string]: string | readonly string[] }) => (world: AzureWorld) => trust(world, change)
const trustAgain = (world: AzureWorld) => trust(world)

const skewed = (ms: number) => (world: AzureWorld) => world.skewBy(ms)

export const FEDERATED: readonly DenialScenario<AzureWorld>[] = [
  ...ALL_ROLES,
  {
    name: 'no role lets it ask for the key that signs its SAS',
    cause: 'azure.rbac.data_role',
    group: ROLES,
    break: (world) => world.changeRoles((all) => all.filter(isData)),
  },
  {
    name: 'its credential is for another issuer',
    cause: 'azure.federation',
    inside: 'strong',
    break: trusting({ issuer: 'https://sluice.example.org' }),
    repair: trustAgain,
  },
  {
    name: 'its credential is for another subject',
    cause: 'azure.federation',
    inside: 'strong',
    break: trusting({ subject: 'org:project:another' }),
    repair: trustAgain,
  },
  {
    name: 'its credential is for another audience',
    cause: 'azure.federation',
    inside: 'strong',
    break: trusting({ audiences: ['https://storage.azure.com'] }),
    repair: trustAgain,
  },
  {
    name: 'it has no federated credential',
    cause: 'azure.federation',
    inside: 'strong',
    break: ({ azure, identity }) => {
      const clientId = identity?.clientId ?? ''
      for (const { name } of azure.federatedCredentials(clientId)) azure.deleteFederatedCredential(clientId, name)
    },
    repair: trustAgain,
  },
  {
    name: 'Entra does not find the key that signed our token',
    cause: 'azure.issuer',
    inside: 'strong',
    break: ({ installation }) => installation.lab.trustIssuer(ISSUER, { keys: [] }),
    repair: async ({ installation }) => installation.lab.trustIssuer(ISSUER, { keys: [...(await installation.issuer.keys()).keys] }),
  },
  {
    name: 'our clock is an hour behind',
    cause: 'azure.clock',
    inside: 'strong',
    break: skewed(HOUR),
    repair: skewed(0),
  },
  {
    name: 'the connection names a tenant that there is not',
    cause: 'azure.tenant',
    inside: 'strong',
    break: (world) => world.enter({ tenantId: OTHER_TENANT }),
    repair: (world) => world.enter({ tenantId: AZURE_TENANT }),
  },
  {
    name: 'the connection names an application that there is not',
    cause: 'azure.app',
    inside: 'strong',
    break: (world) => world.enter({ clientId: '77777777-7777-4777-8777-777777777777' }),
    repair: (world) => world.enter({ clientId: world.identity?.clientId ?? '' }),
  },
]

/** What a program of ours tries with a token of the connection's identity that has this of it changed. */
const tokens = new WeakMap<AzureWorld, Parameters<AzureWorld['token']>[0]>()
const usingTokens = (change: Parameters<AzureWorld['token']>[0]) => ({
  break: (world: AzureWorld) => void tokens.set(world, change),
  repair: (world: AzureWorld) => void tokens.delete(world),
  tries: (world: AzureWorld) => world.tryWith({ bearer: world.token(tokens.get(world)) }),
})

const secrets = new WeakMap<AzureWorld, string>()
const usingSecrets = {
  arrange: (world: AzureWorld) => {
    const end = world.installation.clock.now() + HOUR
    secrets.set(world, world.azure.addSecret(world.identity?.clientId ?? '', end))
  },
  tries: (world: AzureWorld) => world.trySecret(world.identity?.clientId ?? '', secrets.get(world) ?? ''),
  repair: (world: AzureWorld) => {
    const end = world.installation.clock.now() + 100 * HOUR
    secrets.set(world, world.azure.addSecret(world.identity?.clientId ?? '', end))
  },
}

const configured =
  (change: { readonly disabled?: boolean; readonly blocked?: boolean }) =>
  ({ azure, identity }: AzureWorld) =>
    azure.configureApplication(identity?.clientId ?? '', change)

export const APPLICATION: readonly DenialScenario<AzureWorld>[] = [
  {
    name: 'it is disabled',
    cause: 'azure.app',
    inside: 'strong',
    break: configured({ disabled: true }),
    repair: configured({ disabled: false }),
  },
  {
    name: 'it has no service principal in the tenant of the connection',
    cause: 'azure.app',
    inside: 'strong',
    arrange: ({ azure }) => azure.createTenant(OTHER_TENANT),
    break: (world) => world.enter({ tenantId: OTHER_TENANT }),
    repair: (world) => world.enter({ tenantId: AZURE_TENANT }),
  },
  {
    name: 'it comes with a token of another tenant, which knows it too',
    cause: 'azure.tenant',
    inside: 'strong',
    arrange: ({ azure, identity }) => void azure.consent(identity?.clientId ?? '', OTHER_TENANT),
    break: (world) => world.enter({ tenantId: OTHER_TENANT }),
    repair: (world) => world.enter({ tenantId: AZURE_TENANT }),
  },
  {
    name: 'a policy of Conditional Access blocks it',
    cause: 'azure.conditional_access',
    inside: 'strong',
    break: configured({ blocked: true }),
    repair: configured({ blocked: false }),
  },
  {
    name: 'its secret, by which another program comes, has ended',
    cause: 'azure.secret',
    inside: 'strong',
    ...usingSecrets,
    break: (world) => world.installation.clock.advance(HOUR),
  },
  {
    name: 'another program comes with what is no secret of it',
    cause: 'azure.secret',
    inside: 'strong',
    ...usingSecrets,
    break: (world) => void secrets.set(world, 'the-id-of-the-secret'),
  },
  {
    name: 'another program comes with a token for another service',
    cause: 'azure.token_audience',
    inside: 'strong',
    ...usingTokens({ resource: 'https://management.azure.com' }),
  },
  {
    name: 'another program comes with a token that has ended',
    cause: 'azure.token_expired',
    inside: 'strong',
    ...usingTokens({ seconds: -1 }),
  },
  {
    name: 'another program comes with a token of another tenant',
    cause: 'azure.tenant',
    inside: 'strong',
    ...usingTokens({ tenantId: OTHER_TENANT }),
  },
]

/** Worlds in which whoever comes finds a role that was given just now. */
const late = new WeakSet<AzureWorld>()

function giveAnew({ azure }: AzureWorld): void {
  const role = azure.roleAssignments().find(({ scope }) => scope.endsWith(CONTAINER))
  if (role === undefined) throw new Error('The connection has no role.')
  azure.removeRole(role.name)
  azure.setPropagationDelay(10 * MINUTE)
  azure.assignRole({ ...role, role: role.roleDefinitionId })
  azure.setPropagationDelay(0)
}

export const MACHINE: readonly DenialScenario<AzureWorld>[] = [
  ...ALL_ROLES,
  {
    name: 'the machine does not have it any more',
    cause: 'azure.managed_identity',
    inside: 'strong',
    tries: (world) => world.tryMachine(),
    break: ({ azure, identity }) => azure.deleteManagedIdentity(identity?.clientId ?? ''),
    repair: ({ azure, identity: { clientId = '', objectId = '' } = {} }) =>
      void azure.createManagedIdentity({ name: 'sluice', tenantId: AZURE_TENANT, clientId, principalId: objectId }),
  },
  {
    name: 'its role was given anew, and had not arrived everywhere when another program tried first',
    cause: 'azure.propagation',
    inside: 'strong',
    break: (world) => void late.add(world),
    tries: async (world) => {
      if (late.has(world)) giveAnew(world)
      const early = await world.tryWith({ bearer: world.token() })
      world.installation.clock.advance(10 * MINUTE)
      return [...early, ...(await world.tryWith({ bearer: world.token() }))]
    },
    repair: (world) => void late.delete(world),
  },
]
