import type { Random } from '@sluice/core'

/** So many decimal digits, the first not 0. */
export function digits(random: Random, length: number): string {
  return Array.from(random.bytes(length), (byte, index) => String(index === 0 ? 1 + (byte % 9) : byte % 10)).join('')
}

/** Key ids of service accounts: forty hexadecimal digits. */
export function keyId(random: Random): string {
  return Buffer.from(random.bytes(20)).toString('hex')
}

/** An access token. Nothing can be read from it; the lab looks it up. */
export function accessTokenText(random: Random, kind: 'c' | 'd'): string {
  return `ya29.${kind}.${Buffer.from(random.bytes(96)).toString('base64url')}`
}

/** Upload ids: opaque and safe in a URL. */
export function uploadId(random: Random): string {
  return `A${Buffer.from(random.bytes(60)).toString('base64url')}`
}
