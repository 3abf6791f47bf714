import type { Location } from '@sluice/core'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatGcpLocation, parseGcpUrl } from './parse.ts'

function at(bucket: string, prefix: string, extent: Location['extent']): Location {
  return { cloud: 'gcp', bucket, prefix, extent }
}

it.each<[string, Location]>([
  ['gs://acme-lake', at('acme-lake', '', 'bucket')],
  ['gs://acme-lake/', at('acme-lake', '', 'bucket')],
  ['gcs://acme-lake/dir/', at('acme-lake', 'dir/', 'folder')],
  ['GS://acme-lake/dir/f.csv', at('acme-lake', 'dir/f.csv', 'object')],
  [' gs://acme-lake/dir ', at('acme-lake', 'dir', 'object')],
  ['gs://under_score.with.dots/a', at('under_score.with.dots', 'a', 'object')],
  ['gs://acme-lake/a%20b+c/', at('acme-lake', 'a b+c/', 'folder')],
  ['gs://acme-lake/a b/é', at('acme-lake', 'a b/é', 'object')],
  ['gs://acme-lake/%2A%3F%23', at('acme-lake', '*?#', 'object')],
  ['https://storage.googleapis.com/acme-lake/dir/f', at('acme-lake', 'dir/f', 'object')],
  ['https://storage.googleapis.com/acme-lake', at('acme-lake', '', 'bucket')],
  ['https://acme-lake.storage.googleapis.com/dir/', at('acme-lake', 'dir/', 'folder')],
  ['https://a.b.c.storage.googleapis.com/dir/f', at('a.b.c', 'dir/f', 'object')],
  ['https://storage.cloud.google.com/acme-lake/dir/f.csv', at('acme-lake', 'dir/f.csv', 'object')],
  ['https://storage.cloud.google.com/acme-lake/dir/f.csv?authuser=1', at('acme-lake', 'dir/f.csv', 'object')],
  ['https://storage.googleapis.com/storage/v1/b/acme-lake', at('acme-lake', '', 'bucket')],
  ['https://storage.googleapis.com/storage/v1/b/acme-lake/o/dir%2Ff%20g.csv', at('acme-lake', 'dir/f g.csv', 'object')],
  ['https://storage.googleapis.com/download/storage/v1/b/acme-lake/o/f.csv?alt=media', at('acme-lake', 'f.csv', 'object')],
  ['https://www.googleapis.com/storage/v1/b/acme-lake/o/f.csv', at('acme-lake', 'f.csv', 'object')],
  ['https://console.cloud.google.com/storage/browser/acme-lake', at('acme-lake', '', 'bucket')],
  ['https://console.cloud.google.com/storage/browser/acme-lake?project=acme-data', at('acme-lake', '', 'bucket')],
  [
    'https://console.cloud.google.com/storage/browser/acme-lake/dir/sub%20dir;tab=objects?project=acme-data&prefix=&forceOnObjectsSortingFiltering=false',
    at('acme-lake', 'dir/sub dir/', 'folder'),
  ],
  ['https://console.cloud.google.com/storage/browser/acme-lake/dir?prefix=more%20of%2F', at('acme-lake', 'dir/more of/', 'folder')],
  ['https://console.cloud.google.com/storage/browser/acme-lake/dir?prefix=typed', at('acme-lake', 'dir/', 'folder')],
  [
    'https://console.cloud.google.com/storage/browser/_details/acme-lake/dir/f.csv;tab=live_object?project=acme-data',
    at('acme-lake', 'dir/f.csv', 'object'),
  ],
])('reads %s', (url, location) => {
  expect(parseGcpUrl(url)).toEqual(location)
})

it.each([
  ['', 'location.invalid'],
  ['acme-lake/dir', 'location.invalid'],
  ['gs://', 'location.invalid'],
  ['gs://Acme-Lake/x', 'location.invalid'],
  ['gs://ab', 'location.invalid'],
  ['gs://-ab/x', 'location.invalid'],
  ['gs://192.168.1.1/x', 'location.invalid'],
  ['gs://a..b/x', 'location.invalid'],
  [`gs://${'a'.repeat(64)}/x`, 'location.invalid'],
  ['gs://acme-lake:9000/x', 'location.invalid'],
  ['gs://acme-lake/a/../x', 'location.invalid'],
  ['gs://acme-lake/a/%2e%2e/x', 'location.invalid'],
  ['gs://acme-lake/a%00', 'location.invalid'],
  ['gs://acme-lake/100%', 'location.invalid'],
  ['gs://acme-lake/x#y', 'location.invalid'],
  ['gs://acme-lake/x?generation=1', 'location.invalid'],
  ['gs://acme-lake/a?.csv', 'location.wildcard'],
  ['gs://acme-lake/*.csv', 'location.wildcard'],
  ['gs://acme-*/x', 'location.wildcard'],
  ['https://storage.googleapis.com.evil.example/acme-lake/x', 'location.invalid'],
  ['https://example.com/acme-lake/x', 'location.invalid'],
  ['https://console.cloud.google.com/iam-admin/iam', 'location.invalid'],
  ['s3://acme-lake/x', 'location.invalid'],
  ['https://storage.googleapis.com/acme-lake/x?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Signature=0', 'location.credential'],
  ['https://storage.googleapis.com/acme-lake/x?GoogleAccessId=a%40b&Expires=1&Signature=x', 'location.credential'],
  ['https://storage.googleapis.com/upload/storage/v1/b/acme-lake/o?uploadType=resumable&upload_id=x', 'location.credential'],
  ['https://storage.googleapis.com/storage/v1/b/acme-lake/o/x?access_token=ya29.x', 'location.credential'],
  ['gs://user:secret@acme-lake/x', 'location.credential'],
])('refuses %s', (url, reason) => {
  expect(() => parseGcpUrl(url)).toThrow(expect.objectContaining({ reason }))
})

it('repeats nothing of a credential', () => {
  for (const url of [
    'https://storage.googleapis.com/acme-lake/x?X-Goog-Signature=c4n4ry',
    'https://storage.googleapis.com/upload/storage/v1/b/acme-lake/o?upload_id=c4n4ry',
  ])
    try {
      parseGcpUrl(url)
      expect.unreachable()
    } catch (error) {
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('c4n4ry')
    }
})

it('reads back every location that it writes', () => {
  const segment = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((text) => !/[\u0000-\u001f\u007f/]/.test(text))
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 4 }), fc.boolean(), (segments, isFolder) => {
      const prefix = segments.join('/') + (isFolder && segments.length > 0 ? '/' : '')
      fc.pre(!segments.some((one) => one === '.' || one === '..') && Buffer.byteLength(prefix) <= 1_024)
      const location = at('acme-lake', prefix, prefix === '' ? 'bucket' : prefix.endsWith('/') ? 'folder' : 'object')
      expect(parseGcpUrl(formatGcpLocation(location))).toEqual(location)
    }),
  )
})
