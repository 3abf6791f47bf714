import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AliyunCredentials } from '../src/index.ts'
import { ALIYUN_BUCKET, ALIYUN_ROLE, aliyunRefusal, oss, startAliyun, type AliyunWorld } from './aliyun-world.ts'
import { manualClock } from './manual-clock.ts'
import { send, type RawAnswer, type RawRequest } from './raw.ts'

const HOST = `${ALIYUN_BUCKET}.oss-cn-hangzhou.aliyuncs.com`
const clock = manualClock()
let world: AliyunWorld

beforeAll(async () => {
  world = await startAliyun({ clock })
  world.lab.aliyun.putObject(ALIYUN_BUCKET, 'data/a.txt', { body: 'hello' })
})
afterAll(() => world.lab.close())

describe.each([
  ['V4', true],
  ['V1', false],
])('a request signed with %s by the vendor', (_, authorizationV4) => {
  it('is taken, whatever characters its key has', async () => {
    const client = oss(world.lab, world.admin, { authorizationV4 })
    const key = fc
      .string({
        unit: fc.constantFrom('a', 'Z', '0', '/', ' ', '+', '%', '&', '=', '?', '#', "'", '(', '*', '~', ':', 'é', '中', '😀'),
        minLength: 1,
        maxLength: 12,
      })
      // OSS has no keys that begin with a slash, and the client takes slashes off and refuses a question mark in front.
      .filter((name) => !/^[/\\?]/.test(name) && !name.includes('//'))
    await fc.assert(
      fc.asyncProperty(key, async (name) => {
        await client.put(name, Buffer.from(name))
        expect(String((await client.get(name)).content)).toBe(name)
        await client.delete(name)
      }),
      { numRuns: 60 },
    )
  })

  it('is taken with a token of STS, and refused with a tampered one', async () => {
    const session = world.lab.aliyun.issueSession(ALIYUN_ROLE)
    const get = (credentials: AliyunCredentials) => oss(world.lab, credentials, { authorizationV4 }).get('data/a.txt')
    expect(String((await get(session)).content)).toBe('hello')
    expect(await aliyunRefusal(get({ ...session, securityToken: `${session.securityToken}x` }))).toMatchObject({
      status: 403,
      code: 'InvalidSecurityToken',
    })
    const { securityToken: _token, ...bare } = session
    expect(await aliyunRefusal(get(bare))).toMatchObject({ status: 403, code: 'InvalidAccessKeyId' })
    expect(await aliyunRefusal(get({ ...world.admin, securityToken: 'CAIS' }))).toMatchObject({ code: 'InvalidSecurityToken' })
  })

  it('is refused with a wrong secret and with a key nobody has', async () => {
    const get = (change: Partial<AliyunCredentials>) =>
      aliyunRefusal(oss(world.lab, { ...world.admin, ...change }, { authorizationV4 }).get('data/a.txt'))
    expect(await get({ accessKeySecret: 'wrong' })).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
    expect(await get({ accessKeyId: 'LTAInobody' })).toMatchObject({ status: 403, code: 'InvalidAccessKeyId' })
  })

  it('is refused when it was made too long ago', async () => {
    const past = await startAliyun({ clock: manualClock(Date.now() + 16 * 60_000) })
    const call = oss(past.lab, past.admin, { authorizationV4 }).get('data/a.txt')
    expect(await aliyunRefusal(call)).toMatchObject({ status: 403, code: 'RequestTimeTooSkewed' })
    await past.lab.close()
  })
})

/** A presigned URL as a request to the lab. */
function requestOf(url: string, method = 'GET'): RawRequest {
  const { pathname, search } = new URL(url)
  return { host: HOST, method, path: `${pathname}${search}` }
}

async function open(url: string, method?: string): Promise<RawAnswer> {
  return send(world.lab, requestOf(url, method))
}

