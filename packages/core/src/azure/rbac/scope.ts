import type { BlobLevel } from '../blob-operations.ts'
import type { BlobResource } from './types.ts'

/** The id of what an operation acts on: the blob service of an account, or a container. Blobs have no id of their own. */
export function resourceIdOf({ accountId, container }: BlobResource, level: BlobLevel): string {
  const service = `${accountId}/blobServices/default`
  return level === 'service' || container === undefined ? service : `${service}/containers/${container}`
}

const MANAGEMENT_GROUP = /^\/providers\/microsoft\.management\/managementgroups\/([^/]+)$/

/** Whether a scope has a resource in it. `unknown` for a management group where those above the subscription are not known. */
export function scopeCovers(scope: string, resourceId: string, managementGroups?: readonly string[]): boolean | 'unknown' {
  const outer = scope.toLowerCase().replace(/\/+$/, '')
  const inner = resourceId.toLowerCase()
  if (outer === '') return true
  const group = MANAGEMENT_GROUP.exec(outer)?.[1]
  if (group !== undefined) return managementGroups?.some((name) => name.toLowerCase() === group) ?? 'unknown'
  return inner === outer || inner.startsWith(`${outer}/`)
}
