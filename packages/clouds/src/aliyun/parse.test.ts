import type { Location } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitOssCredential } from './credential-url.ts'
import { formatOssLocation } from './location.ts'
import { parseAliyunUrl } from './parse.ts'

function at(bucket: string, prefix: string, extent: Location['extent'], region?: string): Location {
  return { cloud: 'aliyun', bucket, prefix, extent, ...(region ? { region } : {}) }
}

it.each<[string, Location]>([
  ['oss://test-bucket-123', at('test-bucket-123', '', 'bucket')],
  ['oss://b-b/', at('b-b', '', 'bucket')],
  ['OSS://b-b/dir/', at('b-b', 'dir/', 'folder')],
  [' oss://b-b/dir/f.csv ', at('b-b', 'dir/f.csv', 'object')],
  ['oss://b-b/a%20b+c/', at('b-b', 'a b+c/', 'folder')],
  ['oss://b-b/a b/数', at('b-b', 'a b/数', 'object')],
  ['oss://b-b/100%25/x', at('b-b', '100%/x', 'object')],
  ['oss://b-b/%2A%3F%23', at('b-b', '*?#', 'object')],
  ['oss://b-b/a//b', at('b-b', 'a//b', 'object')],
  ['oss://b-b.oss-cn-beijing-internal.aliyuncs.com/dir/', at('b-b', 'dir/', 'folder', 'cn-beijing')],
  ['https://b-b.oss-cn-hangzhou.aliyuncs.com/dir/f', at('b-b', 'dir/f', 'object', 'cn-hangzhou')],
  ['https://b-b.oss-cn-hangzhou-internal.aliyuncs.com/dir/', at('b-b', 'dir/', 'folder', 'cn-hangzhou')],
  ['http://b-b.oss-us-west-1.aliyuncs.com/', at('b-b', '', 'bucket', 'us-west-1')],
  ['https://b-b.oss-ap-southeast-1.aliyuncs.com:443/x', at('b-b', 'x', 'object', 'ap-southeast-1')],
  ['https://b-b.s3.oss-cn-shanghai.aliyuncs.com/x', at('b-b', 'x', 'object', 'cn-shanghai')],
  ['https://b-b.oss.aliyuncs.com/x', at('b-b', 'x', 'object')],
  ['https://oss-cn-hangzhou.aliyuncs.com/b-b/dir/f', at('b-b', 'dir/f', 'object', 'cn-hangzhou')],
  ['https://oss-cn-hangzhou-internal.aliyuncs.com/b-b', at('b-b', '', 'bucket', 'cn-hangzhou')],
  ['https://oss.console.aliyun.com/bucket/oss-cn-hangzhou/b-b/overview', at('b-b', '', 'bucket', 'cn-hangzhou')],
  [
    'https://oss.console.aliyun.com/bucket/oss-cn-hangzhou/b-b/object?path=dir%2Fsub+dir%2F',
    at('b-b', 'dir/sub dir/', 'folder', 'cn-hangzhou'),
  ],
  ['https://oss.console.alibabacloud.com/bucket/oss-eu-central-1/b-b/object?path=dir%2F', at('b-b', 'dir/', 'folder', 'eu-central-1')],
  ['acs:oss:*:*:b-b', at('b-b', '', 'bucket')],
  ['acs:oss:*:*:b-b/*', at('b-b', '', 'bucket')],
  ['acs:oss:oss-cn-beijing:9876543210987654:b-b/dir/*', at('b-b', 'dir/', 'folder', 'cn-beijing')],
  ['acs:oss:*:*:b-b/dir/100%', at('b-b', 'dir/100%', 'object')],
])('reads %s', (url, location) => {
  expect(parseAliyunUrl(url)).toEqual(location)
})

it.each([
  ['', 'location.invalid'],
  ['b-b/dir', 'location.invalid'],
  ['oss://', 'location.invalid'],
  ['oss://My-Bucket/x', 'location.invalid'],
  ['oss://under_score/x', 'location.invalid'],
  ['oss://ab', 'location.invalid'],
  ['oss://a.b/x', 'location.invalid'],
  ['oss://-b-b/x', 'location.invalid'],
  ['oss://b-b:9000/x', 'location.invalid'],
  ['oss://b-b/a/../x', 'location.invalid'],
  ['oss://b-b/a/%2e%2e/x', 'location.invalid'],
  ['oss://b-b/./x', 'location.invalid'],
  ['oss://b-b//x', 'location.invalid'],
  ['oss://b-b/%5Cx', 'location.invalid'],
  ['oss://b-b/a%00b', 'location.invalid'],
  ['oss://b-b/100%/x', 'location.invalid'],
  ['oss://b-b/a#b', 'location.invalid'],
  ['oss://b-b/x?region=cn-beijing', 'location.invalid'],
  [`oss://b-b/${'a'.repeat(1_024)}`, 'location.invalid'],
  ['s3://b-b/x', 'location.invalid'],
  ['https://example.com/b-b/x', 'location.invalid'],
  ['https://b-b.oss-cn-hangzhou.aliyuncs.com.evil.com/x', 'location.invalid'],
  ['https://b-b.oss-cn-hangzhou.evil.com/x', 'location.invalid'],
  ['https://b-b.oss-accelerate.aliyuncs.com/x', 'location.invalid'],
  ['https://b-b.oss-accelerate-overseas.aliyuncs.com/x', 'location.invalid'],
  ['https://b-b.oss-cn-hangzhou.aliyuncs.com/x?acl', 'location.invalid'],
  ['https://sts.cn-hangzhou.aliyuncs.com/', 'location.invalid'],
  ['https://oss.console.aliyun.com/overview', 'location.invalid'],
  ['acs:ram::1234567890123456:role/r', 'location.invalid'],
  ['oss://*/x', 'location.wildcard'],
  ['oss://b-b/*/f.csv', 'location.wildcard'],
  ['oss://b-b/d/*.csv', 'location.wildcard'],
  ['oss://b-b/d/f[0-9].csv', 'location.wildcard'],
  ['oss://b-b/d/f?.csv', 'location.wildcard'],
  ['oss://key:secret@b-b/x', 'location.credential'],
  ['oss://b-b/x?access-key=A&secret-access-key=B', 'location.credential'],
  ['https://b-b.oss-cn-hangzhou.aliyuncs.com/x?x-oss-signature=abc&x-oss-credential=d', 'location.credential'],
  ['https://b-b.oss-cn-hangzhou.aliyuncs.com/x?OSSAccessKeyId=A&Signature=s&Expires=1', 'location.credential'],
])('refuses %s with %s', (url, reason) => {
  expect(() => parseAliyunUrl(url)).toThrowError(expect.objectContaining({ reason }))
})

