const POLYNOMIAL = 0x04c11db7

/** What the command `cksum` prints first for these bytes. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/cksum.html */
export function checksum(bytes: Uint8Array): number {
  let sum = 0
  for (const byte of bytes) sum = withByte(sum, byte)
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) sum = withByte(sum, length & 0xff)
  return ~sum >>> 0
}

function withByte(sum: number, byte: number): number {
  return (sum << 8) ^ (TABLE[((sum >>> 24) ^ byte) & 0xff] ?? 0)
}

const TABLE = Array.from({ length: 256 }, (_, index) => {
  let value = index << 24
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ POLYNOMIAL : value << 1
  return value
})
