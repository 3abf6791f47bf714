import fc from 'fast-check'
import { expect, it } from 'vitest'
import { listPage, type Page } from './listing.ts'
import { compareKeys, objectTable, type ObjectTable, type Versioned } from './object-table.ts'
import { addVersion, removeVersion } from './versions.ts'

function tableWith(keys: readonly string[], deleted: readonly string[]): ObjectTable<Versioned> {
  const table = objectTable<Versioned>()
  for (const key of keys) addVersion(table, { key, versionId: '1', deleteMarker: false })
  for (const key of deleted)
    removeVersion(table, { key, versionId: undefined, versioning: 'Enabled' }, () => {
      const marker = { key, versionId: '2', deleteMarker: true }
      addVersion(table, marker)
      return marker
    })
  return table
}

/** What a listing is by the documentation of S3, computed in the plainest way. */
function plainListing(keys: readonly string[], prefix: string, delimiter: string): readonly string[] {
  const found = new Set<string>()
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    found.add(end < 0 ? key : key.slice(0, end + delimiter.length))
  }
  return [...found].sort(compareKeys)
}

it('lists every key or folder once, in order, whatever the page size', () => {
  const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'é', '😀', 'ﬁ'), minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { maxLength: 30 }),
      fc.array(fc.nat(29), { maxLength: 10 }),
      fc.oneof(fc.constant(''), key),
      fc.constantFrom('', '/', 'a/'),
      fc.integer({ min: 1, max: 5 }),
      (keys, deletions, prefix, delimiter, maxKeys) => {
        const deleted = deletions.map((index) => keys[index]).filter((name) => name !== undefined)
        const table = tableWith(keys, deleted)
        const left = keys.filter((name) => !deleted.includes(name))
        const seen: string[] = []
        let after: string | undefined = ''
        while (after !== undefined) {
          const page: Page<Versioned> = listPage(table, { prefix, delimiter, maxKeys }, after)
          expect(page.objects.length + page.prefixes.length).toBeLessThanOrEqual(maxKeys)
          seen.push(...[...page.objects.map((object) => object.key), ...page.prefixes].sort(compareKeys))
          after = page.next
        }
        expect(seen).toEqual(plainListing(left, prefix, delimiter))
      },
    ),
  )
})
