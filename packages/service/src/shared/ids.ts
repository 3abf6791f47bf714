import type { Random } from '@sluice/core'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** A new id: the prefix, an underscore and 20 random base32 characters (100 bits). */
export function newId(prefix: 'conn' | 'stage' | 'lease' | 'secret' | 'tok' | 'query' | 'req' | 'jti', random: Random): string {
  const characters = Array.from(random.bytes(20), (byte) => BASE32[byte % 32])
  return `${prefix}_${characters.join('')}`
}

/** A new external id: 128 random bits, unguessable and never issued twice. */
export function newExternalId(random: Random): string {
  return `sluice-${Buffer.from(random.bytes(16)).toString('hex')}`
}
