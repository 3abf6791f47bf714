import { createHmac, timingSafeEqual } from 'node:crypto'

/** HMAC-SHA256 of a text under a base64 key, as base64. */
export function sign(key: string, text: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64')).update(text, 'utf8').digest('base64')
}

/** Whether two signatures are the same, in a time that says nothing of where they differ. */
export function sameSignature(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
