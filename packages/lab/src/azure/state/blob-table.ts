import { compareKeys } from '@sluice/core'
import type { BlobTable, StoredBlob } from './types.ts'

interface Entry {
  readonly current: StoredBlob | undefined
  readonly previous: readonly StoredBlob[]
}

/** An empty table. Names are sorted when a listing asks and stay so until a blob comes or goes. */
export function blobTable(): BlobTable {
  const table = new Map<string, Entry>()
  let sorted: readonly string[] | undefined
  return {
    get size() {
      return [...table.values()].filter(({ current }) => current).length
    },
    current: (name) => table.get(name)?.current,
    version(name, versionId) {
      const entry = table.get(name)
      const isIt = (blob: StoredBlob): boolean => blob.versionId === versionId
      return entry?.current && isIt(entry.current) ? entry.current : entry?.previous.find(isIt)
    },
    previous: (name) => table.get(name)?.previous ?? [],
    sortedNames: () =>
      (sorted ??= [...table]
        .filter(([, { current }]) => current)
        .map(([name]) => name)
        .sort(compareKeys)),
    everyName: () => [...table.keys()].sort(compareKeys),
    set(name, current, previous) {
      if ((table.get(name)?.current === undefined) !== (current === undefined)) sorted = undefined
      if (current || previous.length > 0) table.set(name, { current, previous })
      else table.delete(name)
    },
  }
}

/** Index of the first name that is not below `bound` in sorted names. */
export function lowerBound(names: readonly string[], bound: string): number {
  let low = 0
  let high = names.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareKeys(names[middle] ?? '', bound) < 0) low = middle + 1
    else high = middle
  }
  return low
}
