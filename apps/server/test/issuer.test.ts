import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type IssuerView } from '@sluice/api'
import { createTransport } from '@sluice/clouds'
import { afterEach, describe, expect, it } from 'vitest'
import { readConfig } from '../src/config/config.ts'
import { examine } from '../src/doctor.ts'
import { createLog } from '../src/log.ts'
import { reachIssuer } from '../src/platform/issuer-reach.ts'
import { startServer } from '../src/start.ts'
import { memoryApp, TOKEN } from './memory-app.ts'

const ISSUER = 'https://sluice.example.com/issuer'
const signal = new AbortController().signal

describe('the documents of the issuer', () => {
  const paths = ['/.well-known/openid-configuration', '/.well-known/jwks.json', '/issuer/.well-known/openid-configuration']

  it('are open, below the path of the issuer too, and may be kept for minutes', async () => {
    const { app } = memoryApp()
    for (const path of [...paths, '/issuer/.well-known/jwks.json']) {
      const response = await app.request(path)
      expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 200, 'application/json'])
      expect(response.headers.get('cache-control')).toBe('public, max-age=300')
    }
    expect((await app.request('/other/.well-known/jwks.json')).status).toBe(404)
  })

  it('name the issuer and its keys, by the paths of the issuer alone', async () => {
    const { app } = memoryApp()
    const [, , below] = await Promise.all(paths.map(async (path) => (await app.request(path)).json()))
    expect(below).toMatchObject({ issuer: ISSUER, jwks_uri: `${ISSUER}/.well-known/jwks.json` })
  })

  it('are all that is open: to show and to rotate needs a token', async () => {
    const { app } = memoryApp()
    expect((await app.request('/v1/issuer')).status).toBe(401)
    expect((await app.request('/v1/issuer/rotate', { method: 'POST' })).status).toBe(401)
    const headers = { authorization: `Bearer ${TOKEN}` }
    expect((await app.request('/v1/issuer/rotate', { method: 'POST', headers })).status).toBe(200)
  })
})

describe('the setting', () => {
  const read = (url: string, more = {}) => readConfig({ SLUICE_ISSUER_URL: url, ...more }).platform.issuer?.url

  it.each([
    ['https://sluice.example.com', 'https://sluice.example.com'],
    ['https://sluice.example.com/', 'https://sluice.example.com'],
    ['https://sluice.example.com/a/b.c_d~e', 'https://sluice.example.com/a/b.c_d~e'],
  ])('takes %s', (given, read_) => {
    expect(read(given)).toBe(read_)
  })

  it.each([
    'http://sluice.example.com',
    'https://sluice.example.com?x=1',
    'https://sluice.example.com/#x',
    'https://sluice.example.com:8443',
    'https://Sluice.example.com',
    'https://user:secret@sluice.example.com',
    'https://sluice.example.com/a/../b',
    'https://sluice.example.com//a',
    'https://sluice',
    `https://sluice.example.com/${'a'.repeat(240)}`,
    'http://127.0.0.1:7780',
  ])('refuses %s', (given) => {
    expect(() => read(given)).toThrow(expect.objectContaining({ reason: 'config.invalid' }))
  })

  it('takes a loopback address beside the lab', () => {
    const lab = { SLUICE_ROUTES: '*.amazonaws.com=http://127.0.0.1:9' }
    expect(read('http://127.0.0.1:7780', lab)).toBe('http://127.0.0.1:7780')
  })
})

describe('a server that is an issuer', () => {
  let folder = ''
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('publishes its key, keeps it sealed, and has the same after a restart', async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-issuer-'))
    const config = readConfig({ SLUICE_DATA_DIR: folder, SLUICE_PORT: '0', SLUICE_ISSUER_URL: ISSUER })
    const first = await startServer(config, createLog('silent'))
    const client = createClient({ baseUrl: first.url, token: first.token })
    const keys = await client.issuer.keys()
    expect(await client.issuer.show()).toMatchObject({ url: ISSUER, keys: [{ id: keys.keys[0]?.kid, state: 'signing' }] })
    expect((await client.audit.list({ action: 'issuer.rotate' })).events).toMatchObject([{ target: keys.keys[0]?.kid, actor: 'system' }])
    await first.close()
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')))
    expect(files.join('')).toContain(keys.keys[0]?.n)
    // The field names of a private key in JSON.
    for (const name of ['"d":', '"dp":', '"qi":']) expect(files.join('')).not.toContain(name)
    const second = await startServer(config, createLog('silent'))
    expect(await createClient({ baseUrl: second.url, token: second.token }).issuer.keys()).toEqual(keys)
    await second.close()
  })

  it('is none unless told', async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-issuer-'))
    const server = await startServer(readConfig({ SLUICE_DATA_DIR: folder, SLUICE_PORT: '0' }), createLog('silent'))
    const client = createClient({ baseUrl: server.url, token: server.token })
    await expect(client.issuer.keys()).rejects.toMatchObject({ reason: 'issuer.not_configured' })
    await server.close()
  })
})

