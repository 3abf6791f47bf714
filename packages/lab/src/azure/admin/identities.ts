import {
  ALL_PRINCIPALS,
  BUILT_IN_ROLES,
  parseRoleCondition,
  type DenyAssignment,
  type JsonObject,
  type RoleAssignment,
  type RoleDefinition,
} from '@sluice/core'
import { issueAccessToken } from '../entra/access-token.ts'
import { TENANT } from '../state/defaults.ts'
import { uuid } from '../../state/uuid.ts'
import { resourceId } from '../state/state.ts'
import type { Application, AzureState, FederatedCredential, ManagedIdentity } from '../state/types.ts'

export interface ApplicationInput {
  readonly name: string
  readonly tenantId?: string
  readonly clientId?: string
  readonly credentials?: readonly FederatedCredential[]
}

export interface ManagedIdentityInput {
  readonly name: string
  readonly tenantId?: string
  readonly clientId?: string
  readonly principalId?: string
  /** Whether the platform's machine has it, and its metadata service gives tokens of it. Default: yes. */
  readonly onMachine?: boolean
  readonly credentials?: readonly FederatedCredential[]
}

/** A role to give. */
export interface RoleAssignmentInput {
  /** Object id, not client id. */
  readonly principalId: string
  /** A name, or the id of a definition. */
  readonly role: string
  /** A resource id, or an account and perhaps a container of it. */
  readonly scope: string | { readonly account: string; readonly container?: string }
  readonly condition?: string
}

/** Applications, identities and roles, without asking for permission. */
export interface AzureIdentityAdmin {
  createTenant(id: string): void
  /** Registers an application with its service principal. */
  createApplication(input: ApplicationInput): { readonly clientId: string; readonly objectId: string }
  deleteApplication(clientId: string): void
  /** Keeps an application from signing in, or from getting tokens by Conditional Access. Changes what is given and leaves the rest. */
  configureApplication(clientId: string, change: Partial<Pick<Application, 'disabled' | 'blocked'>>): void
  /** Gives an application a secret that ends then, and tells it once. */
  addSecret(clientId: string, expiresAt: number): string
  /** Makes an application known in another tenant, as consent does. Gives the object id of its service principal there. */
  consent(clientId: string, tenantId: string): string
  /** Adds a federated credential to an application or a managed identity, in place of one of the same name. */
  putFederatedCredential(clientId: string, credential: FederatedCredential): void
  federatedCredentials(clientId: string): readonly FederatedCredential[]
  deleteFederatedCredential(clientId: string, name: string): void
  createManagedIdentity(input: ManagedIdentityInput): { readonly clientId: string; readonly principalId: string }
  deleteManagedIdentity(clientId: string): void
  /** Adds a custom role, in place of one of the same id. */
  putRoleDefinition(definition: RoleDefinition): void
  /** Gives the id of the assignment. */
  assignRole(input: RoleAssignmentInput): string
  removeRole(assignmentId: string): void
  /** As `az role assignment list` prints them. */
  roleAssignments(): readonly (RoleAssignment & { readonly name: string })[]
  /** Custom roles, as `az role definition list --custom-role-only` prints them. */
  roleDefinitions(): readonly JsonObject[]
  /** Denies what it names whatever roles give, in place of one of the same name. */
  putDenyAssignment(name: string, denial: DenyAssignment): void
  deleteDenyAssignment(name: string): void
  /** As Resource Manager answers with them. */
  denyAssignments(): readonly JsonObject[]
  /** How long changes of roles and identities take from now on to be seen. */
  setPropagationDelay(ms: number): void
  /** A token of an identity without signing in, as any of its own code gets one. */
  issueAccessToken(input: {
    readonly principalId: string
    readonly tenantId?: string
    readonly resource?: string
    readonly seconds?: number
  }): string
}

