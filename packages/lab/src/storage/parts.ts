import { createHash } from 'node:crypto'
import type { Content } from '../http/content.ts'

/** A part of a multipart upload that has arrived. */
export interface StoredPart {
  readonly number: number
  readonly content: Content
  readonly md5: Buffer
  readonly lastModified: number
}

/** The parts that a completion lists, or the first thing wrong with its list. */
export type PartChoice<Part extends StoredPart> =
  | { readonly kind: 'chosen'; readonly parts: readonly Part[] }
  | { readonly kind: 'not-ascending' }
  | { readonly kind: 'missing'; readonly number: number; readonly etag: string }
  | { readonly kind: 'too-small'; readonly part: Part }

/** Picks the listed parts of an upload: each there, with the ETag it has, in order, and none but the last below the least size. */
export function chooseParts<Part extends StoredPart, Listed extends { readonly number: number; readonly etag: string }>(
  stored: ReadonlyMap<number, Part>,
  listed: readonly Listed[],
  rules: { readonly minBytes: number; readonly matches?: (part: Part, listed: Listed) => boolean },
): PartChoice<Part> {
  const chosen: Part[] = []
  for (const entry of listed) {
    if (entry.number <= (chosen.at(-1)?.number ?? 0)) return { kind: 'not-ascending' }
    const part = stored.get(entry.number)
    const isSame =
      part && entry.etag.replaceAll('"', '').toLowerCase() === part.md5.toString('hex') && (rules.matches?.(part, entry) ?? true)
    if (!isSame) return { kind: 'missing', number: entry.number, etag: entry.etag }
    chosen.push(part)
  }
  const small = chosen.slice(0, -1).find((part) => part.content.size < rules.minBytes)
  return small ? { kind: 'too-small', part: small } : { kind: 'chosen', parts: chosen }
}

/** What the ETag of a completed upload is made of: the MD5 of the parts' MD5s, and how many there were. */
export function partsDigest(parts: readonly StoredPart[]): string {
  const md5 = createHash('md5')
  for (const part of parts) md5.update(part.md5)
  return `${md5.digest('hex')}-${parts.length}`
}
