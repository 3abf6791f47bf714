import type { Location } from '@sluice/core'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatLocation } from '../s3-protocol/location.ts'
import { parseAwsUrl } from './parse.ts'

function at(bucket: string, prefix: string, extent: Location['extent'], region?: string): Location {
  return { cloud: 'aws', bucket, prefix, extent, ...(region ? { region } : {}) }
}

it.each<[string, Location]>([
  ['s3://test-bucket-123', at('test-bucket-123', '', 'bucket')],
  ['s3://b-b/', at('b-b', '', 'bucket')],
  ['S3://b-b/dir/', at('b-b', 'dir/', 'folder')],
  [' s3://b-b/dir/f.csv ', at('b-b', 'dir/f.csv', 'object')],
  ['s3://b-b/dir', at('b-b', 'dir', 'object')],
  ['s3://b.with.dots/a', at('b.with.dots', 'a', 'object')],
  ['s3://b-b/a%20b+c/', at('b-b', 'a b+c/', 'folder')],
  ['s3://b-b/a b/é', at('b-b', 'a b/é', 'object')],
  ['s3://b-b/100%25/x', at('b-b', '100%/x', 'object')],
  ['s3://b-b/%2A%3F%23', at('b-b', '*?#', 'object')],
  ['s3://b-b/a//b', at('b-b', 'a//b', 'object')],
  ['https://b-b.s3.us-west-2.amazonaws.com/dir/f', at('b-b', 'dir/f', 'object', 'us-west-2')],
  ['https://s3.us-west-2.amazonaws.com/b-b/dir/f', at('b-b', 'dir/f', 'object', 'us-west-2')],
  ['https://s3-eu-west-1.amazonaws.com/b-b/dir/', at('b-b', 'dir/', 'folder', 'eu-west-1')],
  ['https://b-b.s3-eu-west-1.amazonaws.com/', at('b-b', '', 'bucket', 'eu-west-1')],
  ['https://b.b.s3.amazonaws.com/x', at('b.b', 'x', 'object')],
  ['https://s3.amazonaws.com/b-b', at('b-b', '', 'bucket')],
  ['https://b-b.s3.dualstack.ap-south-1.amazonaws.com/x', at('b-b', 'x', 'object', 'ap-south-1')],
  ['https://b-b.s3.cn-north-1.amazonaws.com.cn/x', at('b-b', 'x', 'object', 'cn-north-1')],
  ['https://b-b.s3.us-gov-west-1.amazonaws.com/x', at('b-b', 'x', 'object', 'us-gov-west-1')],
  [
    'https://us-east-1.console.aws.amazon.com/s3/buckets/b-b?region=us-west-2&prefix=dir/sub+dir/&showversions=false',
    at('b-b', 'dir/sub dir/', 'folder', 'us-west-2'),
  ],
  ['https://s3.console.aws.amazon.com/s3/object/b-b?region=eu-west-1&prefix=dir%2Ff.csv', at('b-b', 'dir/f.csv', 'object', 'eu-west-1')],
  ['https://s3.console.aws.amazon.com/s3/buckets/b-b', at('b-b', '', 'bucket')],
  ['arn:aws:s3:::b-b', at('b-b', '', 'bucket')],
  ['arn:aws:s3:::b-b/*', at('b-b', '', 'bucket')],
  ['arn:aws-cn:s3:::b-b/dir/*', at('b-b', 'dir/', 'folder')],
  ['arn:aws:s3:::b-b/dir/100%', at('b-b', 'dir/100%', 'object')],
])('reads %s', (url, location) => {
  expect(parseAwsUrl(url)).toEqual(location)
})

