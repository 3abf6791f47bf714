import { type OwnEndpoint, isAccessError } from '@sluice/core'
import { accountOfHost } from './hosts.ts'

/** Reads an endpoint of Blob Storage, which Databend demands for `azblob`: it names the storage account. */
export function azureEndpoint(endpoint: string): OwnEndpoint | undefined {
  const host = /^https:\/\/([^/:?#@]+)(?::443)?\/?$/i.exec(endpoint.trim())?.[1]
  if (host === undefined) return undefined
  try {
    return { fields: { accountName: accountOfHost(host.toLowerCase()) }, settings: {} }
  } catch (error) {
    if (isAccessError(error)) return undefined
    throw error
  }
}
