import { isObject } from '../../policy/shapes.ts'
import type { Json, JsonObject } from '../../json.ts'
import { blobOperationRule, type BlobPermission } from '../blob-operations.ts'
import { roleGrants } from './match.ts'
import { permissionBlocks } from './read.ts'
import { resourceIdOf, scopeCovers } from './scope.ts'
import type { DenyAssignment, RbacQuestion } from './types.ts'

/** Stands for everybody in a deny assignment. https://learn.microsoft.com/azure/role-based-access-control/deny-assignments#the-all-principals-principal */
export const ALL_PRINCIPALS = '00000000-0000-0000-0000-000000000000'

/** The deny assignment that takes a permission from an identity, whatever its roles give; undefined where none does. */
export function denyingAssignment(
  { principalIds, operation, resource, denials = [] }: Pick<RbacQuestion, 'principalIds' | 'operation' | 'resource' | 'denials'>,
  permission: BlobPermission,
): DenyAssignment | undefined {
  const { level } = blobOperationRule(operation)
  const resourceId = resourceIdOf(resource, level)
  const isAmong = (ids: readonly string[]): boolean => principalIds.some((own) => ids.some((id) => id.toLowerCase() === own.toLowerCase()))
  return denials.find((one) => {
    const isMeant = (one.principalIds.includes(ALL_PRINCIPALS) || isAmong(one.principalIds)) && !isAmong(one.excludedPrincipalIds)
    const isDenied = roleGrants({ id: '', name: '', permissions: one.permissions }, permission)
    return isMeant && isDenied && scopeCovers(one.scope, resourceId, resource.managementGroups) === true
  })
}

/** Reads what Resource Manager answers of deny assignments. Entries that are none are left out. */
export function readDenyAssignments(printed: Json): readonly DenyAssignment[] {
  const list = isObject(printed) ? printed['value'] : printed
  return (Array.isArray(list) ? list : []).filter(isObject).flatMap((entry): readonly DenyAssignment[] => {
    const inner = entry['properties']
    const properties: JsonObject = isObject(inner) ? inner : entry
    const { scope, permissions = [], denyAssignmentName } = properties
    if (typeof scope !== 'string') return []
    return [
      {
        ...(typeof denyAssignmentName === 'string' ? { name: denyAssignmentName } : {}),
        scope,
        principalIds: idsIn(properties['principals']),
        excludedPrincipalIds: idsIn(properties['excludePrincipals']),
        permissions: permissionBlocks(permissions),
      },
    ]
  })
}

function idsIn(value: Json | undefined): readonly string[] {
  return (Array.isArray(value) ? value : []).filter(isObject).flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
}
