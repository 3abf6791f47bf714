import { isAmong } from '../../http/addresses.ts'
import type { Firewall } from '../state/types.ts'

/** Whether a storage account's network rules let an address in. */
export function admits(firewall: Firewall, address: string): boolean {
  if (firewall.publicNetworkAccess === 'Disabled') return false
  if (firewall.defaultAction === 'Allow') return true
  return isAmong(address, firewall.addresses)
}
