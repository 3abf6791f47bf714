import { createHash, createHmac } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { presigned, send, signed, type RawRequest } from './raw.ts'
import { BUCKET, REGION, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
  world.lab.aws.putObject(BUCKET, 'dir/a b+ü.txt', { body: 'hello' })
})
afterAll(() => world.lab.close())

const PATH = `/${BUCKET}/dir/a%20b%2B%C3%BC.txt`
const get: RawRequest = { path: PATH }
const signing = () => ({ credentials: world.admin })
const ago = (minutes: number): Date => new Date(Date.now() - minutes * 60_000)

describe('a signature in the header', () => {
  it('is accepted', async () => {
    const answer = await send(world.lab, await signed(world.lab, get, signing()))
    expect(answer).toMatchObject({ status: 200, text: 'hello' })
    expect(answer.headers['x-amz-request-id']).toMatch(/^[A-Z2-7]{16}$/)
  })

  it('is accepted at a bucket’s own host, and with a query out of order', async () => {
    const host = `${BUCKET}.s3.${REGION}.amazonaws.com`
    const raw = await signed(
      world.lab,
      { host, path: '/dir/a%20b%2B%C3%BC.txt', query: { 'x-id': 'GetObject', 'response-cache-control': 'no cache', a: 'b' } },
      signing(),
    )
    const answer = await send(world.lab, raw)
    expect(answer).toMatchObject({ status: 200, text: 'hello' })
    expect(answer.headers['cache-control']).toBe('no cache')
  })

  it.each([
    ['another path', (raw: RawRequest) => ({ ...raw, path: `${PATH}x` })],
    ['another method', (raw: RawRequest) => ({ ...raw, method: 'HEAD' })],
    ['another query', (raw: RawRequest) => ({ ...raw, query: { versionId: 'null' } })],
    ['another signed header', (raw: RawRequest) => ({ ...raw, headers: { ...raw.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } })],
    ['another host', (raw: RawRequest) => ({ ...raw, headers: { ...raw.headers, host: 'localhost' } })],
  ])('is refused over %s', async (_, change) => {
    const answer = await send(world.lab, change(await signed(world.lab, get, signing())))
    expect(answer.status).toBe(403)
    if (answer.text !== '')
      expect(answer).toMatchObject({
        code: 'SignatureDoesNotMatch',
        message: 'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      })
  })

  it('is refused with another secret, naming what was signed', async () => {
    const answer = await send(world.lab, await signed(world.lab, get, { credentials: { ...world.admin, secretAccessKey: 'wrong' } }))
    expect(answer).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
    expect(answer.text).toContain('<CanonicalRequest>GET\n/test-bucket-123/dir/a%20b%2B%C3%BC.txt\n')
    expect(answer.text).not.toContain(world.admin.secretAccessKey)
  })

  it('is refused with an unknown key', async () => {
    const answer = await send(world.lab, await signed(world.lab, get, { credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } }))
    expect(answer).toMatchObject({
      status: 403,
      code: 'InvalidAccessKeyId',
      message: 'The AWS Access Key Id you provided does not exist in our records.',
    })
  })

  it('is refused with a tampered, or without its, session token', async () => {
    const session = world.lab.aws.issueSession(`arn:aws:iam::987654321987:role/lake-test`)
    const { sessionToken = '', ...bare } = session
    const tampered = await send(
      world.lab,
      await signed(world.lab, get, { credentials: { ...session, sessionToken: `${sessionToken.slice(0, -4)}AAAA` } }),
    )
    expect(tampered).toMatchObject({ status: 400, code: 'InvalidToken', message: 'The provided token is malformed or otherwise invalid.' })
    expect(await send(world.lab, await signed(world.lab, get, { credentials: bare }))).toMatchObject({
      status: 403,
      code: 'InvalidAccessKeyId',
    })
    const borrowed = await signed(world.lab, get, { credentials: { ...world.admin, sessionToken } })
    expect(await send(world.lab, borrowed)).toMatchObject({ status: 400, code: 'InvalidToken' })
  })

  it.each([16, -16])('is refused when the clock is %d minutes slow', async (minutes) => {
    const answer = await send(world.lab, await signed(world.lab, get, { ...signing(), date: ago(minutes) }))
    expect(answer).toMatchObject({
      status: 403,
      code: 'RequestTimeTooSkewed',
      message: 'The difference between the request time and the current time is too large.',
    })
    expect(answer.text).toContain('<MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>')
    const sts = await signed(
      world.lab,
      {
        method: 'POST',
        body: 'Action=GetCallerIdentity&Version=2011-06-15',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      { ...signing(), service: 'sts', date: ago(minutes) },
    )
    expect(await send(world.lab, sts)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
  })

  it('is refused for another region, naming the right one', async () => {
    const answer = await send(world.lab, await signed(world.lab, get, { ...signing(), region: 'us-east-1' }))
    expect(answer).toMatchObject({
      status: 400,
      code: 'AuthorizationHeaderMalformed',
      message: "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'us-west-2'",
    })
    expect(answer.text).toContain('<Region>us-west-2</Region>')
    expect(answer.headers['x-amz-bucket-region']).toBe('us-west-2')
  })

  it('must cover every x-amz- header', async () => {
    const raw = await signed(world.lab, get, signing())
    const answer = await send(world.lab, { ...raw, headers: { ...raw.headers, 'x-amz-request-payer': 'requester' } })
    expect(answer).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      message: 'There were headers present in the request which were not signed',
    })
    expect(answer.text).toContain('<HeadersNotSigned>x-amz-request-payer</HeadersNotSigned>')
  })

  it('must be well formed', async () => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y' }
    expect(await send(world.lab, { ...get, headers })).toMatchObject({ status: 400, code: 'AuthorizationHeaderMalformed' })
  })
})

