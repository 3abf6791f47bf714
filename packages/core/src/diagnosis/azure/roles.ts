import { isObject } from '../../policy/shapes.ts'
import { ACCESSES, type Access } from '../../access.ts'
import { blobOperationRule, type BlobOperation } from '../../azure/blob-operations.ts'
import { denyingAssignment, readDenyAssignments } from '../../azure/rbac/deny.ts'
import { evaluateRbac } from '../../azure/rbac/evaluate.ts'
import { readRoleAssignments, readRoleDefinitions } from '../../azure/rbac/read.ts'
import { BUILT_IN_ROLES, findRole } from '../../azure/rbac/roles.ts'
import type { DenyAssignment, RbacDecision, RbacQuestion, RoleAssignment, RoleDefinition } from '../../azure/rbac/types.ts'
import type { PatchStep } from '../../finding.ts'
import type { JsonObject } from '../../json.ts'
import type { CaseDocuments } from '../case.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { objectsIn, parsedJson } from '../json-text.ts'
import { patched } from '../patched.ts'
import { shellWord } from '../shell-word.ts'
import { terraformText } from '../terraform.ts'
import { tokenClaims } from './credential.ts'
import { blobOperation, operationName } from './operations.ts'
import { isFolder, locationOf, pathUnder, placeOf, type Place } from './place.ts'
import { shownSas } from './sas-token.ts'

/** A request as roles judge it. */
export interface RoleQuestion {
  readonly operation: BlobOperation
  /** `delegate`: to ask for the key that SAS are signed with. */
  readonly access: Access | 'delegate'
  readonly place: Place
  readonly principalIds: readonly string[]
  /** The id of the storage account, and whether all of it is known. */
  readonly accountId: string
  readonly isExact: boolean
}

const ACCESS_OF: { readonly [operation in BlobOperation]?: RoleQuestion['access'] } = {
  GetUserDelegationKey: 'delegate',
  ListBlobs: 'list',
  GetBlob: 'read',
  GetBlobProperties: 'read',
  GetBlockList: 'read',
  PutBlob: 'write',
  CreateBlob: 'write',
  PutBlock: 'write',
  PutBlockList: 'write',
  SetBlobMetadata: 'write',
  SetBlobProperties: 'write',
  DeleteBlob: 'delete',
}

/** What a request asks of the roles; undefined where the request, the caller or the account is not known. */
export function roleQuestion({ observation, clue }: Failure, facts: Facts): RoleQuestion | undefined {
  const operation = blobOperation(observation, clue)
  const place = placeOf(observation, facts) ?? locationOf(facts)
  const access = operation === undefined ? undefined : ACCESS_OF[operation]
  const principalIds = principalIdsOf(facts)
  if (operation === undefined || access === undefined || place === undefined || principalIds.length === 0) return undefined
  const known = accountIdOf(place, facts)
  return known === undefined ? undefined : { operation, access, place, principalIds, ...known }
}

/** What the role assignments that were shown say; undefined where none were. */
export function judgeRoles(
  question: RoleQuestion,
  documents: CaseDocuments,
  denials: readonly DenyAssignment[] = [],
): RbacDecision | undefined {
  if (documents.roles === undefined) return undefined
  return evaluateRbac({
    ...asked(question),
    denials,
    assignments: assignmentsOf(documents.roles),
    definitions: readRoleDefinitions([...entriesIn(documents.roles)]),
  })
}

/** Whether the roles would allow it to a member of the groups that they name: who is in them, nobody showed. */
export function opensToGroups(question: RoleQuestion, documents: CaseDocuments): boolean {
  const groups = flatEntriesIn(documents.roles ?? [])
    .filter((one) => one['principalType'] === 'Group')
    .flatMap((one) => textOf(one['principalId']))
  const asMember = { ...question, principalIds: [...question.principalIds, ...groups] }
  return groups.length > 0 && judgeRoles(asMember, documents)?.outcome !== 'denied'
}