export function azureIdentityAdmin(state: AzureState): AzureIdentityAdmin {
  // GUIDs are the same in whatever case they are written.
  const tenantOf = (id = TENANT): string => {
    state.tenants.add(id.toLowerCase())
    return id.toLowerCase()
  }
  const applicationOf = (clientId: string): Application => {
    const application = state.applications.latest(clientId)
    if (!application) throw new Error(`The lab has no application ${clientId}`)
    return application
  }
  const changeCredentials = (
    clientId: string,
    change: (credentials: readonly FederatedCredential[]) => readonly FederatedCredential[],
  ): void => {
    const application = state.applications.latest(clientId)
    const identity = state.identities.latest(clientId)
    if (application) save(state, { ...application, credentials: change(application.credentials) })
    else if (identity) saveIdentity(state, { ...identity, credentials: change(identity.credentials) })
    else throw new Error(`The lab has no application ${clientId}`)
  }
  return {
    createTenant: (id) => void tenantOf(id),
    createApplication({ name, tenantId, clientId: given = uuid(state.random), credentials = [] }) {
      const [clientId, objectId] = [given.toLowerCase(), uuid(state.random)]
      const principals = { [tenantOf(tenantId)]: objectId }
      save(state, { clientId, name, credentials, secrets: [], disabled: false, blocked: false, principals })
      return { clientId, objectId }
    },
    deleteApplication: (clientId) => state.applications.set(clientId, undefined, state.propagationMs),
    configureApplication: (clientId, change) => save(state, { ...applicationOf(clientId), ...change }),
    addSecret(clientId, expiresAt) {
      const application = applicationOf(clientId)
      const value = Buffer.from(state.random.bytes(30)).toString('base64url')
      save(state, { ...application, secrets: [...application.secrets, { value, expiresAt }] })
      return value
    },
    consent(clientId, tenantId) {
      const application = applicationOf(clientId)
      const tenant = tenantOf(tenantId)
      const objectId = application.principals[tenant] ?? uuid(state.random)
      save(state, { ...application, principals: { ...application.principals, [tenant]: objectId } })
      return objectId
    },
    putFederatedCredential: (clientId, credential) =>
      changeCredentials(clientId, (all) => [...all.filter(({ name }) => name !== credential.name), credential]),
    federatedCredentials: (clientId) => (state.applications.latest(clientId) ?? state.identities.latest(clientId))?.credentials ?? [],
    deleteFederatedCredential: (clientId, name) =>
      changeCredentials(clientId, (all) => all.filter((credential) => credential.name !== name)),
    createManagedIdentity({ name, tenantId, onMachine = true, credentials = [], ...ids }) {
      const clientId = (ids.clientId ?? uuid(state.random)).toLowerCase()
      const principalId = (ids.principalId ?? uuid(state.random)).toLowerCase()
      saveIdentity(state, { clientId, principalId, name, tenantId: tenantOf(tenantId), onMachine, credentials })
      return { clientId, principalId }
    },
    deleteManagedIdentity: (clientId) => state.identities.set(clientId, undefined, state.propagationMs),
    putRoleDefinition: (definition) => void state.definitions.set(definition.id, definition),
    assignRole: (input) => assignRole(state, input),
    removeRole: (id) => state.assignments.set(id, undefined, state.propagationMs),
    roleAssignments: () =>
      state.assignments.names().flatMap((name) => {
        const assignment = state.assignments.latest(name)
        return assignment ? [{ name, ...assignment }] : []
      }),
    roleDefinitions: () =>
      [...state.definitions.values()].map(({ id, name, permissions }) => ({
        name: id,
        roleName: name,
        roleType: 'CustomRole',
        permissions: permissions.map((block) => ({ ...block })),
      })),
    putDenyAssignment: (name, denial) => void state.denials.set(name, denial),
    deleteDenyAssignment: (name) => void state.denials.delete(name),
    denyAssignments: () => [...state.denials].map(([name, denial]) => writtenDenyAssignment(name, denial)),
    setPropagationDelay(ms) {
      state.propagationMs = ms
    },
    issueAccessToken({ principalId, tenantId = TENANT, resource = 'https://storage.azure.com', seconds = 3600 }) {
      return issueAccessToken(state, { aud: resource, tid: tenantId, oid: principalId, appid: '' }, seconds)
    },
  }
}

function writtenDenyAssignment(name: string, { principalIds, excludedPrincipalIds, scope, permissions }: DenyAssignment): JsonObject {
  const principal = (id: string): JsonObject => ({ id, type: id === ALL_PRINCIPALS ? 'SystemDefined' : 'ServicePrincipal' })
  return {
    properties: {
      denyAssignmentName: name,
      scope,
      doNotApplyToChildScopes: false,
      principals: principalIds.map(principal),
      excludePrincipals: excludedPrincipalIds.map(principal),
      permissions: permissions.map((block) => ({ ...block })),
    },
    type: 'Microsoft.Authorization/denyAssignments',
    name,
  }
}

function save(state: AzureState, application: Application): void {
  state.applications.set(application.clientId, application, state.propagationMs)
}

function saveIdentity(state: AzureState, identity: ManagedIdentity): void {
  state.identities.set(identity.clientId, identity, state.propagationMs)
}

/** Gives a role. What the lab could not judge is refused here: a role it does not know, a condition it cannot read. */
export function assignRole(state: AzureState, { principalId, role, scope, condition }: RoleAssignmentInput): string {
  const id = role.slice(role.lastIndexOf('/') + 1).toLowerCase()
  const definition = [...state.definitions.values(), ...BUILT_IN_ROLES].find(
    (known) => known.id.toLowerCase() === id || known.name === role,
  )
  if (!definition) throw new Error(`The lab knows no role ${role}`)
  if (condition !== undefined && parseRoleCondition(condition) === undefined)
    throw new Error(`The lab cannot read the condition ${condition}`)
  const assignmentId = uuid(state.random)
  const assignment: RoleAssignment = {
    principalId,
    roleDefinitionId: definition.id,
    roleDefinitionName: definition.name,
    scope: typeof scope === 'string' ? scope : scopeOf(state, scope),
    ...(condition === undefined ? {} : { condition }),
  }
  state.assignments.set(assignmentId, assignment, state.propagationMs)
  return assignmentId
}

function scopeOf(state: AzureState, { account: name, container }: { readonly account: string; readonly container?: string }): string {
  const account = state.accounts.get(name)
  if (!account) throw new Error(`The lab has no storage account ${name}`)
  return resourceId(account, container)
}