describe('a presigned URL', () => {
  it('is accepted within its time, with a session token too', async () => {
    const raw = await presigned(world.lab, get, signing(), 60)
    expect(await send(world.lab, raw)).toMatchObject({ status: 200, text: 'hello' })
    const session = world.lab.aws.issueSession('arn:aws:iam::987654321987:role/lake-test')
    expect(await send(world.lab, await presigned(world.lab, get, { credentials: session }, 60))).toMatchObject({ status: 200 })
  })

  it('is refused after its time', async () => {
    const answer = await send(world.lab, await presigned(world.lab, get, { ...signing(), date: ago(2) }, 60))
    expect(answer).toMatchObject({ status: 403, code: 'AccessDenied', message: 'Request has expired' })
    expect(answer.text).toContain('<X-Amz-Expires>60</X-Amz-Expires>')
  })

  it('is refused when its time was stretched', async () => {
    const raw = await presigned(world.lab, get, { ...signing(), date: ago(2) }, 60)
    const answer = await send(world.lab, { ...raw, query: { ...raw.query, 'X-Amz-Expires': '600' } })
    expect(answer).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
  })

  it('is refused beyond a week and before its time', async () => {
    const raw = await presigned(world.lab, get, signing(), 60)
    const long = await send(world.lab, { ...raw, query: { ...raw.query, 'X-Amz-Expires': '604801' } })
    expect(long).toMatchObject({ status: 400, code: 'AuthorizationQueryParametersError' })
    expect(await send(world.lab, await presigned(world.lab, get, { ...signing(), date: ago(-60) }, 60))).toMatchObject({
      status: 403,
      message: 'Request is not yet valid',
    })
  })

  it('uploads what it was signed for and nothing else', async () => {
    const put: RawRequest = { method: 'PUT', path: `/${BUCKET}/presigned.txt`, headers: { 'content-type': 'text/plain' } }
    const raw = await presigned(world.lab, put, signing(), 60)
    expect(await send(world.lab, { ...raw, body: 'x' })).toMatchObject({ status: 200 })
    expect(await send(world.lab, { ...raw, path: `/${BUCKET}/other.txt`, body: 'x' })).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    })
  })
})

describe('a body', () => {
  const put = { method: 'PUT', path: `/${BUCKET}/body.txt` }

  it('must hash to what was signed', async () => {
    const raw = await signed(world.lab, { ...put, body: 'hello' }, signing())
    expect(await send(world.lab, { ...raw, body: 'jello' })).toMatchObject({
      status: 400,
      code: 'XAmzContentSHA256Mismatch',
      message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
    })
    expect(await world.lab.aws.getObject(BUCKET, 'body.txt')).toBeUndefined()
  })

  it('must match its Content-MD5 and its checksums', async () => {
    const wrong = createHash('md5').update('other').digest('base64')
    const md5 = await signed(world.lab, { ...put, body: 'hello', headers: { 'content-md5': wrong } }, signing())
    expect(await send(world.lab, md5)).toMatchObject({
      status: 400,
      code: 'BadDigest',
      message: 'The Content-MD5 you specified did not match what we received.',
    })
    const short = await signed(world.lab, { ...put, body: 'hello', headers: { 'content-md5': 'eA==' } }, signing())
    expect(await send(world.lab, short)).toMatchObject({ status: 400, code: 'InvalidDigest' })
    for (const [header, value] of [
      ['x-amz-checksum-crc32', 'AAAAAA=='],
      ['x-amz-checksum-crc32c', 'AAAAAA=='],
      ['x-amz-checksum-sha256', wrong],
    ] as const) {
      const raw = await signed(world.lab, { ...put, body: 'hello', headers: { [header]: value } }, signing())
      expect(await send(world.lab, raw)).toMatchObject({ status: 400, code: 'BadDigest' })
    }
  })

  it('is kept with the checksum it came with', async () => {
    // Of RFC 3720, appendix B.4: thirty-two bytes of zeros.
    const body = Buffer.alloc(32)
    const raw = await signed(
      world.lab,
      { ...put, path: `/${BUCKET}/crc32c`, body, headers: { 'x-amz-checksum-crc32c': 'ipE2qg==' } },
      signing(),
    )
    expect(await send(world.lab, raw)).toMatchObject({ status: 200 })
    const head = await signed(
      world.lab,
      { method: 'HEAD', path: `/${BUCKET}/crc32c`, headers: { 'x-amz-checksum-mode': 'ENABLED' } },
      signing(),
    )
    expect((await send(world.lab, head)).headers['x-amz-checksum-crc32c']).toBe('ipE2qg==')
  })

  it('is asked for with 100 Continue only when it is wanted', async () => {
    const raw = await signed(
      world.lab,
      { ...put, path: `/no-such-bucket-1/x`, body: 'hello', headers: { expect: '100-continue' } },
      signing(),
    )
    const answer = await send(world.lab, { ...raw, body: 'hello' })
    expect(answer).toMatchObject({ status: 404, code: 'NoSuchBucket' })
    expect(answer.headers['connection']).toBe('close')
  })
})

