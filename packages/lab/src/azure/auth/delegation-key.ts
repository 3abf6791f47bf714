import { createHmac } from 'node:crypto'
import type { StorageAccount } from '../state/types.ts'

/** The fields that make a user delegation key: who asked for it, when it holds, and for what. */
export interface DelegationKey {
  readonly objectId: string
  readonly tenantId: string
  /** As written in the request, in the key and in every SAS signed with it. */
  readonly start: string
  readonly expiry: string
  readonly service: string
  readonly version: string
}

/** The key's value, base64. It is made from its fields alone, so that nothing has to be kept of keys that were given out. */
export function delegationKeyValue(account: StorageAccount, key: DelegationKey): string {
  const { objectId, tenantId, start, expiry, service, version } = key
  const text = [account.name, objectId, tenantId, start, expiry, service, version].join('\n')
  return createHmac('sha256', account.delegationSecret).update(text).digest('base64')
}
