import type { ObjectTable, Versioned } from './object-table.ts'

export type Versioning = 'off' | 'Enabled' | 'Suspended'

/** Puts a version on top of its key, in place of one of the same id. */
export function addVersion<Stored extends Versioned>(objects: ObjectTable<Stored>, stored: Stored): void {
  const kept = objects.versions(stored.key).filter((version) => version.versionId !== stored.versionId)
  objects.setVersions(stored.key, [stored, ...kept])
}

/** Puts a version in the place of another of the same key. */
export function replaceVersion<Stored extends Versioned>(objects: ObjectTable<Stored>, old: Stored, by: Stored): void {
  objects.setVersions(
    old.key,
    objects.versions(old.key).map((version) => (version === old ? by : version)),
  )
}

/** Deletes a version for good, or the key: with versioning that only puts a delete marker on top. */
export function removeVersion<Stored extends Versioned>(
  objects: ObjectTable<Stored>,
  what: { readonly key: string; readonly versionId: string | undefined; readonly versioning: Versioning },
  addMarker: () => Stored,
): { readonly marker: boolean; readonly versionId?: string } {
  const { key, versionId, versioning } = what
  if (versionId !== undefined) {
    const found = objects.version(key, versionId)
    objects.setVersions(
      key,
      objects.versions(key).filter((version) => version !== found),
    )
    return { marker: found?.deleteMarker ?? false, versionId }
  }
  if (versioning === 'off') {
    objects.setVersions(key, [])
    return { marker: false }
  }
  return { marker: true, versionId: addMarker().versionId }
}
