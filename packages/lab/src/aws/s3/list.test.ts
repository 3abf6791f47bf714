import fc from 'fast-check'
import { expect, it } from 'vitest'
import { memoryContent } from '../../http/content.ts'
import { createBucket } from '../state/buckets.ts'
import { compareKeys } from '../state/object-table.ts'
import { emptyState } from '../state/state.ts'
import type { Bucket } from '../state/types.ts'
import { listPage } from './list.ts'
import { removeObject, storeObject } from './write.ts'

const state = () =>
  emptyState(
    { now: () => 0, sleep: async () => {} },
    { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)), fraction: () => 0 },
  )

function bucketWith(keys: readonly string[], deleted: readonly string[]): Bucket {
  const world = state()
  const bucket = createBucket(world, { name: 'b', accountId: '123456789012', region: 'us-east-1' })
  bucket.versioning = 'Enabled'
  for (const key of keys)
    storeObject(world, bucket, {
      key,
      content: memoryContent(),
      etag: '""',
      storageClass: 'STANDARD',
      ownerAccount: '123456789012',
      acl: 'private',
      encryption: { algorithm: 'AES256' },
      headers: {},
    })
  for (const key of deleted) removeObject(world, bucket, key, undefined)
  return bucket
}

/** What S3's documentation says a listing is, computed in the plainest way. */
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
        const bucket = bucketWith(keys, deleted)
        const left = keys.filter((name) => !deleted.includes(name))
        const seen: string[] = []
        let after: string | undefined = ''
        while (after !== undefined) {
          const page = listPage(bucket, { prefix, delimiter, maxKeys, encoded: false }, after)
          expect(page.objects.length + page.prefixes.length).toBeLessThanOrEqual(maxKeys)
          seen.push(...[...page.objects.map((object) => object.key), ...page.prefixes].sort(compareKeys))
          after = page.next
        }
        expect(seen).toEqual(plainListing(left, prefix, delimiter))
      },
    ),
  )
})
