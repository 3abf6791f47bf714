import type { Json, JsonObject } from '../../json.ts'
import { isObject } from '../../policy/shapes.ts'
import type { RoleAssignment, RoleDefinition, RolePermissions } from './types.ts'

/** Reads what `az role assignment list` prints. Entries that are none are left out. */
export function readRoleAssignments(printed: Json): readonly RoleAssignment[] {
  return entriesOf(printed).flatMap((entry) => {
    const [principalId, roleDefinitionId, scope] = ['principalId', 'roleDefinitionId', 'scope'].map((name) => textOf(entry[name]))
    if (principalId === undefined || roleDefinitionId === undefined || scope === undefined) return []
    const [roleDefinitionName, condition] = ['roleDefinitionName', 'condition'].map((name) => textOf(entry[name]))
    return [
      {
        principalId,
        roleDefinitionId,
        scope,
        ...(roleDefinitionName === undefined ? {} : { roleDefinitionName }),
        ...(condition === undefined ? {} : { condition }),
      },
    ]
  })
}

/** Reads what `az role definition list` prints. Entries that are none are left out. */
export function readRoleDefinitions(printed: Json): readonly RoleDefinition[] {
  return entriesOf(printed).flatMap((entry) => {
    const [id, name] = ['name', 'roleName'].map((field) => textOf(entry[field]))
    if (id === undefined || name === undefined) return []
    return [{ id, name, permissions: permissionBlocks(entry['permissions'] ?? []) }]
  })
}

/** The blocks of permissions of a role or a deny assignment. */
export function permissionBlocks(printed: Json): readonly RolePermissions[] {
  return entriesOf(printed).map(permissionsOf)
}

function permissionsOf(block: JsonObject): RolePermissions {
  const [actions = [], notActions = [], dataActions = [], notDataActions = []] = [
    'actions',
    'notActions',
    'dataActions',
    'notDataActions',
  ].map((name) => listOf(block[name]).flatMap((item) => textOf(item) ?? []))
  return { actions, notActions, dataActions, notDataActions }
}

function entriesOf(value: Json): readonly JsonObject[] {
  return listOf(value).filter(isObject)
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
