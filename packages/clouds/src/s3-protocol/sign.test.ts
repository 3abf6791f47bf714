import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { HOSTILE_KEYS } from '@sluice/conformance'
import { encodeKey, encodeQuery } from '../store/encoding.ts'
import { type UnsignedRequest, presignRequest, signRequest } from './sign.ts'

const NOW = Date.UTC(2026, 10, 22, 8, 0, 0)
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const temporary = { ...credentials, accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionToken: 'FwoGZXIvYXdzE/+=token' }
const host = 'test-bucket-123.s3.us-west-2.amazonaws.com'

interface Sent {
  readonly path: string
  readonly query: { readonly [name: string]: string }
  readonly headers: { readonly [name: string]: string }
}

/** What the SDK would send: caught before it leaves, at a time of our choosing. */
async function sdkSends(send: (client: S3Client) => Promise<unknown>, using = credentials): Promise<Sent> {
  let sent: Sent | undefined
  const client = sdk(using)
  // Signing reads the machine's clock, and the offset is how the SDK itself corrects it.
  client.config.systemClockOffset = NOW - Date.now()
  client.middlewareStack.add(
    (next) => async (args) => {
      const request: unknown = args.request
      if (isSent(request)) sent = request
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'catch' },
  )
  client.config.requestHandler = { handle: () => Promise.reject(new Error('caught')), ...handlerStub }
  await send(client).catch(() => undefined)
  if (sent === undefined) throw new Error('the SDK sent nothing')
  return sent
}

const handlerStub = { updateHttpClientConfig: () => undefined, httpHandlerConfigs: () => ({}) }

function sdk(using: typeof credentials): S3Client {
  return new S3Client({
    region: 'us-west-2',
    credentials: using,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
}

function isSent(value: unknown): value is Sent {
  return typeof value === 'object' && value !== null && 'headers' in value && 'path' in value && 'query' in value
}

/** Signs with our signer the request that the SDK built, carrying the headers the SDK signed. */
async function weSign(
  method: UnsignedRequest['method'],
  sent: Sent,
  path: string,
  using = credentials,
  body?: Uint8Array,
): Promise<string | undefined> {
  const authorization = sent.headers['authorization'] ?? ''
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? []
  const ours = ['host', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token']
  const headers = Object.fromEntries(names.filter((name) => !ours.includes(name)).map((name) => [name, sent.headers[name] ?? '']))
  const date = sent.headers['x-amz-date'] ?? ''
  const now = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  const signed = await signRequest(
    { method, origin: `https://${host}`, path, query: sent.query, headers, ...(body === undefined ? {} : { body }) },
    { service: 's3', region: 'us-west-2', credentials: using, now },
  )
  return signed.headers['authorization']
}

const key = fc.oneof(
  fc.constantFrom(...HOSTILE_KEYS),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.array(fc.constantFrom('a', '..', '.', '', '%2e', '+', ' ', 'é'), { minLength: 1, maxLength: 6 }).map((parts) => `k${parts.join('/')}`),
)

it('signs a read of any key as the SDK of AWS does', async () => {
  await fc.assert(
    fc.asyncProperty(key, fc.boolean(), async (name, isTemporary) => {
      const using = isTemporary ? temporary : credentials
      const sent = await sdkSends((client) => client.send(new GetObjectCommand({ Bucket: 'test-bucket-123', Key: name })), using)
      expect(`/${encodeKey(name)}`).toBe(sent.path)
      expect(await weSign('GET', sent, `/${encodeKey(name)}`, using)).toBe(sent.headers['authorization'])
    }),
    { numRuns: 60 },
  )
})

it('signs a write with its body as the SDK of AWS does', async () => {
  await fc.assert(
    fc.asyncProperty(key, fc.uint8Array({ minLength: 1, maxLength: 50 }), async (name, body) => {
      const sent = await sdkSends((client) =>
        client.send(new PutObjectCommand({ Bucket: 'test-bucket-123', Key: name, Body: body, ContentType: 'text/plain' })),
      )
      expect(await weSign('PUT', sent, `/${encodeKey(name)}`, credentials, body)).toBe(sent.headers['authorization'])
    }),
    { numRuns: 30 },
  )
})

it('signs a listing under any prefix as the SDK of AWS does, and sends the query it signed', async () => {
  await fc.assert(
    fc.asyncProperty(key, async (prefix) => {
      const sent = await sdkSends((client) =>
        client.send(new ListObjectsV2Command({ Bucket: 'test-bucket-123', Prefix: prefix, Delimiter: '/' })),
      )
      expect(await weSign('GET', sent, '/')).toBe(sent.headers['authorization'])
      const parsed = new URLSearchParams(encodeQuery(sent.query))
      expect(parsed.get('prefix')).toBe(prefix)
    }),
    { numRuns: 30 },
  )
})

/** Query parameters that signing adds; the others are part of the request. */
const MADE_BY_SIGNING = /^X-Amz-(Algorithm|Credential|Date|Expires|Signature|SignedHeaders|Security-Token|Content-Sha256)$/

function signature(url: string): string | undefined {
  return /X-Amz-Signature=([0-9a-f]{64})/.exec(url)?.[1]
}

it('presigns a read of any key as the SDK of AWS does', async () => {
  await fc.assert(
    fc.asyncProperty(key, async (name) => {
      const theirs = await getSignedUrl(sdk(temporary), new GetObjectCommand({ Bucket: 'test-bucket-123', Key: name }), {
        expiresIn: 300,
        signingDate: new Date(NOW),
      })
      const query = Object.fromEntries([...new URL(theirs).searchParams].filter(([parameter]) => !MADE_BY_SIGNING.test(parameter)))
      const ours = await presignRequest(
        { method: 'GET', origin: `https://${host}`, path: `/${encodeKey(name)}`, query, headers: {} },
        { service: 's3', region: 'us-west-2', credentials: temporary, now: NOW },
        300,
      )
      expect(signature(ours.url)).toMatch(/./)
      expect(signature(ours.url)).toBe(signature(theirs))
    }),
    { numRuns: 40 },
  )
})

it('keeps the path as it was signed where a URL would resolve it', async () => {
  const signed = await signRequest(
    { method: 'GET', origin: `https://${host}`, path: '/a/../b', query: {}, headers: {} },
    { service: 's3', region: 'us-west-2', credentials, now: NOW },
  )
  expect(signed.target).toBe('/a/../b')
  expect(signed.url.pathname).toBe('/b')
})

it('refuses a key with half a character rather than signing another one', () => {
  expect(() => encodeKey('a\uD800b')).toThrowError(expect.objectContaining({ reason: 'object.key' }))
})
