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
