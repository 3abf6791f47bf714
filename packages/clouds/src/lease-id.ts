import type { Random } from '@sluice/core'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** A new lease's id: `lease_` and 100 random bits in base32. */
export function leaseId(random: Random): string {
  return `lease_${Array.from(random.bytes(20), (byte) => ALPHABET[byte & 31]).join('')}`
}