describe('a chunked body', () => {
  const text = 'a'.repeat(70_000)

  /** Frames and signs a body as AWS describes it, chained to the signature of its request. */
  async function chunked(
    options: { readonly trailer?: boolean; readonly spoil?: 'chunk' | 'trailer' | 'checksum' | 'length' } = {},
  ): Promise<RawRequest> {
    const { trailer = false, spoil } = options
    const raw = await signed(
      world.lab,
      {
        method: 'PUT',
        path: `/${BUCKET}/chunked.txt`,
        headers: {
          'content-encoding': 'aws-chunked',
          'x-amz-decoded-content-length': String(spoil === 'length' ? text.length + 1 : text.length),
          'x-amz-content-sha256': `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer ? '-TRAILER' : ''}`,
          ...(trailer ? { 'x-amz-trailer': 'x-amz-checksum-crc32' } : {}),
        },
      },
      signing(),
    )
    const timestamp = raw.headers?.['x-amz-date'] ?? ''
    const day = timestamp.slice(0, 8)
    const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest()
    const key = hmac(hmac(hmac(hmac(`AWS4${world.admin.secretAccessKey}`, day), REGION), 's3'), 'aws4_request')
    const scope = `${day}/${REGION}/s3/aws4_request`
    const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex')
    let previous = /Signature=(\w+)/.exec(raw.headers?.['authorization'] ?? '')?.[1] ?? ''
    const frames = [text.slice(0, 65_536), text.slice(65_536), ''].map((data) => {
      previous = hmac(key, ['AWS4-HMAC-SHA256-PAYLOAD', timestamp, scope, previous, sha256(''), sha256(data)].join('\n')).toString('hex')
      const sent = spoil === 'chunk' && data !== '' ? `b${data.slice(1)}` : data
      return `${data.length.toString(16)};chunk-signature=${previous}\r\n${sent}${data === '' ? '' : '\r\n'}`
    })
    if (!trailer) return { ...raw, body: `${frames.join('')}\r\n` }
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(spoil === 'checksum' ? 'other' : text))
    const line = `x-amz-checksum-crc32:${sum.toString('base64')}`
    const end = hmac(key, ['AWS4-HMAC-SHA256-TRAILER', timestamp, scope, previous, sha256(`${line}\n`)].join('\n')).toString('hex')
    return { ...raw, body: `${frames.join('')}${line}\r\nx-amz-trailer-signature:${spoil === 'trailer' ? '0'.repeat(64) : end}\r\n\r\n` }
  }

  it.each([false, true])('is taken out of its frames (trailer: %s)', async (trailer) => {
    expect(await send(world.lab, await chunked({ trailer }))).toMatchObject({ status: 200 })
    const kept = await world.lab.aws.getObject(BUCKET, 'chunked.txt')
    expect(Buffer.from(kept ?? []).toString() === text).toBe(true)
    world.lab.aws.deleteObject(BUCKET, 'chunked.txt')
  })

  it.each([
    ['chunk', 403, 'SignatureDoesNotMatch'],
    ['trailer', 403, 'SignatureDoesNotMatch'],
    ['checksum', 400, 'BadDigest'],
    ['length', 400, 'IncompleteBody'],
  ] as const)('is refused with a wrong %s', async (spoil, status, code) => {
    expect(await send(world.lab, await chunked({ trailer: true, spoil }))).toMatchObject({ status, code })
    expect(await world.lab.aws.getObject(BUCKET, 'chunked.txt')).toBeUndefined()
  })
})