describe('a presigned URL', () => {
  // The client signs no URL for an address, so it gets the real endpoint here: nothing is sent.
  const client = (credentials: AliyunCredentials = world.admin) =>
    oss(world.lab, credentials, { endpoint: 'http://oss-cn-hangzhou.aliyuncs.com' })
  const v4 = (credentials?: AliyunCredentials, key = 'data/a.txt', method: 'GET' | 'PUT' = 'GET') =>
    client(credentials).signatureUrlV4(method, 60, { headers: {}, queries: {} }, key)
  const v1 = (credentials?: AliyunCredentials, key = 'data/a.txt') => client(credentials).signatureUrl(key, { expires: 60 })

  it('opens what it was made for, with V1 and V4, with and without a token', async () => {
    const session = world.lab.aliyun.issueSession(ALIYUN_ROLE)
    for (const url of [await v4(), v1(), await v4(session), v1(session)])
      expect(await open(url)).toMatchObject({ status: 200, text: 'hello' })
    world.lab.aliyun.putObject(ALIYUN_BUCKET, 'a b+c/ü%.txt', { body: 'odd' })
    for (const url of [await v4(world.admin, 'a b+c/ü%.txt'), v1(world.admin, 'a b+c/ü%.txt')]) expect((await open(url)).text).toBe('odd')
  })

  it('opens nothing else', async () => {
    const [url, old] = [await v4(), v1()]
    for (const changed of [
      url.replace('a.txt', 'b.txt'),
      url.replace('x-oss-expires=60', 'x-oss-expires=600'),
      old.replace('a.txt', 'b.txt'),
    ])
      expect(await open(changed)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
    for (const one of [url, old]) expect(await open(one, 'DELETE')).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
    expect(await send(world.lab, { ...requestOf(url), headers: { 'x-oss-meta-a': 'b' } })).toMatchObject({ code: 'SignatureDoesNotMatch' })
  })

  it('writes where it was made for writing', async () => {
    const answer = await send(world.lab, { ...requestOf(await v4(world.admin, 'put.txt', 'PUT'), 'PUT'), body: 'put' })
    expect(answer.status).toBe(200)
    expect(String(await world.lab.aliyun.getObject(ALIYUN_BUCKET, 'put.txt'))).toBe('put')
  })

  it('ends when it says, and lasts a week at most', async () => {
    const urls = [await v4(), v1()]
    clock.advance(5 * 60_000)
    for (const url of urls) {
      const answer = await open(url)
      expect(answer).toMatchObject({ status: 403, code: 'AccessDenied', message: 'Request has expired.' })
      expect(answer.text).toContain('<Expires>')
    }
    const long = (await v4()).replace('x-oss-expires=60', 'x-oss-expires=604801')
    expect(await open(long)).toMatchObject({ status: 400, code: 'InvalidArgument' })
  })

  it('covers the headers that it names', async () => {
    const url = await client().signatureUrlV4('GET', 3600, { headers: { host: HOST }, queries: {} }, 'data/a.txt', ['host'])
    expect(url).toContain('x-oss-additional-headers=host')
    expect((await open(url)).text).toBe('hello')
    world.lab.aliyun.setCaller({ vpc: 'vpc-1' })
    const internal = { ...requestOf(url), host: HOST.replace('.oss-cn-hangzhou.', '.oss-cn-hangzhou-internal.') }
    expect(await send(world.lab, internal)).toMatchObject({ code: 'SignatureDoesNotMatch' })
    world.lab.aliyun.setCaller({})
  })
})

/** Signs a request V4 in the plainest way, so that single parts of it can be wrong. */
function handSigned(
  change: { readonly region?: string; readonly product?: string; readonly payload?: string; readonly date?: string } = {},
): RawRequest {
  const { region = 'cn-hangzhou', product = 'oss', payload = 'UNSIGNED-PAYLOAD' } = change
  const stamp = new Date(clock.now()).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const day = change.date ?? stamp.slice(0, 8)
  const headers = { 'x-oss-content-sha256': payload, 'x-oss-date': stamp }
  const canonical = [
    'GET',
    `/${ALIYUN_BUCKET}/data/a.txt`,
    '',
    `x-oss-content-sha256:${payload}`,
    `x-oss-date:${stamp}`,
    '',
    '',
    payload,
  ].join('\n')
  const scope = `${day}/${region}/${product}/aliyun_v4_request`
  const toSign = ['OSS4-HMAC-SHA256', stamp, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const secret = `aliyun_v4${world.admin.accessKeySecret}`
  const key = [day, region, product, 'aliyun_v4_request'].reduce<string | Buffer>(
    (last, part) => createHmac('sha256', last).update(part).digest(),
    secret,
  )
  const signature = createHmac('sha256', key).update(toSign).digest('hex')
  const authorization = `OSS4-HMAC-SHA256 Credential=${world.admin.accessKeyId}/${scope},Signature=${signature}`
  return { host: HOST, path: '/data/a.txt', headers: { ...headers, authorization } }
}

describe('a V4 signature', () => {
  it('is taken as it is documented', async () => {
    expect(await send(world.lab, handSigned())).toMatchObject({ status: 200, text: 'hello' })
  })

  it.each([
    ['another region', { region: 'cn-beijing' }, 'Invalid signing region in Authorization header.'],
    ['another product', { product: 'sls' }, 'Invalid signing product in Authorization header.'],
    ['another day than its time', { date: '20200101' }, 'Invalid date in Authorization header.'],
    ['the hash of a payload', { payload: 'e3b0' }, 'The header x-oss-content-sha256 must be UNSIGNED-PAYLOAD.'],
  ])('is refused for %s', async (_, change, message) => {
    expect(await send(world.lab, handSigned(change))).toMatchObject({ status: 400, code: 'InvalidArgument', message })
  })

  it('says what it signed when it does not match', async () => {
    const { headers, ...rest } = handSigned()
    const authorization = (headers?.['authorization'] ?? '').replace(/Signature=..../, 'Signature=0000')
    const answer = await send(world.lab, { ...rest, headers: { ...headers, authorization } })
    expect(answer).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
    expect(answer.text).toContain('<EC>0002-00000040</EC>')
    expect(answer.text).toContain('<CanonicalRequest>GET')
  })

  it.each([
    ['an empty one', 'OSS4-HMAC-SHA256 Credential=,Signature='],
    ['another algorithm', 'AWS4-HMAC-SHA256 Credential=x'],
    ['no colon in V1', 'OSS nothing'],
  ])('is refused when it is %s', async (_, authorization) => {
    const answer = await send(world.lab, { host: HOST, headers: { authorization, 'x-oss-content-sha256': 'UNSIGNED-PAYLOAD' } })
    expect(answer).toMatchObject({ status: 400, code: 'InvalidArgument' })
  })
})
