import { type Access, BUILT_IN_ROLES } from '@sluice/core'

/** The role of Azure's own that is nearest to a set of accesses. */
export function builtInRole(access: readonly Access[]): 'Storage Blob Data Reader' | 'Storage Blob Data Contributor' {
  return access.some((one) => one === 'write' || one === 'delete') ? 'Storage Blob Data Contributor' : 'Storage Blob Data Reader'
}

/** The id of a role of Azure's own, the same in every tenant. */
export function builtInRoleId(name: string): string {
  return BUILT_IN_ROLES.find((role) => role.name === name)?.id ?? name
}