it.each([
  ['oss://My-Bucket/x', 'oss://my-bucket/'],
  ['s3://b-b/x', 'oss://'],
  ['oss://b-b/d/*.csv', 'oss://b-b/d/'],
  ['oss://b-b/100%/x', '%25'],
  ['oss://a.b/x', 'oss://bucket/folder/'],
])('says what to write in place of %s', (url, suggestion) => {
  expect(() => parseAliyunUrl(url)).toThrowError(expect.objectContaining({ remedy: expect.stringContaining(suggestion) }))
})

it('never repeats a credential that was in the URL', () => {
  for (const url of [
    'oss://LTAIX:c4n4ry@b-b/x',
    'https://LTAIX:c4n4ry/rest@b-b.oss-cn-hangzhou.aliyuncs.com/x',
    'oss://LTAIX:c4n4ry/rest',
    'LTAIX:c4n4ry@b-b',
    'oss://b-b/x?secret-access-key=c4n4ry',
    'oss://b-b/x?access-key-secret=c4n4ry',
    'https://b-b.oss-cn-hangzhou.aliyuncs.com/x?security-token=c4n4ry',
    'https://b-b.oss-cn-hangzhou.aliyuncs.com/x?x-oss-security-token=c4n4ry',
  ]) {
    let told = ''
    try {
      parseAliyunUrl(url)
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
    // No key of OSS begins with a backslash.
    .filter((key) => !key.startsWith('\\'))
  fc.assert(
    fc.property(prefix, (key) => {
      const location = at('test-bucket-123', key, key === '' ? 'bucket' : key.endsWith('/') ? 'folder' : 'object')
      expect(parseAliyunUrl(formatOssLocation(location))).toEqual(location)
    }),
  )
})

it('throws nothing but its own errors, whatever is pasted', () => {
  const pasted = fc.oneof(
    fc.string(),
    fc.string().map((text) => `oss://${text}`),
    fc.string().map((text) => `https://b-b.oss-cn-hangzhou.aliyuncs.com/${text}`),
    fc.string().map((text) => `https://oss.console.aliyun.com/bucket/oss-cn-hangzhou/b-b/object?path=${text}`),
    fc.string().map((text) => `acs:oss:*:*:${text}`),
  )
  fc.assert(
    fc.property(pasted, (text) => {
      try {
        const { prefix } = parseAliyunUrl(text)
        expect(prefix.split('/')).not.toContain('..')
      } catch (error) {
        expect(error).toMatchObject({ name: 'AccessError', code: 'invalid' })
      }
    }),
    { numRuns: 500 },
  )
})

describe('a URL with an AccessKey in it', () => {
  const keys = { accessKeyId: 'LTAI5tExample', accessKeySecret: 'c4n/4ry+' }

  it.each([
    ['oss://b-b/d/?access-key=LTAI5tExample&secret-access-key=c4n%2F4ry%2B', keys],
    ['oss://b-b/d/?access-key-id=LTAI5tExample&access-key-secret=c4n%2F4ry%2B', keys],
    [
      'oss://b-b/d/?access-key=STS.a&secret-access-key=b&session-token=c',
      { accessKeyId: 'STS.a', accessKeySecret: 'b', securityToken: 'c' },
    ],
  ])('is taken apart: %s', (url, fields) => {
    const { url: rest, ...taken } = splitOssCredential(url)
    expect(rest).toBe('oss://b-b/d/')
    expect(taken).toMatchObject({ credential: { method: 'keys', fields } })
  })

  it('is left alone where it only opens one object for a while', () => {
    const url = 'https://b-b.oss-cn-hangzhou.aliyuncs.com/x?x-oss-signature=abc&x-oss-credential=d'
    expect(splitOssCredential(url)).toEqual({ url })
  })
})
