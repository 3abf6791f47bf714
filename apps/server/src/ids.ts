import type { Random } from '@sluice/core'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** `length` random lower-case base32 characters, five bits each. */
export function base32(length: number, random: Random): string {
  return Array.from(random.bytes(length), (byte) => ALPHABET[byte % 32]).join('')
}
