/** An address or range: one number per family's width. IPv4 and IPv6 never match each other. */
export interface IpRange {
  readonly bits: 32 | 128
  readonly first: bigint
  readonly last: bigint
}

/** Parses `203.0.113.0/24`, `2001:db8::/32` or a single address. Bits beyond the prefix length are ignored, as AWS ignores them. */
export function parseIpRange(text: string): IpRange | undefined {
  const [address = '', length, ...more] = text.split('/')
  if (more.length > 0) return undefined
  const bits = address.includes(':') ? 128 : 32
  const value = bits === 128 ? parseIpv6(address) : parseIpv4(address)
  if (value === undefined) return undefined
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined
  const prefix = length === undefined ? bits : Number(length)
  if (prefix > bits) return undefined
  const hosts = (1n << BigInt(bits - prefix)) - 1n
  const first = value & ~hosts
  return { bits, first, last: first | hosts }
}

/** Whether `inner` lies wholly in `outer`. */
export function ipContains(outer: IpRange, inner: IpRange): boolean {
  return outer.bits === inner.bits && inner.first >= outer.first && inner.last <= outer.last
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0
  for (const part of parts) {
    const octet = /^\d{1,3}$/.test(part) ? Number(part) : 256
    if (octet > 255) return undefined
    value = value * 256 + octet
  }
  return BigInt(value)
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groupsOf(halves[0] ?? '', halves.length === 1)
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : []
  if (!head || !tail) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail]
  return groups.reduce((value, group) => (value << 16n) | group, 0n)
}

// The last 32 bits may be written as IPv4: ::ffff:192.0.2.1.
function groupsOf(text: string, mayEndInIpv4: boolean): bigint[] | undefined {
  if (text === '') return []
  const groups: bigint[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (mayEndInIpv4 && index === parts.length - 1 && part.includes('.')) {
      const value = parseIpv4(part)
      if (value === undefined) return undefined
      groups.push(value >> 16n, value & 0xffffn)
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`))
    else return undefined
  }
  return groups
}
