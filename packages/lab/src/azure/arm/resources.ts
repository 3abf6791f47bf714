import type { Json, JsonObject } from '@sluice/core'
import { assignRole } from '../admin/identities.ts'
import { checkContainerName } from '../blob/containers.ts'
import { AzureError } from '../error.ts'
import { makeAccount } from '../state/accounts.ts'
import { makeContainer } from '../state/state.ts'
import type { FederatedCredential, ManagedIdentity } from '../state/types.ts'
import type { Deployment } from './deployment.ts'
import { invalidTemplate, unknownInTemplate } from './error.ts'
import { objectOf, textOf } from './functions.ts'

/** A resource that was made: what `reference()` gives of it, and how to take it back. */
export interface Made {
  readonly properties: JsonObject
  readonly undo: () => void
}

/** A resource as a template declares it, its expressions resolved. */
export interface Declared {
  readonly type: string
  /** With the names of the resources it lies in, separated by slashes. */
  readonly name: string
  readonly body: JsonObject
}

type Maker = (deployment: Deployment, declared: Declared) => Made

/** Makes one resource of a template. Types and properties that the lab does not have are refused by name. */
export function makeArmResource(deployment: Deployment, declared: Declared): Made {
  const maker = MAKERS[declared.type.toLowerCase()]
  if (!maker) throw unknownInTemplate(`the resource type ${declared.type}`)
  return maker(deployment, declared)
}

const COMMON = ['type', 'apiVersion', 'name', 'location', 'tags', 'dependsOn', 'condition', 'comments', 'metadata', 'properties', 'scope']

function propertiesOf({ type, body }: Declared, known: readonly string[], further: readonly string[] = []): JsonObject {
  const properties = objectOf(body['properties'] ?? {})
  const unknown =
    Object.keys(body).find((name) => !COMMON.includes(name) && !further.includes(name)) ??
    Object.keys(properties).find((name) => !known.includes(name))
  if (unknown !== undefined) throw unknownInTemplate(`${unknown} of ${type}`)
  return properties
}

function optional(properties: JsonObject, name: string): string | undefined {
  const value = properties[name]
  return value === undefined || value === null ? undefined : textOf(value)
}

function required(declared: Declared, properties: JsonObject, name: string): string {
  const value = optional(properties, name)
  if (value === undefined) throw invalidTemplate(`${declared.type} needs ${name}`)
  return value
}