/** The question in the terms of the evaluator. */
function asked({ operation, place, principalIds, accountId }: RoleQuestion): Pick<RbacQuestion, 'principalIds' | 'operation' | 'resource'> {
  const about = operation === 'ListBlobs' ? { prefix: place.path } : { path: pathUnder(place.path), isCurrentVersion: true }
  return { principalIds, operation, resource: { accountId, container: place.container, ...about } }
}

/**
 * The deny assignment that keeps the caller out, of those that a read of them showed; `none` where none of them does, undefined where none
 * was shown. Where an operation takes one of several permissions, the others are no help to who has no role with them.
 */
export function judgeDenials(question: RoleQuestion, { documents, successes }: Facts): DenyAssignment | 'none' | undefined {
  const lists = successes.flatMap((one) => {
    const value = operationName(one, { fields: {} }).includes('denyassignment') ? parsedJson(one.message) : undefined
    return value === undefined ? [] : [readDenyAssignments(value)]
  })
  if (lists.length === 0) return undefined
  const denials = lists.flat()
  const permissions = blobOperationRule(question.operation).permissions
  const denying = permissions.map((permission) => denyingAssignment({ ...asked(question), denials }, permission))
  const isKeptOut =
    documents.roles === undefined
      ? denying.every((one) => one !== undefined)
      : judgeRoles(question, documents, denials)?.outcome === 'denied'
  const first = denying.find((one) => one !== undefined)
  if (isKeptOut && first !== undefined) return first
  // Which of the permissions the caller has, or where the account stands, nobody showed: what is denied may be what it needs.
  const isOpen = (documents.roles === undefined && first !== undefined) || (!question.isExact && denials.length > 0)
  return isOpen ? undefined : 'none'
}

/** Assignments and, where they were shown too, definitions of custom roles; also as ARM answers with them. */
function entriesIn(roles: readonly JsonObject[]): readonly JsonObject[] {
  return roles.flatMap((one) => (Array.isArray(one['value']) ? objectsIn(one['value']) : [one]))
}

/** The same, with what ARM calls properties beside what it does not. */
function flatEntriesIn(roles: readonly JsonObject[]): readonly JsonObject[] {
  return entriesIn(roles).map((one): JsonObject => (isObject(one['properties']) ? { ...one, ...one['properties'] } : one))
}

/** The assignments; what was printed with the name of a role alone has the role of that name. */
function assignmentsOf(roles: readonly JsonObject[]): readonly RoleAssignment[] {
  const custom = readRoleDefinitions([...entriesIn(roles)])
  return readRoleAssignments(
    flatEntriesIn(roles).map((flat): JsonObject => {
      const named = BUILT_IN_ROLES.find(({ name }) => name === flat['roleDefinitionName'])
      // No two roles of a tenant have one name: an id that nobody knows, of a role of a built-in name, was changed for showing it.
      const id = flat['roleDefinitionId']
      const isKnown = typeof id === 'string' && findRole(id, custom) !== undefined
      return isKnown || named === undefined ? flat : { ...flat, roleDefinitionId: named.id }
    }),
  )
}

/** Object ids that the caller may go by: what the case says, what its token says, and whom assignments name so. */
export function principalIdsOf(facts: Facts): readonly string[] {
  const { oid } = tokenClaims(facts)
  const principal = facts.connection.principal?.trim()
  const holder = shownSas(facts)?.fields.get('skoid')
  const own = [oid, holder, /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(principal ?? '') ? principal : undefined].filter((id) => id !== undefined)
  const roles = flatEntriesIn(facts.documents.roles ?? [])
  // A service principal's name is its application's id, which is what people know it by.
  const byName = roles
    .filter((one) => principal !== undefined && one['principalName'] === principal)
    .flatMap((one) => textOf(one['principalId']))
  if (own.length > 0 || byName.length > 0) return [...new Set([...own, ...byName])]
  // `az role assignment list --assignee` prints one principal's alone.
  const all = [...new Set(roles.flatMap((one) => textOf(one['principalId'])))]
  return principal === undefined && all.length === 1 ? all : []
}

