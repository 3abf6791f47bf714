import type { ObjectTable, StoredObject } from './types.ts'

const SURROGATE = /[\ud800-\udfff]/

/** Order of keys as S3 lists them: by UTF-8 bytes, which differs from UTF-16 order only where surrogates are. */
export function compareKeys(left: string, right: string): number {
  if (SURROGATE.test(left) || SURROGATE.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right))
  return left < right ? -1 : left > right ? 1 : 0
}

/** Index of the first key that is not below `bound` in sorted keys. */
export function lowerBound(keys: readonly string[], bound: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareKeys(keys[middle] ?? '', bound) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** An empty table. Keys are sorted when a listing asks and stay so until a key comes or goes. */
export function objectTable(): ObjectTable {
  const table = new Map<string, readonly StoredObject[]>()
  let sorted: readonly string[] | undefined
  return {
    get size() {
      return table.size
    },
    current(key) {
      const newest = table.get(key)?.[0]
      return newest?.deleteMarker ? undefined : newest
    },
    version: (key, versionId) => table.get(key)?.find((object) => object.versionId === versionId),
    versions: (key) => table.get(key) ?? [],
    sortedKeys: () => (sorted ??= [...table.keys()].sort(compareKeys)),
    setVersions(key, versions) {
      if (table.has(key) !== versions.length > 0) sorted = undefined
      if (versions.length > 0) table.set(key, versions)
      else table.delete(key)
    },
  }
}