describe('the doctor, of the issuer', () => {
  const HOST = new URL(ISSUER).host
  const DISCOVERY = { issuer: ISSUER, jwks_uri: `${ISSUER}/.well-known/jwks.json` }
  const key = (id: string, state: IssuerView['keys'][number]['state'] = 'signing') => ({ id, state, createdAt: '', signsFrom: '' })
  const running = (...keys: IssuerView['keys']): IssuerView => ({ url: ISSUER, discoveryUrl: '', keysUrl: '', nextKeyAt: '', keys })
  let server: Server | undefined
  afterEach(async () => {
    const closing = server
    server = undefined
    if (closing !== undefined) await new Promise((done) => closing.close(done))
  })

  /** What the doctor says where the issuer's public address answers with these documents. */
  async function finding(documents: { readonly [path: string]: unknown }, view: IssuerView | 'none runs' = running(key('key-1'))) {
    const made = createServer((request, response) => {
      const document = documents[request.url ?? '']
      response.writeHead(document === undefined ? 404 : 200).end(typeof document === 'string' ? document : JSON.stringify(document))
    }).listen(0, '127.0.0.1')
    server = made
    await new Promise((resolve) => made.once('listening', resolve))
    const { port } = made.address() as AddressInfo
    const transport = createTransport({ routes: [{ host: HOST, to: `http://127.0.0.1:${port}` }] })
    try {
      return await reachIssuer(transport, { url: ISSUER, running: view === 'none runs' ? undefined : view }, signal)
    } finally {
      transport.close()
    }
  }
  const documents = (discovery: unknown, keys: unknown) => ({
    '/issuer/.well-known/openid-configuration': discovery,
    '/issuer/.well-known/jwks.json': keys,
  })

  it('is content when the way of a cloud ends at the key that signs', async () => {
    const keys = { keys: [{ kid: 'key-0' }, { kid: 'key-1' }] }
    expect(await finding(documents(DISCOVERY, keys), running(key('key-9', 'retired'), key('key-1')))).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('a firewall'),
    })
  })

  it.each([
    ['nothing is there', documents(undefined, undefined), 'does not lead to this server'],
    ['something else is there', documents('<html>', undefined), 'does not lead to this server'],
    ['another issuer is there', documents({ ...DISCOVERY, issuer: 'https://other.example.com' }, undefined), 'https://other.example.com'],
    ['the keys are elsewhere', documents({ ...DISCOVERY, jwks_uri: 'https://other.example.com/keys' }, undefined), 'names other keys'],
    ['there are no keys', documents(DISCOVERY, undefined), 'has no key set'],
    ['the keys are of another', documents(DISCOVERY, { keys: [{ kid: 'key-2' }] }), 'lacks the key key-1'],
  ])('finds a problem when %s', async (_what, answers, said) => {
    expect(await finding(answers)).toMatchObject({ status: 'problem', detail: expect.stringContaining(said) })
  })

  it('finds a problem when the next key is not there yet', async () => {
    const view = running(key('key-1'), key('key-2', 'next'))
    expect(await finding(documents(DISCOVERY, { keys: [{ kid: 'key-1' }] }), view)).toMatchObject({ status: 'problem' })
  })

  it('says what it cannot tell', async () => {
    const alone = await finding(documents(DISCOVERY, { keys: [] }), 'none runs')
    expect(alone).toMatchObject({ status: 'note', detail: expect.stringContaining('was not compared') })
    const resolve = (address: string) =>
      createTransport({ resolve: (_host, done) => done(null, [{ address, family: 4 }]), connectTimeoutMs: 200 })
    for (const [transport, said] of [
      [resolve('10.0.0.1'), 'not public'],
      [
        createTransport({ resolve: (_host, done) => done(Object.assign(new Error('none'), { code: 'ENOTFOUND' }), []) }),
        'cannot be told from here',
      ],
    ] as const) {
      expect(await reachIssuer(transport, { url: ISSUER, running: undefined }, signal)).toMatchObject({
        status: 'note',
        detail: expect.stringContaining(said),
      })
      transport.close()
    }
  })

  it('notes that there is none, and what a loopback address is for', async () => {
    const environment = { SLUICE_DATA_DIR: await mkdtemp(join(tmpdir(), 'sluice-issuer-')) }
    const of = async (more: { readonly [name: string]: string }) =>
      (await examine({ ...environment, ...more })).find(({ name }) => name === 'issuer')
    expect(await of({})).toMatchObject({ status: 'note', detail: expect.stringContaining('refused') })
    expect(await of({ SLUICE_ISSUER_URL: 'http://127.0.0.1:1', SLUICE_ROUTES: 'x.example.com=http://127.0.0.1:1' })).toMatchObject({
      status: 'note',
      detail: expect.stringContaining('for the lab'),
    })
    await rm(environment.SLUICE_DATA_DIR, { recursive: true })
  })
})
