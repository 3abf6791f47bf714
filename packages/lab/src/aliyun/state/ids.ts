import type { Random } from '@sluice/core'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

function letters(random: Random, length: number): string {
  return Array.from(random.bytes(length), (byte) => LETTERS[byte % LETTERS.length]).join('')
}

/** Long-lived keys begin with LTAI, those of STS with `STS.`. */
export function accessKeyId(random: Random, kind: 'LTAI' | 'STS.'): string {
  return kind + letters(random, kind === 'LTAI' ? 20 : 25)
}

export function accessKeySecret(random: Random): string {
  return letters(random, 30)
}

/** An opaque security token. Nothing can be read from it; the lab looks it up. */
export function securityToken(random: Random): string {
  return `CAIS${Buffer.from(random.bytes(300)).toString('base64')}`
}

/** UIDs of users begin with 2, ids of roles with 3; the rest are digits. */
export function numericId(random: Random, first: '2' | '3'): string {
  return first + Array.from(random.bytes(17), (byte) => String(byte % 10)).join('')
}

/** Ids of uploads and versions: opaque and safe in a URL. */
export function opaqueOssId(random: Random): string {
  return Buffer.from(random.bytes(16)).toString('hex').toUpperCase()
}
