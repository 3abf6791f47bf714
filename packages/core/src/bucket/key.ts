import { accessError } from '../reasons/index.ts'
import { type Location, covers } from '../location.ts'

/** Bytes a key may have on every cloud. */
const MAX_KEY_BYTES = 1_024

/**
 * Refuses keys that Sluice neither reads nor writes: empty, absolute, with a `.` or `..` segment, a control character or half a character.
 * Object stores take such keys literally, but whatever maps keys to paths does not.
 */
export function checkKey(key: string): void {
  const because = keyFault(key)
  if (because !== undefined) throw accessError('object.key', { message: `The key ${because}.` })
}

function keyFault(key: string): string | undefined {
  if (key === '') return 'is empty'
  if (key.startsWith('/')) return 'is absolute'
  if (key.split('/').some((segment) => segment === '.' || segment === '..')) return 'has a . or .. segment'
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001F\u007F]/.test(key)) return 'has a control character'
  if (/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(key)) return 'is not well-formed Unicode'
  return key.length > MAX_KEY_BYTES || new TextEncoder().encode(key).length > MAX_KEY_BYTES
    ? `is longer than ${MAX_KEY_BYTES} bytes`
    : undefined
}

/** Refuses keys that are malformed or outside the location. */
export function checkKeyIn(location: Location, key: string): void {
  checkKey(key)
  if (covers(location, key)) return
  throw accessError('object.outside', { message: `The key ${key} lies outside ${location.bucket}/${location.prefix}.` })
}

/** Orders keys as stores list them: by UTF-8 bytes. JavaScript's own order differs for characters beyond the basic plane. */
export function compareKeys(one: string, other: string): number {
  const end = Math.min(one.length, other.length)
  for (let index = 0; index < end; index++) {
    const left = one.charCodeAt(index)
    const right = other.charCodeAt(index)
    if (left !== right) return byteRank(left) - byteRank(right)
  }
  return one.length - other.length
}

/** Surrogates stand for characters above every other one; UTF-16 puts them below U+E000. */
function byteRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
