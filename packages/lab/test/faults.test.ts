import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { send, signed, type RawRequest } from './raw.ts'
import { BUCKET, startWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
  world.lab.aws.putObject(BUCKET, 'a/k', { body: 'x'.repeat(100_000) })
  world.lab.aws.putObject(BUCKET, 'b/k', { body: 'y' })
})
afterEach(() => world.lab.close())

const ask = async (raw: RawRequest) => send(world.lab, await signed(world.lab, raw, { credentials: world.admin }))
const get = (key = 'a/k') => ask({ path: `/${BUCKET}/${key}` })

describe('a fault', () => {
  it('answers an error of one operation, as often as asked for', async () => {
    world.lab.faults.add({ operation: 's3.GetObject', effect: { kind: 'error', status: 503, code: 'SlowDown' }, times: 2 })
    expect(await ask({ method: 'HEAD', path: `/${BUCKET}/a/k` })).toMatchObject({ status: 200 })
    expect(await get()).toMatchObject({ status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' })
    expect(await get()).toMatchObject({ status: 503 })
    expect(await get()).toMatchObject({ status: 200 })
    expect(world.lab.faults.list()).toEqual([])
  })

  it('answers in the words of the service', async () => {
    const id = world.lab.faults.add({ operation: '*', effect: { kind: 'error', status: 403, code: 'RequestTimeTooSkewed' } })
    const form: RawRequest = {
      method: 'POST',
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }
    const sts = await send(world.lab, await signed(world.lab, form, { credentials: world.admin, service: 'sts' }))
    expect(sts.text).toContain(
      '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>RequestTimeTooSkewed</Code>',
    )
    world.lab.faults.remove(id)
    expect(await get()).toMatchObject({ status: 200 })
  })

  it('can be for some keys only', async () => {
    world.lab.faults.add({ operation: 's3.*', keyPrefix: 'a/', effect: { kind: 'error', status: 500, code: 'InternalError' } })
    world.lab.faults.add({
      operation: '*',
      when: ({ key }) => key === 'b/k',
      effect: { kind: 'error', status: 403, code: 'AllAccessDisabled' },
    })
    expect(await get()).toMatchObject({ status: 500, code: 'InternalError' })
    expect(await get('b/k')).toMatchObject({ status: 403, code: 'AllAccessDisabled' })
    expect(await get('c')).toMatchObject({ status: 404 })
  })

  it('resets the connection', async () => {
    world.lab.faults.add({ operation: 's3.GetObject', effect: { kind: 'reset' } })
    await expect(get()).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it('cuts a body short of its announced length', async () => {
    world.lab.faults.add({ operation: 's3.GetObject', effect: { kind: 'truncate', afterBytes: 1000 } })
    await expect(get()).rejects.toThrow('aborted')
    expect(world.lab.requests.entries()).toMatchObject([{ operation: 's3.GetObject', status: 200, bytesOut: 1000, faults: ['fault-1'] }])
  })

  it('never answers', async () => {
    let met: () => void = () => {}
    const arrived = new Promise<void>((resolve) => (met = resolve))
    const when = (): boolean => {
      met()
      return true
    }
    world.lab.faults.add({ operation: 's3.GetObject', effect: { kind: 'hang' }, when })
    let answered = false
    const hanging = get()
      .then(() => (answered = true))
      .catch(() => 'closed')
    await arrived
    // Others are answered meanwhile.
    expect(await ask({ method: 'HEAD', path: `/${BUCKET}/b/k` })).toMatchObject({ status: 200 })
    expect(answered).toBe(false)
    await world.lab.close()
    expect(await hanging).toBe('closed')
    expect(world.lab.requests.entries().at(-1)).toMatchObject({ operation: 's3.GetObject', status: 0 })
    world = await startWorld()
  })

  it('takes time before and during an answer', async () => {
    world.lab.faults.add({ operation: 's3.GetObject', effect: { kind: 'latency', ms: 60 } })
    world.lab.faults.add({ operation: 's3.GetObject', effect: { kind: 'bandwidth', bytesPerSecond: 1_000_000 } })
    const started = performance.now()
    await Promise.all([get(), get()])
    // Two bodies of 100 kB share a link of 1 MB/s.
    expect(performance.now() - started).toBeGreaterThan(200)
  })
})

it('logs who asked for what and what came of it, and no secret', async () => {
  await get()
  await get('missing')
  await send(world.lab, { path: `/${BUCKET}/a/k`, query: { 'X-Amz-Security-Token': 'canary' } })
  const entries = world.lab.requests.entries()
  expect(entries).toMatchObject([
    {
      operation: 's3.GetObject',
      principal: 'arn:aws:iam::987654321987:user/admin',
      bucket: BUCKET,
      key: 'a/k',
      status: 200,
      bytesOut: 100_000,
    },
    { key: 'missing', status: 404, code: 'NoSuchKey' },
    { principal: 'anonymous', status: 403, code: 'AccessDenied' },
  ])
  expect(JSON.stringify(entries)).not.toContain('canary')
  expect(JSON.stringify(entries)).not.toContain(world.admin.secretAccessKey)
  expect(world.lab.requests.count).toBe(3)
  world.lab.requests.clear()
  expect(world.lab.requests.entries()).toEqual([])
})

describe('the page', () => {
  const json = { 'content-type': 'application/json' }
  const post = (body: unknown, headers: { readonly [name: string]: string } = {}) =>
    send(world.lab, { method: 'POST', path: '/_lab/faults', headers: { ...json, ...headers }, body: JSON.stringify(body) })

  it('is one document that loads nothing', async () => {
    const page = await send(world.lab, { path: '/_lab' })
    expect(page.status).toBe(200)
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'sha256-/)
    expect(page.text).not.toMatch(/(src|href)=/)
  })

  it('shows the state without secrets', async () => {
    const { sessionToken = '', secretAccessKey } = world.platform
    const answer = await send(world.lab, { path: '/_lab/state.json' })
    expect(JSON.parse(answer.text)).toMatchObject({
      accounts: [
        { id: '123456789012', roles: [{ visible: true }] },
        { id: '987654321987', users: [{ accessKeyIds: [world.admin.accessKeyId] }] },
      ],
      buckets: [{ name: BUCKET, objects: 2 }],
    })
    for (const secret of [sessionToken, secretAccessKey, world.admin.secretAccessKey]) expect(answer.text).not.toContain(secret)
  })

  it('switches faults', async () => {
    const added = await post({ operation: 's3.GetObject', effect: { kind: 'error', status: 503, code: 'SlowDown' } })
    expect(added.status).toBe(201)
    expect(await get()).toMatchObject({ status: 503 })
    expect(await post({ remove: 'fault-1' })).toMatchObject({ status: 200 })
    expect(await get()).toMatchObject({ status: 200 })
    expect(await post({ iamDelayMs: 5 })).toMatchObject({ status: 200 })
    expect(await post({ clear: true })).toMatchObject({ status: 200 })
  })

  it.each([
    {},
    { operation: 's3.GetObject' },
    { operation: 's3.GetObject', effect: { kind: 'explode' } },
    { operation: 'x y', effect: { kind: 'reset' } },
    { operation: '*', effect: { kind: 'reset' }, more: 1 },
    { iamDelayMs: -1 },
  ])('refuses the switch %o', async (body) => {
    expect(await post(body)).toMatchObject({ status: 400 })
  })

  it('applies a template as the admin of an account', async () => {
    const template = {
      Resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'made-by-a-template' } } },
      Outputs: { Name: { Value: { Ref: 'Bucket' } } },
    }
    const apply = (query: string, body: string, headers: { readonly [name: string]: string } = json) =>
      send(world.lab, { method: 'POST', path: `/_lab/templates${query}`, headers, body })
    const applied = await apply('?account=987654321987&region=eu-west-1', JSON.stringify(template))
    expect([applied.status, JSON.parse(applied.text)]).toEqual([201, { outputs: { Name: 'made-by-a-template' } }])
    const state = JSON.parse((await send(world.lab, { path: '/_lab/state.json' })).text)
    expect(state.buckets).toContainEqual(
      expect.objectContaining({ name: 'made-by-a-template', accountId: '987654321987', region: 'eu-west-1' }),
    )
    expect(await apply('', '{}')).toMatchObject({ status: 400 })
    expect(await apply('?account=987654321987', '{}')).toMatchObject({ status: 400, text: expect.stringContaining('ValidationError') })
    expect(await apply('?account=987654321987', JSON.stringify(template), { 'content-type': 'text/plain' })).toMatchObject({ status: 415 })
    expect(await apply('?account=987654321987', ' '.repeat(2 ** 20 + 1))).toMatchObject({ status: 413 })
  })

  it('lets no other site in', async () => {
    const fault = { operation: '*', effect: { kind: 'reset' } }
    expect(await post(fault, { origin: 'http://evil.example' })).toMatchObject({ status: 403 })
    expect(await post(fault, { host: 'evil.example' })).toMatchObject({ status: 403 })
    expect(await post(fault, { 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403 })
    expect(await post(fault, { 'content-type': 'text/plain' })).toMatchObject({ status: 415 })
    expect(await send(world.lab, { path: '/_lab/state.json', headers: { origin: 'http://evil.example' } })).toMatchObject({ status: 403 })
    expect(world.lab.faults.list()).toEqual([])
  })
})
