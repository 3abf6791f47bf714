/** What every stored object of a cloud has, whatever else it has. */
export interface Versioned {
  readonly key: string
  /** `null` where versioning was never on. */
  readonly versionId: string
  readonly deleteMarker: boolean
}

/** The objects of a bucket, versions newest first, with the keys in UTF-8 order on demand. */
export interface ObjectTable<Stored extends Versioned> {
  readonly size: number
  current(key: string): Stored | undefined
  version(key: string, versionId: string): Stored | undefined
  versions(key: string): readonly Stored[]
  sortedKeys(): readonly string[]
  setVersions(key: string, versions: readonly Stored[]): void
}

const SURROGATE = /[\ud800-\udfff]/

/** Order of keys as object stores list them: by UTF-8 bytes, which differs from UTF-16 order only where surrogates are. */
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
export function objectTable<Stored extends Versioned>(): ObjectTable<Stored> {
  const table = new Map<string, readonly Stored[]>()
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