it.each([
  ['', 'location.invalid'],
  ['b-b/dir', 'location.invalid'],
  ['s3://', 'location.invalid'],
  ['s3://B/x', 'location.invalid'],
  ['s3://My-Bucket/x', 'location.invalid'],
  ['s3://under_score/x', 'location.invalid'],
  ['s3://ab', 'location.invalid'],
  ['s3://192.168.1.1/x', 'location.invalid'],
  ['s3://a..b/x', 'location.invalid'],
  ['s3://b-b:9000/x', 'location.invalid'],
  ['s3://x--usw2-az1--x-s3/x', 'location.invalid'],
  ['s3://reports-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias/x', 'location.invalid'],
  ['https://reports-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias.s3.us-west-2.amazonaws.com/x', 'location.invalid'],
  ['s3://redacting-hrzrlukc5m36ft7okagglf3g--ol-s3/x', 'location.invalid'],
  ['s3://b-b/a/../x', 'location.invalid'],
  ['s3://b-b/a/%2e%2e/x', 'location.invalid'],
  ['s3://b-b/./x', 'location.invalid'],
  ['s3://b-b//x', 'location.invalid'],
  ['s3://b-b/a%00b', 'location.invalid'],
  ['s3://b-b/a%0Ab', 'location.invalid'],
  ['s3://b-b/100%/x', 'location.invalid'],
  ['s3://b-b/a#b', 'location.invalid'],
  ['s3://b-b/x?region=us-west-2', 'location.invalid'],
  [`s3://b-b/${'a'.repeat(1_025)}`, 'location.invalid'],
  ['s3a://b-b/x', 'location.invalid'],
  ['gs://b-b/x', 'location.invalid'],
  ['https://example.com/b-b/x', 'location.invalid'],
  ['https://b-b.s3.evil.com/x', 'location.invalid'],
  ['https://b-b.s3.us-west-2.amazonaws.com.evil.com/x', 'location.invalid'],
  ['https://b-b.s3-website-us-east-1.amazonaws.com/', 'location.invalid'],
  ['https://b-b.s3-accelerate.amazonaws.com/x', 'location.invalid'],
  ['https://console.aws.amazon.com/ec2/home', 'location.invalid'],
  ['arn:aws:s3:us-west-2:123456789012:accesspoint/ap', 'location.invalid'],
  ['arn:aws:iam::123456789012:role/r', 'location.invalid'],
  ['s3://*/x', 'location.wildcard'],
  ['s3://b-b/*/f.csv', 'location.wildcard'],
  ['s3://b-b/d/*.csv', 'location.wildcard'],
  ['s3://b-b/d/f[0-9].csv', 'location.wildcard'],
  ['s3://b-b/d/f?.csv', 'location.wildcard'],
  ['s3://key:secret@b-b/x', 'location.credential'],
  ['s3://key:sec/ret@b-b/x', 'location.credential'],
  ['s3://b-b/x?access-key=A&secret-access-key=B', 'location.credential'],
  ['s3://b-b/x?AWS_SECRET_KEY=B', 'location.credential'],
  ['https://b-b.s3.us-west-2.amazonaws.com/x?X-Amz-Signature=abc', 'location.credential'],
  ['https://b-b.s3.amazonaws.com/x?AWSAccessKeyId=A&Signature=s&Expires=1', 'location.credential'],
])('refuses %s with %s', (url, reason) => {
  expect(() => parseAwsUrl(url)).toThrowError(expect.objectContaining({ reason }))
})

it.each([
  ['s3://My-Bucket/x', 's3://my-bucket/'],
  ['s3a://b-b/x', 's3://'],
  ['s3://b-b/d/*.csv', 's3://b-b/d/'],
  ['s3://b-b/100%/x', '%25'],
])('says what to write in place of %s', (url, suggestion) => {
  expect(() => parseAwsUrl(url)).toThrowError(expect.objectContaining({ remedy: expect.stringContaining(suggestion) }))
})

it('never repeats a credential that was in the URL', () => {
  for (const url of [
    's3://AKIAX:c4n4ry@b-b/x',
    // The secret keys of AWS have slashes in them, and people forget what comes behind.
    's3://AKIAX:c4n4ry/rest@b-b/x',
    'https://AKIAX:c4n4ry/rest@b-b.s3.amazonaws.com/x',
    's3://AKIAX:c4n4ry/rest',
    's3://AKIAX:c4n4ry?rest@b-b/x',
    'https://AKIAX:c4n4ry/rest',
    'AKIAX:c4n4ry@b-b',
    's3://b-b/x?secret-access-key=c4n4ry',
    's3://b-b/x?token=c4n4ry',
    'https://b-b.s3.amazonaws.com/x?X-Amz-Security-Token=c4n4ry',
  ]) {
    let told = ''
    try {
      parseAwsUrl(url)
    } catch (error) {
      told = JSON.stringify(error) + String(error)
    }
    expect(told, url).not.toBe('')
    expect(told, url).not.toContain('c4n4ry')
  }
})

it('reads back what it writes', () => {
  const segment = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .filter((text) => !/[/\u0000-\u001F\u007F]/.test(text) && !/^\.\.?$/.test(text))
  const prefix = fc
    .tuple(fc.array(segment, { maxLength: 4 }), fc.boolean())
    .map(([parts, isFolder]) => parts.join('/') + (isFolder && parts.length > 0 ? '/' : ''))
  fc.assert(
    fc.property(prefix, (key) => {
      const location = at('test-bucket-123', key, key === '' ? 'bucket' : key.endsWith('/') ? 'folder' : 'object')
      expect(parseAwsUrl(formatLocation(location))).toEqual(location)
    }),
  )
})

it('throws nothing but its own errors, whatever is pasted', () => {
  const pasted = fc.oneof(
    fc.string(),
    fc.string().map((text) => `s3://${text}`),
    fc.string().map((text) => `https://b.s3.amazonaws.com/${text}`),
    fc.string().map((text) => `arn:aws:s3:::${text}`),
  )
  fc.assert(
    fc.property(pasted, (text) => {
      try {
        const { prefix } = parseAwsUrl(text)
        expect(prefix.split('/')).not.toContain('..')
      } catch (error) {
        expect(error).toMatchObject({ name: 'AccessError', code: 'invalid' })
      }
    }),
    { numRuns: 500 },
  )
})
