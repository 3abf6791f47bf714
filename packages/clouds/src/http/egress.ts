import { accessError } from '@sluice/core'
import ipaddr from 'ipaddr.js'

/** What the operator lets through beyond public addresses over https. */
export interface EgressOptions {
  /** Host names, or `*.suffix`: reachable at private addresses and over plain http. Metadata services stay out of reach. */
  readonly allowHosts?: readonly string[]
  /** Address ranges in CIDR form, whatever host names resolve to them. */
  readonly allowAddresses?: readonly string[]
}

/** Decides where requests may go. Throws `egress.refused`. */
export interface EgressPolicy {
  /** Before a name is resolved: the scheme, credentials in the URL, and addresses written out. */
  checkUrl(url: URL): void
  /** The address about to be connected to. */
  checkAddress(host: string, address: string): void
}

/** Addresses that hand out credentials or control a machine: an allowed host name does not open them, only a range that names them does. */
const METADATA = ['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::/32', '100.100.100.200/32', '168.63.129.16/32', '192.0.0.192/32']
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3')
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96')

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Range = ReturnType<typeof ipaddr.parseCIDR>

export function createEgressPolicy(options: EgressOptions = {}): EgressPolicy {
  const allowedRanges = (options.allowAddresses ?? []).map((cidr) => ipaddr.parseCIDR(cidr))
  const metadata = METADATA.map((cidr) => ipaddr.parseCIDR(cidr))
  const allowsHost = (host: string): boolean => (options.allowHosts ?? []).some((pattern) => matchesHost(pattern, host))

  const allows = (host: string, address: string): boolean => {
    if (!ipaddr.isValid(address)) return false
    const actual = embedded(ipaddr.parse(address))
    if (allowedRanges.some((range) => within(actual, range))) return true
    if (metadata.some((range) => within(actual, range))) return false
    return allowsHost(host) || isPublic(actual)
  }

  const checkAddress = (host: string, address: string): void => {
    if (allows(host, address)) return
    // The address itself is not told: it would map a private network to whoever may set an endpoint.
    throw accessError('egress.refused', {
      message: `The egress policy refuses ${host}: it is, or resolves to, an address that is not public.`,
      context: { host },
    })
  }

  return {
    checkAddress,
    checkUrl: (url) => {
      const host = bareHost(url)
      const refuse = (because: string): never => {
        throw accessError('egress.refused', { message: `The egress policy refuses ${host}: ${because}.`, context: { host } })
      }
      if (url.username !== '' || url.password !== '') refuse('credentials do not belong into a URL')
      const literal = ipaddr.isValid(host)
      if (literal) checkAddress(host, host)
      if (url.protocol === 'https:') return
      if (url.protocol !== 'http:') refuse('only https is spoken')
      const allowed = allowsHost(host) || (literal && allowedRanges.some((range) => within(embedded(ipaddr.parse(host)), range)))
      if (!allowed) refuse('plain http is spoken only with hosts that the operator allows')
    },
  }
}

/** Whether a host is the pattern's, or lies under its suffix. A `*.suffix` does not match the suffix itself. */
export function matchesHost(pattern: string, host: string): boolean {
  const wanted = pattern.toLowerCase()
  const actual = host.toLowerCase().replace(/\.$/, '')
  return wanted.startsWith('*.') ? actual.endsWith(wanted.slice(1)) && actual.length > wanted.length - 1 : actual === wanted
}

/** A URL's host without the brackets of an IPv6 address. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

function isPublic(address: Address): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || within(address, GLOBAL_IPV6))
}

/** The IPv4 address inside an IPv4-mapped or NAT64 one: that is where the packet ends up. */
function embedded(address: Address): Address {
  if (address.kind() === 'ipv4') return address
  if (address.range() === 'ipv4Mapped' || within(address, NAT64)) return ipaddr.fromByteArray(address.toByteArray().slice(12))
  return address
}

function within(address: Address, range: Range): boolean {
  return address.kind() === range[0].kind() && address.match(range)
}