const MAKERS: { readonly [type: string]: Maker } = {
  'microsoft.storage/storageaccounts'({ state, tenantId, subscriptionId, resourceGroup, location }, declared) {
    const properties = propertiesOf(
      declared,
      ['isHnsEnabled', 'allowSharedKeyAccess', 'allowBlobPublicAccess', 'supportsHttpsTrafficOnly', 'minimumTlsVersion', 'accessTier'],
      ['sku', 'kind'],
    )
    const { name } = declared
    if (state.accounts.has(name))
      throw new AzureError(409, 'StorageAccountAlreadyTaken', `The storage account named ${name} is already taken.`)
    const account = makeAccount(state, {
      name,
      tenantId,
      subscriptionId,
      resourceGroup,
      location,
      hierarchical: properties['isHnsEnabled'] === true,
    })
    account.allowSharedKeyAccess = properties['allowSharedKeyAccess'] !== false
    account.allowBlobPublicAccess = properties['allowBlobPublicAccess'] === true
    account.supportsHttpsTrafficOnly = properties['supportsHttpsTrafficOnly'] !== false
    state.accounts.set(name, account)
    return {
      properties: { primaryEndpoints: { blob: `https://${name}.blob.core.windows.net/` } },
      undo: () => state.accounts.delete(name),
    }
  },

  'microsoft.storage/storageaccounts/blobservices/containers'(deployment, declared) {
    const properties = propertiesOf(declared, ['publicAccess', 'metadata'])
    const [accountName = '', , name = ''] = declared.name.split('/')
    const account = deployment.accountOf(accountName)
    checkContainerName(name)
    const access = optional(properties, 'publicAccess') ?? 'None'
    const existing = account.containers.get(name)
    const container = existing ?? makeContainer(deployment.state, name)
    const before = container.publicAccess
    container.publicAccess = access === 'Blob' ? 'blob' : access === 'Container' ? 'container' : 'none'
    account.containers.set(name, container)
    return {
      properties: {},
      undo: () => (existing ? (container.publicAccess = before) : account.containers.delete(name)),
    }
  },

  'microsoft.authorization/roleassignments'(deployment, declared) {
    const properties = propertiesOf(declared, [
      'roleDefinitionId',
      'principalId',
      'principalType',
      'condition',
      'conditionVersion',
      'description',
    ])
    const principalId = required(declared, properties, 'principalId')
    demandGuid(declared.name)
    demandPrincipal(deployment, principalId)
    const condition = optional(properties, 'condition')
    if (condition !== undefined && optional(properties, 'conditionVersion') !== '2.0')
      throw new AzureError(400, 'InvalidCreateRoleAssignmentRequest', 'A condition needs the conditionVersion 2.0.')
    const role = required(declared, properties, 'roleDefinitionId')
    const scope = scopeOf(deployment, declared.body['scope'])
    const { assignments } = deployment.state
    const isThere = assignments
      .latestValues()
      .some(
        (other) =>
          other.principalId === principalId && role.endsWith(other.roleDefinitionId) && other.scope.toLowerCase() === scope.toLowerCase(),
      )
    if (isThere) throw new AzureError(409, 'RoleAssignmentExists', 'The role assignment already exists.')
    const id = assignRole(deployment.state, { principalId, role, scope, ...(condition === undefined ? {} : { condition }) })
    return { properties: { principalId, scope, roleDefinitionId: role }, undo: () => assignments.set(id, undefined, 0) }
  },

  'microsoft.authorization/roledefinitions'({ state }, declared) {
    const properties = propertiesOf(declared, ['roleName', 'description', 'type', 'permissions', 'assignableScopes'])
    demandGuid(declared.name)
    const blocks = properties['permissions']
    const id = declared.name
    const before = state.definitions.get(id)
    state.definitions.set(id, {
      id,
      name: required(declared, properties, 'roleName'),
      permissions: (Array.isArray(blocks) ? blocks : []).map((block: Json) => ({
        actions: texts(block, 'actions'),
        notActions: texts(block, 'notActions'),
        dataActions: texts(block, 'dataActions'),
        notDataActions: texts(block, 'notDataActions'),
      })),
    })
    return { properties: {}, undo: () => (before ? state.definitions.set(id, before) : state.definitions.delete(id)) }
  },

  'microsoft.managedidentity/userassignedidentities'(deployment, declared) {
    propertiesOf(declared, [])
    const { state, tenantId } = deployment
    const existing = identityNamed(deployment, declared.name)
    const identity = existing ?? deployment.newIdentity(declared.name)
    if (!existing) state.identities.set(identity.clientId, identity, 0)
    const { clientId, principalId } = identity
    return {
      properties: { clientId, principalId, tenantId },
      undo: () => existing ?? state.identities.set(clientId, undefined, 0),
    }
  },

  'microsoft.managedidentity/userassignedidentities/federatedidentitycredentials'(deployment, declared) {
    const properties = propertiesOf(declared, ['issuer', 'subject', 'audiences'])
    const [identityName = '', name = ''] = declared.name.split('/')
    const identity = identityNamed(deployment, identityName)
    if (!identity) throw new AzureError(404, 'ParentResourceNotFound', `There is no identity ${identityName}.`)
    const credential: FederatedCredential = {
      name,
      issuer: required(declared, properties, 'issuer'),
      subject: required(declared, properties, 'subject'),
      audiences: texts(properties, 'audiences'),
    }
    const credentials = [...identity.credentials.filter((other) => other.name !== name), credential]
    deployment.state.identities.set(identity.clientId, { ...identity, credentials }, deployment.state.propagationMs)
    return { properties: {}, undo: () => deployment.state.identities.set(identity.clientId, identity, 0) }
  },
}

function texts(block: Json | undefined, name: string): readonly string[] {
  const list = objectOf(block)[name]
  return Array.isArray(list) ? list.map((item: Json) => textOf(item)) : []
}

function identityNamed({ state }: Deployment, name: string): ManagedIdentity | undefined {
  return state.identities.latestValues().find((identity) => identity.name === name)
}

function demandGuid(name: string): void {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name))
    throw new AzureError(400, 'InvalidRoleAssignmentId', `The name ${name} is not a GUID.`)
}

function demandPrincipal({ state, tenantId }: Deployment, principalId: string): void {
  const { applications, identities } = state
  const isApplication = applications.latestValues().some(({ principals }) => principals[tenantId] === principalId)
  const isIdentity = identities.latestValues().some((identity) => identity.principalId === principalId)
  if (!isApplication && !isIdentity)
    throw new AzureError(
      400,
      'PrincipalNotFound',
      `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${tenantId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay.`,
    )
}

/** Where an extension lies: on the resource group, or on what `scope` names. */
function scopeOf({ groupId }: Deployment, scope: Json | undefined): string {
  if (scope === undefined) return groupId
  const text = textOf(scope)
  return text.startsWith('/') ? text : `${groupId}/providers/${text}`
}
