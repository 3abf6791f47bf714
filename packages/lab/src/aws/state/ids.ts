import type { Random } from '@sluice/core'

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Random letters of an alphabet. */
export function letters(random: Random, alphabet: string, length: number): string {
  return Array.from(random.bytes(length), (byte) => alphabet[byte % alphabet.length]).join('')
}

/** AWS's unique ids: AROA for roles, AIDA for users, ANPA for policies, AKIA and ASIA for access keys. */
export function uniqueId(random: Random, prefix: 'AROA' | 'AIDA' | 'ANPA' | 'AKIA' | 'ASIA'): string {
  return prefix + letters(random, UPPER, prefix.startsWith('AK') || prefix === 'ASIA' ? 16 : 17)
}

/** The secret half of an access key: forty characters. */
export function secretKey(random: Random): string {
  return Buffer.from(random.bytes(30)).toString('base64')
}

/** An opaque session token. Nothing can be read from it; the lab looks it up. */
export function sessionToken(random: Random): string {
  return `IQoJ${Buffer.from(random.bytes(204)).toString('base64')}`
}

export function hexId(random: Random, bytes: number): string {
  return Buffer.from(random.bytes(bytes)).toString('hex')
}

/** `x-amz-request-id`: sixteen characters. */
export function requestId(random: Random): string {
  return letters(random, UPPER, 16)
}

/** Upload and version ids: opaque and safe in a URL. */
export function opaqueId(random: Random): string {
  return Buffer.from(random.bytes(24)).toString('base64url')
}
