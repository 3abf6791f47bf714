import type { Connection, Location, Platform } from '@sluice/core'
import { shellWord } from '../../setup/shell.ts'

/** Whom role assignments of a connection name, for people and for the Azure CLI. */
export interface Assignee {
  readonly shown: string
  readonly flags: string
}

export function assigneeOf({ auth }: Connection, platform: Platform): Assignee {
  if (auth.method === 'managed-identity') {
    const id = platform.azure?.objectId ?? 'OBJECT_ID'
    return { shown: `the managed identity ${id}`, flags: `--assignee-object-id ${id} --assignee-principal-type ServicePrincipal` }
  }
  const id = auth.fields['clientId'] ?? 'CLIENT_ID'
  return { shown: `the application ${id}`, flags: `--assignee ${id}` }
}

/** The resource id of an account, or of a container in it, as the Azure CLI finds it out. */
export function scopeExpression(account: string, container?: string): string {
  const id = `$(az storage account show --name ${shellWord(account)} --query id --output tsv)`
  return container === undefined ? `"${id}"` : `"${id}/blobServices/default/containers/${container}"`
}

/** The page of the portal where a container's roles are given. */
export function accessControlPage(account: string, container?: string): string {
  const place = container === undefined ? account : `${account} > Containers > ${container}`
  return `Azure portal > Storage accounts > ${place} > Access control (IAM) > Add role assignment`
}

/** A location as people write it. */
export function placeOf(location: Location): string {
  return `${location.bucket}/${location.prefix}`
}
