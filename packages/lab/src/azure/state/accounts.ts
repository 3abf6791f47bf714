import type { AzureState, StorageAccount } from './types.ts'

/** What never changes of an account. */
export type AccountIdentity = Pick<StorageAccount, 'name' | 'tenantId' | 'subscriptionId' | 'resourceGroup' | 'location' | 'hierarchical'>

/** A storage account as Azure makes them today, not yet in the lab: keys allowed, public access not. */
export function makeAccount(state: AzureState, identity: AccountIdentity): StorageAccount {
  return {
    ...identity,
    containers: new Map(),
    keys: [newAccountKey(state), newAccountKey(state)],
    keysCreated: [state.clock.now(), state.clock.now()],
    delegationSecret: state.random.bytes(32),
    versioning: false,
    allowSharedKeyAccess: true,
    allowBlobPublicAccess: false,
    supportsHttpsTrafficOnly: true,
    disabled: false,
    customerKey: 'none',
    firewall: { publicNetworkAccess: 'Enabled', defaultAction: 'Allow', addresses: [] },
  }
}

/** A key of an account: 64 bytes, base64. */
export function newAccountKey(state: AzureState): string {
  return Buffer.from(state.random.bytes(64)).toString('base64')
}
