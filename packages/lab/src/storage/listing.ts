import { compareKeys, lowerBound, type ObjectTable, type Versioned } from './object-table.ts'

/** What a listing is about. */
export interface ListScope {
  readonly prefix: string
  readonly delimiter: string
  readonly maxKeys: number
  /** Only keys from this one on. */
  readonly from?: string
  /** Only keys below this one. */
  readonly below?: string
}

export interface Page<Stored> {
  readonly objects: readonly Stored[]
  readonly prefixes: readonly string[]
  /** The key or prefix after which the next page begins. */
  readonly next: string | undefined
}

/** One page of current objects and "folders" after `after`, in key order; whole folders are stepped over, not walked through. */
export function listPage<Stored extends Versioned>(table: ObjectTable<Stored>, scope: ListScope, after: string): Page<Stored> {
  const keys = table.sortedKeys()
  const { prefix, delimiter, maxKeys, from, below } = scope
  const objects: Stored[] = []
  const prefixes: string[] = []
  let last: string | undefined
  let index = Math.max(startIndex(keys, prefix, delimiter, after), from === undefined ? 0 : lowerBound(keys, from))
  if (maxKeys === 0) return { objects, prefixes, next: undefined }
  while (index < keys.length) {
    const key = keys[index] ?? ''
    if (!key.startsWith(prefix) || (below !== undefined && compareKeys(key, below) >= 0)) break
    const folder = folderOf(key, prefix, delimiter)
    const object = table.current(key)
    const end = folder === undefined ? index + 1 : folderEnd(keys, folder, index)
    if (folder === undefined ? object === undefined : !hasCurrent(table, keys, index, end)) {
      index = end
      continue
    }
    if (objects.length + prefixes.length === maxKeys) return { objects, prefixes, next: last }
    if (folder !== undefined) prefixes.push(folder)
    else if (object) objects.push(object)
    last = folder ?? key
    index = end
  }
  return { objects, prefixes, next: undefined }
}

function hasCurrent<Stored extends Versioned>(table: ObjectTable<Stored>, keys: readonly string[], from: number, end: number): boolean {
  for (let index = from; index < end; index++) if (table.current(keys[index] ?? '')) return true
  return false
}

function startIndex(keys: readonly string[], prefix: string, delimiter: string, after: string): number {
  if (after === '' || compareKeys(after, prefix) < 0) return lowerBound(keys, prefix)
  // After a folder come the keys beyond it, not those within.
  const folder = after.startsWith(prefix) ? folderOf(after, prefix, delimiter) : undefined
  const index = lowerBound(keys, after)
  if (folder !== undefined && folder === after) return folderEnd(keys, folder, index)
  return keys[index] === after ? index + 1 : index
}

/** The "folder" that a key lies in: up to the first delimiter after the prefix; undefined where it lies in none. */
export function folderOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined
  const end = key.indexOf(delimiter, prefix.length)
  return end < 0 ? undefined : key.slice(0, end + delimiter.length)
}

/** Index of the first key after those that start with `folder`. */
export function folderEnd(keys: readonly string[], folder: string, from: number): number {
  let low = from
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const key = keys[middle] ?? ''
    if (key.startsWith(folder) || compareKeys(key, folder) < 0) low = middle + 1
    else high = middle
  }
  return low
}

export interface VersionPage<Stored> {
  readonly versions: readonly Stored[]
  readonly prefixes: readonly string[]
  /** Where the next page begins; a folder has no version. */
  readonly next: { readonly key: string; readonly versionId: string } | undefined
}

/** One page of all versions, delete markers included, after a key and, within it, a version. */
export function listVersions<Stored extends Versioned>(
  table: ObjectTable<Stored>,
  scope: ListScope,
  keyMarker: string,
  versionMarker: string,
): VersionPage<Stored> {
  const { prefix, delimiter, maxKeys } = scope
  const keys = table.sortedKeys()
  const versions: Stored[] = []
  const prefixes: string[] = []
  let last = { key: '', versionId: '' }
  let index = versionMarker === '' ? startIndex(keys, prefix, delimiter, keyMarker) : lowerBound(keys, keyMarker)
  for (; index < keys.length; index++) {
    const key = keys[index] ?? ''
    if (!key.startsWith(prefix)) break
    const folder = folderOf(key, prefix, delimiter)
    if (folder !== undefined) {
      if (versions.length + prefixes.length >= maxKeys) return { versions, prefixes, next: last }
      prefixes.push(folder)
      last = { key: folder, versionId: '' }
      index = folderEnd(keys, folder, index) - 1
      continue
    }
    const all = table.versions(key)
    const from = key === keyMarker && versionMarker !== '' ? all.findIndex((object) => object.versionId === versionMarker) + 1 : 0
    for (const object of all.slice(from)) {
      if (versions.length + prefixes.length >= maxKeys) return { versions, prefixes, next: last }
      versions.push(object)
      last = { key, versionId: object.versionId }
    }
  }
  return { versions, prefixes, next: undefined }
}
