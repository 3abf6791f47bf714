import type { JsonObject } from '@sluice/core'
import { resourceId } from './state.ts'
import type { StorageAccount } from './types.ts'

/** A storage account as `az storage account show` prints it, as far as the lab has its properties. */
export function accountProperties(account: StorageAccount): JsonObject {
  const { firewall, keysCreated, location, name } = account
  return {
    id: resourceId(account),
    name,
    location,
    isHnsEnabled: account.hierarchical,
    allowSharedKeyAccess: account.allowSharedKeyAccess,
    allowBlobPublicAccess: account.allowBlobPublicAccess,
    enableHttpsTrafficOnly: account.supportsHttpsTrafficOnly,
    publicNetworkAccess: firewall.publicNetworkAccess,
    networkRuleSet: {
      defaultAction: firewall.defaultAction,
      ipRules: firewall.addresses.map((value) => ({ action: 'Allow', ipAddressOrRange: value })),
      virtualNetworkRules: [],
    },
    keyCreationTime: { key1: new Date(keysCreated[0]).toISOString(), key2: new Date(keysCreated[1]).toISOString() },
  }
}
