import { HOSTILE_KEYS } from '@sluice/conformance'
import OSS from 'ali-oss'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { aliSigner } from '../../test/support/ali-signer.ts'
import { encodeKey } from '../store/encoding.ts'
import { type OssRequest, presignOss, signOss, unsignedOss } from './sign.ts'

const NOW = Date.UTC(2026, 10, 22, 8, 0, 0)
const REGION = 'cn-beijing'
const BUCKET = 'test-bucket-123'
const permanent = { accessKeyId: 'LTAI5tExampleExampleExam', accessKeySecret: 'ExampleExampleExampleExample00' }
const temporary = { ...permanent, accessKeyId: 'STS.NTExampleExample', securityToken: 'CAIS/+=example token' }

const key = fc.oneof(
  fc.constantFrom(...HOSTILE_KEYS),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((text) => text.isWellFormed()),
  fc.array(fc.constantFrom('a', '..', '.', '', '%2e', '+', ' ', 'é'), { minLength: 1, maxLength: 6 }).map((parts) => `k${parts.join('/')}`),
)

/** What Alibaba's own signer writes for the request that ours made ready. Parameters without a value are null to it. */
function theirs({ method, query, key: object }: OssRequest, headers: { readonly [name: string]: string }, using = permanent): string {
  const queries = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value === '' ? null : value]))
  const { authorization: _, host: __, ...signed } = headers
  return aliSigner.authorizationV4(
    using.accessKeyId,
    using.accessKeySecret,
    REGION,
    method,
    { headers: signed, queries },
    BUCKET,
    object ?? '',
  )
}

const value = fc.string({ unit: 'grapheme-ascii', maxLength: 12 })

const request: fc.Arbitrary<OssRequest> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'DELETE'),
  bucket: fc.constant(BUCKET),
  key: fc.oneof(key, fc.constant('')),
  query: fc.oneof(
    fc.constant({}),
    fc.record({ prefix: key, 'start-after': key, 'list-type': fc.constant('2'), delimiter: fc.constantFrom('', '/') }),
    fc.record({ uploads: fc.constant('') }),
    fc.record({ uploadId: value, partNumber: fc.constant('7') }),
    fc.record({ versionId: value }),
  ),
  headers: fc.record(
    {
      'content-type': fc.constantFrom('application/octet-stream', ' text/plain '),
      'content-md5': fc.constant('1B2M2Y8AsgTpgAmY7PhCfg=='),
      range: fc.constant('bytes=0-9'),
      'if-match': fc.constant('"5B3C1A2E053D763E1B002CC607C5A0FE"'),
      'x-oss-forbid-overwrite': fc.constant('true'),
      'x-oss-meta-a': value,
    },
    { requiredKeys: [] },
  ),
})

it("signs any request as Alibaba's own client does", () => {
  fc.assert(
    fc.property(request, fc.boolean(), (asked, isTemporary) => {
      const credentials = isTemporary ? temporary : permanent
      const { headers } = signOss(asked, { region: REGION, credentials, now: NOW })
      expect(headers['x-oss-security-token']).toBe(isTemporary ? temporary.securityToken : undefined)
      expect(headers['authorization']).toBe(theirs(asked, headers, credentials))
    }),
    { numRuns: 300 },
  )
})

it('sends the path and the query that it signed', () => {
  fc.assert(
    fc.property(key, key, (object, prefix) => {
      const asked: OssRequest = { method: 'GET', bucket: BUCKET, key: object, query: { prefix, uploads: '' }, headers: {} }
      const { target } = signOss(asked, { region: REGION, credentials: permanent, now: NOW })
      const [path, query] = (target ?? '').split('?')
      expect(path).toBe(`/${encodeKey(object)}`)
      expect(new URLSearchParams(query).get('prefix')).toBe(prefix)
      expect(`?${query}&`).toMatch(/[?&]uploads&/)
    }),
  )
})

it("presigns a read and a write of any key as Alibaba's own client does", async () => {
  const options = { region: `oss-${REGION}`, bucket: BUCKET, authorizationV4: true, secure: true }
  const { accessKeyId, accessKeySecret, securityToken: stsToken } = temporary
  // Said how to get another token, their client does not complain that this one will end.
  const refreshSTSToken = async () => ({ accessKeyId, accessKeySecret, stsToken })
  const clients = {
    permanent: new OSS({ ...options, ...permanent }),
    temporary: new OSS({ ...options, accessKeyId, accessKeySecret, stsToken, refreshSTSToken }),
  }
  await fc.assert(
    fc.asyncProperty(key, fc.constantFrom('GET' as const, 'PUT' as const), fc.boolean(), async (object, method, isTemporary) => {
      const [credentials, client] = isTemporary ? [temporary, clients.temporary] : [permanent, clients.permanent]
      const headers = method === 'PUT' ? { 'content-type': 'text/csv', 'x-oss-forbid-overwrite': 'true' } : {}
      const url = new URL(await client.signatureUrlV4(method, 300, { headers, queries: {} }, object))
      // Their signer reads the machine's clock, and says what it read.
      const date = url.searchParams.get('x-oss-date') ?? ''
      const now = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
      const asked: OssRequest = { method, bucket: BUCKET, key: object, query: {}, headers }
      const ours = presignOss(asked, { region: REGION, credentials, now }, 300)
      expect(Object.fromEntries(new URL(ours.url).searchParams)).toEqual(Object.fromEntries(url.searchParams))
      expect(ours.headers).toEqual(headers)
    }),
    { numRuns: 60 },
  )
})

it('keeps the path as it was signed where a URL would resolve it', () => {
  const asked: OssRequest = { method: 'GET', bucket: BUCKET, key: 'a/../b', query: {}, headers: {} }
  const { target, url } = signOss(asked, { region: REGION, credentials: permanent, now: NOW })
  expect(target).toBe('/a/../b')
  expect(url.pathname).toBe('/b')
  expect(presignOss(asked, { region: REGION, credentials: permanent, now: NOW }, 60).url).toContain('.com/a/../b?')
})

it('asks the public endpoint of the region, with or without a signature', () => {
  const asked: OssRequest = { method: 'GET', bucket: BUCKET, query: { location: '' }, headers: {} }
  const { url, headers } = unsignedOss(asked, 'eu-central-1')
  expect(url.href).toBe('https://test-bucket-123.oss-eu-central-1.aliyuncs.com/?location')
  expect(headers).toEqual({ host: 'test-bucket-123.oss-eu-central-1.aliyuncs.com' })
})