function textOf(value: unknown): readonly string[] {
  return typeof value === 'string' && value !== '' ? [value] : []
}

/** The id of the account: as its settings say, as a scope names it, or as it would be below the scopes that were shown. */
function accountIdOf({ account, container }: Place, facts: Facts): Pick<RoleQuestion, 'accountId' | 'isExact'> | undefined {
  const settings = facts.documents.accountSettings?.['id']
  if (typeof settings === 'string' && /\/storageAccounts\/[^/]+$/i.test(settings)) return { accountId: settings, isExact: true }
  const scopes = flatEntriesIn(facts.documents.roles ?? []).flatMap((one) => textOf(one['scope']))
  const ids = scopes.flatMap((scope) => /^.*\/storageAccounts\/[^/]+/i.exec(scope)?.[0] ?? [])
  const name = account?.toLowerCase()
  const own = ids.find((id) => name !== undefined && id.toLowerCase().endsWith(`/${name}`))
  if (own !== undefined) return { accountId: own, isExact: true }
  const [only, ...others] = [...new Set(ids)]
  if (name === undefined && only !== undefined && others.length === 0) return { accountId: only, isExact: true }
  const parts = scopes.map((scope) => /^\/subscriptions\/(?<subscription>[^/]+)(?:\/resourceGroups\/(?<group>[^/]+))?/i.exec(scope)?.groups)
  const subscription = parts.map((part) => part?.['subscription']).find((part) => part !== undefined) ?? 'SUBSCRIPTION'
  const group = parts.map((part) => part?.['group']).find((part) => part !== undefined) ?? 'RESOURCE_GROUP'
  const guess = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Storage/storageAccounts/${name ?? 'ACCOUNT'}`
  return container === '' ? undefined : { accountId: guess, isExact: false }
}

/** A role assignment that gives what is missing, and ways to make it. */
export interface RolePatch {
  readonly steps?: readonly PatchStep[]
  readonly role: string
  readonly command: string
  readonly terraform: string
  readonly snippet: string
}

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'

/**
 * The nearest of Azure's own roles on the container alone, under a condition that leaves nothing of it but what the connection is for: Azure
 * takes one assignment of a role to an identity at a scope, so that it has to be for all of that.
 * Roles of Azure's that write also let the container's own properties be seen and changed, which no condition takes back.
 */
export function rolePatch(question: RoleQuestion, facts: Facts): RolePatch | undefined {
  const { place, principalIds, accountId, isExact } = question
  const [principalId] = principalIds
  if (question.access === 'delegate') return principalId === undefined ? undefined : delegatorPatch(principalId, accountId, isExact)
  const writes = question.access === 'write' || question.access === 'delete'
  const asked = ACCESSES.filter((one) => one === question.access || facts.connection.access?.includes(one) === true)
  // Who reads already may go on reading by the role that he has.
  const access = asked.filter((one) => writes || one === 'list' || one === 'read')
  const roleName = writes ? 'Storage Blob Data Contributor' : 'Storage Blob Data Reader'
  const role = BUILT_IN_ROLES.find(({ name }) => name === roleName)
  if (principalId === undefined || role === undefined || /['\\]/.test(place.path)) return undefined
  const scope = `${accountId}/blobServices/default/containers/${place.container}`
  return assigning({ resource: 'sluice', role, scope, condition: conditionOf(access, folderOf(place, facts)) }, principalId, isExact)
}

/** The one role that asks for keys and does nothing else: on the account, since that is whose key it is. */
function delegatorPatch(principalId: string, accountId: string, isExact: boolean): RolePatch | undefined {
  const role = BUILT_IN_ROLES.find(({ name }) => name === 'Storage Blob Delegator')
  return role === undefined ? undefined : assigning({ resource: 'sluice_delegator', role, scope: accountId }, principalId, isExact)
}

interface Assignment {
  /** What Terraform calls it. */
  readonly resource: string
  readonly role: RoleDefinition
  readonly scope: string
  readonly condition?: string
}

/** One assignment, and the ways to make it. */
function assigning({ resource, role: { id, name }, scope, condition }: Assignment, principalId: string, isExact: boolean): RolePatch {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? ''
  const assignment: JsonObject = {
    principalId,
    principalType: 'ServicePrincipal',
    roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`,
    roleDefinitionName: name,
    scope,
    ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
  }
  const options = condition === undefined ? '' : ` --condition ${shellWord(condition)} --condition-version 2.0`
  const lines = condition === undefined ? '' : `  condition            = ${terraformText(condition)}\n  condition_version    = "2.0"\n`
  return {
    ...(isExact ? { steps: [{ op: 'add', path: '/-', value: assignment }] } : {}),
    role: name,
    snippet: JSON.stringify(assignment, undefined, 2),
    command: `az role assignment create --assignee-object-id ${shellWord(principalId)} --assignee-principal-type ServicePrincipal --role ${shellWord(name)} --scope ${shellWord(scope)}${options}`,
    terraform: `resource "azurerm_role_assignment" "${resource}" {\n  scope                = ${terraformText(scope)}\n  role_definition_name = ${terraformText(name)}\n  principal_id         = ${terraformText(principalId)}\n${lines}}`,
  }
}

