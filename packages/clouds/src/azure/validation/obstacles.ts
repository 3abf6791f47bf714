import type { AccessError, Connection, Location, Platform, Remedy } from '@sluice/core'
import { shellWord } from '../../setup/shell.ts'
import { accountOf } from '../account.ts'

/** What stands in the way of whoever asks, and says so for certain: no permission would help. */
export interface Obstacles {
  of(error: AccessError, location: Location): Remedy | undefined
}

export function azureObstacles(connection: Connection, platform: Platform): Obstacles {
  const verify = `sluice connection validate ${connection.name}`
  const addresses = platform.egressAddresses
  const by: { readonly [reason: string]: (account: string, location: Location) => Remedy } = {
    'azure.network.refused': (account) => ({
      who: 'cloud-admin',
      where: `Azure portal > Storage accounts > ${account} > Networking`,
      summary:
        `Allow the addresses of this Sluice${addresses.length === 0 ? '' : `, ${addresses.join(', ')},`} under “Enabled from selected virtual networks and IP addresses”. ` +
        'From within the same Azure region callers are seen by private addresses, which no such rule covers: use a virtual network rule or a private endpoint there.',
      command: `az storage account network-rule add --account-name ${shellWord(account)} --ip-address ${addresses[0] ?? 'ADDRESS'}`,
      risk: 'The rule lets these addresses reach the account; what they may do there is still for keys and roles to say.',
      undo: `az storage account network-rule remove --account-name ${shellWord(account)} --ip-address ${addresses[0] ?? 'ADDRESS'}`,
      verify,
    }),
    'azure.shared_key_disabled': (account) => ({
      who: 'cloud-admin',
      where: `Azure portal > Storage accounts > ${account} > Configuration > Allow storage account key access`,
      summary:
        'The account allows no access by its keys, and so none by SAS signed with them. Use federation for this connection, or a user delegation SAS; allowing key access again is the weaker way.',
      command: `az storage account update --name ${shellWord(account)} --allow-shared-key-access true`,
      risk: 'Whoever holds a key, or a SAS signed with one, gets in again.',
      undo: `az storage account update --name ${shellWord(account)} --allow-shared-key-access false`,
      verify,
    }),
    'azure.sas.address': (account) => ({
      who: 'cloud-admin',
      where: `Azure portal > Storage accounts > ${account}`,
      summary: `Create the SAS again with our addresses${addresses.length === 0 ? '' : ` (${addresses.join(', ')})`}, or with none: sluice connection rotate ${connection.name}.`,
      verify,
    }),
    'azure.account.disabled': (account) => ({
      who: 'organization',
      where: 'Azure portal > Subscriptions',
      summary: `The storage account ${account} is disabled: the subscription is, or was suspended.`,
      verify,
    }),
    'azure.immutable': (account, location) => ({
      who: 'data-owner',
      where: `Azure portal > Storage accounts > ${account} > Containers > ${location.bucket} > Access policy`,
      summary:
        'An immutability policy or legal hold keeps blobs from being replaced and deleted: write elsewhere, or use the connection for reading only.',
      command: `az storage container immutability-policy show --account-name ${shellWord(account)} --container-name ${location.bucket}`,
      verify,
    }),
  }
  return {
    of: (error, location) => (Object.hasOwn(by, error.reason) ? by[error.reason]?.(accountOf(connection, location), location) : undefined),
  }
}
