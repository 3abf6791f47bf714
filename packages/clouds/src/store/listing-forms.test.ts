import { describe, expect, it } from 'vitest'
import { listQuery, parseListing } from './listing.ts'

const OLD = { version: 1, isEncoded: true } as const

function page(inner: string): string {
  return `<ListBucketResult><EncodingType>url</EncodingType>${inner}</ListBucketResult>`
}

const object = (key: string) =>
  `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>1</Size></Contents>`

describe('the older listing', () => {
  it('goes on after the last key, or where it says that it goes on', () => {
    const truncated = '<IsTruncated>true</IsTruncated>'
    expect(parseListing(page(`${truncated}${object('a%2B1')}${object('b%20c')}`), OLD)).toMatchObject({ continuation: 'b c' })
    const grouped = `${truncated}<NextMarker>d%2F</NextMarker>${object('a')}<CommonPrefixes><Prefix>d%2F</Prefix></CommonPrefixes>`
    expect(parseListing(page(grouped), OLD)).toMatchObject({ prefixes: ['d/'], continuation: 'd/' })
    expect(parseListing(page(`<IsTruncated>false</IsTruncated>${object('a')}`), OLD).continuation).toBeUndefined()
    expect(() => parseListing(page(truncated), OLD)).toThrow('where to go on')
  })

  it('asks by marker, whoever named the key', () => {
    expect(listQuery({ prefix: 'p/', startAfter: 'p/a', maxKeys: 3 }, OLD)).toEqual({
      'encoding-type': 'url',
      prefix: 'p/',
      marker: 'p/a',
      'max-keys': '3',
    })
    expect(listQuery({ prefix: '', continuation: 'k', delimiter: '/' }, { version: 1, isEncoded: false })).toEqual({
      prefix: '',
      delimiter: '/',
      marker: 'k',
    })
  })
})
