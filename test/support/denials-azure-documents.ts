import type { Json, JsonObject } from '@sluice/core'
import type { LabAzure } from '@sluice/lab'
import { ACCOUNT, CONTAINER } from './denials-azure-requests.ts'

/** What the access control lists of the connection's folder are, as `az storage fs access show` reads them. */
export function shownAccess(azure: LabAzure): readonly JsonObject[] {
  return ['', 'data', 'data/a.csv'].map((path) => {
    const { acl, owner, group } = azure.pathAccess(ACCOUNT, CONTAINER, path)
    const target = `https://${ACCOUNT}.dfs.core.windows.net/${CONTAINER}/${path}`
    return {
      operation: 'GetPathAccessControl',
      target,
      status: 200,
      headers: { 'x-ms-acl': acl, 'x-ms-owner': owner, 'x-ms-group': group },
    }
  })
}

/** What `az storage container policy list` prints. */
export function listedPolicies(azure: LabAzure): JsonObject {
  const policies = azure
    .accessPolicies(ACCOUNT, CONTAINER)
    .map(({ id, permissions = null, startsAt = null, expiresAt = null }) => [
      id,
      { permission: permissions, start: startsAt, expiry: expiresAt },
    ])
  return { operation: 'ListAccessPolicies', ok: true, message: JSON.stringify(Object.fromEntries(policies)) }
}

/** Takes away the assignments that are not in a list, and makes those that are new in it. */
export function putRoles(azure: LabAzure, wanted: readonly Json[]): void {
  const entries = wanted.filter(isObject).filter((one) => one['principalId'] !== undefined)
  const kept = new Set(entries.map((one) => JSON.stringify(one)))
  for (const one of azure.roleAssignments()) if (!kept.has(JSON.stringify(one))) azure.removeRole(one.name)
  const there = new Set(azure.roleAssignments().map((one) => JSON.stringify(one)))
  for (const one of entries) {
    if (there.has(JSON.stringify(one))) continue
    const [principalId = '', role = '', scope = '', condition = ''] = ['principalId', 'roleDefinitionId', 'scope', 'condition'].map(
      (name) => textOf(one, name),
    )
    azure.assignRole({ principalId, role, scope, ...(condition === '' ? {} : { condition }) })
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text of an object; '' where it has none of that name. */
export function textOf(object: JsonObject, name: string): string {
  const value = object[name]
  return typeof value === 'string' ? value : ''
}
