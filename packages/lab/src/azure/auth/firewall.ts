import { BlockList } from 'node:net'
import type { Firewall } from '../state/types.ts'

/** Whether a storage account's network rules let an address in. */
export function admits(firewall: Firewall, address: string): boolean {
  if (firewall.publicNetworkAccess === 'Disabled') return false
  if (firewall.defaultAction === 'Allow') return true
  const list = new BlockList()
  for (const rule of firewall.addresses) {
    const [base = '', bits] = rule.split('/')
    const family = base.includes(':') ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(base, family)
    else list.addSubnet(base, Number(bits), family)
  }
  return list.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
}