/** Whether roles allow the request once the patch is applied. */
export function opensByRole(question: RoleQuestion, facts: Facts, steps: readonly PatchStep[]): boolean {
  const roles = patched(facts.documents.roles ?? [], steps)
  return judgeRoles(question, { ...facts.documents, roles })?.outcome === 'allowed'
}

/** The folder of the location where the request was for something in it; else what the request was for. */
function folderOf(place: Place, facts: Facts): { readonly path: string; readonly isWhole: boolean } {
  const location = locationOf(facts)
  if (location !== undefined && location.container === place.container && isFolder(location) && place.path.startsWith(location.path))
    return { path: location.path, isWhole: location.path === '' }
  return { path: place.path, isWhole: place.path === '' }
}

/** https://learn.microsoft.com/azure/role-based-access-control/conditions-format */
function conditionOf(access: readonly Access[], { path, isWhole }: { readonly path: string; readonly isWhole: boolean }): string {
  const test = isFolder({ path }) ? 'StringStartsWith' : 'StringEquals'
  const clauses = access.map((one) => {
    if (isWhole) return `(${ACTIONS[one]})`
    const where = one === 'list' ? `@Request[${BLOBS}:prefix] StringStartsWith '${path}'` : `@Resource[${BLOBS}:path] ${test} '${path}'`
    return `((${ACTIONS[one]}) AND (${where}))`
  })
  return clauses.length === 1 ? clauses.join('') : `(${clauses.join(' OR ')})`
}

/** Looking at a blob and listing are the same action: what it is done for tells them apart. */
const ACTIONS: { readonly [access in Access]: string } = {
  list: `ActionMatches{'${BLOBS}/read'} AND SubOperationMatches{'Blob.List'}`,
  read: `ActionMatches{'${BLOBS}/read'} AND NOT SubOperationMatches{'Blob.List'}`,
  write: `ActionMatches{'${BLOBS}/write'}`,
  delete: `ActionMatches{'${BLOBS}/delete'}`,
}

/** The names of the roles that the caller has, as evidence. */
export function rolesHeld({ documents }: Facts, principalIds: readonly string[]): readonly string[] {
  const own = assignmentsOf(documents.roles ?? []).filter(({ principalId }) =>
    principalIds.some((id) => id.toLowerCase() === principalId.toLowerCase()),
  )
  return [
    ...new Set(
      own.map(({ roleDefinitionName, roleDefinitionId }) => roleDefinitionName ?? findRole(roleDefinitionId)?.name ?? roleDefinitionId),
    ),
  ]
}
