import { glob, globMatches } from '../../policy/glob.ts'
import type { BlobPermission } from '../blob-operations.ts'
import type { RoleDefinition, RolePermissions } from './types.ts'

/** Whether an action is one that a pattern means. Case does not count; `*` stands for anything, slashes included. */
export function actionMatches(pattern: string, action: string): boolean {
  // A question mark is no wildcard in the names of actions, and never stands in one.
  return !pattern.includes('?') && globMatches(glob(pattern.toLowerCase()), action.toLowerCase())
}

/** Whether a role allows something. What one block of permissions takes away, another may give. */
export function roleGrants(role: RoleDefinition, permission: BlobPermission): boolean {
  return role.permissions.some((block) => blockGrants(block, permission))
}

function blockGrants(block: RolePermissions, { plane, name }: BlobPermission): boolean {
  const given = plane === 'action' ? block.actions : block.dataActions
  const taken = plane === 'action' ? block.notActions : block.notDataActions
  const isAmong = (patterns: readonly string[]): boolean => patterns.some((pattern) => actionMatches(pattern, name))
  return isAmong(given) && !isAmong(taken)
}
