import type { Random } from '@sluice/core'

/** A random UUID: Azure calls it a GUID and names tenants, applications and identities so; keys of KMS have one. */
export function uuid(random: Random): string {
  const hex = Buffer.from(random.bytes(16)).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join('-')
}
