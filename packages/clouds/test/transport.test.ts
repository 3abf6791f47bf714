import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import type { HttpRequest, HttpResponse } from '@sluice/core'
import { type PooledTransport, type TransportOptions, createTransport } from '../src/index.ts'

const never = new AbortController().signal
const reason = (name: string) => expect.objectContaining({ reason: name })
const closers: (() => void | Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** A server of the test's own making and a transport that reaches it as storage.example.com. */
async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void, options: TransportOptions = {}) {
  const server: Server = createServer(handle)
  const url = await listen(server)
  closers.push(
    () => new Promise<void>((resolve) => void server.close(() => resolve())),
    () => server.closeAllConnections(),
  )
  return { server, url, transport: routed(url, options) }
}

async function listen(server: {
  listen(port: number, host: string, done: () => void): unknown
  address(): AddressInfo | string | null
}): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

function routed(to: string, options: TransportOptions = {}): PooledTransport {
  const transport = createTransport({ routes: [{ host: 'storage.example.com', to }], ...options })
  closers.push(() => transport.close())
  return transport
}

function get(path: string, changes: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url: new URL(`https://storage.example.com${path}`), headers: {}, operation: 'test.Get', ...changes }
}

async function text(response: HttpResponse): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of response.body) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

it('sends the request as signed: target, host of the real endpoint, headers and body', async () => {
  const seen: unknown[] = []
  const { transport } = await serve(
    (request, response) => {
      const body: Buffer[] = []
      request.on('data', (chunk: Buffer) => body.push(chunk))
      request.on('end', () => {
        seen.push([
          request.method,
          request.url,
          request.headers.host,
          request.headers['x-a'],
          request.headers['user-agent'],
          Buffer.concat(body).toString(),
        ])
        response.end('ok')
      })
    },
    { version: '1.2.3' },
  )
  const request = get('/b', { method: 'PUT', target: '/a/../b?x=1', headers: { 'x-a': '1' }, body: Buffer.from('body') })
  expect(await text(await transport(request, never))).toBe('ok')
  expect(seen).toEqual([['PUT', '/a/../b?x=1', 'storage.example.com', '1', 'sluice/1.2.3', 'body']])
})

it('follows no redirect', async () => {
  let requests = 0
  const { transport } = await serve((_, response) => {
    requests += 1
    response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()
  })
  const response = await transport(get('/'), never)
  expect([response.status, requests]).toEqual([307, 1])
})

it('uses one connection for requests one after another', async () => {
  const sockets = new Set<Socket>()
  const { transport } = await serve((request, response) => {
    sockets.add(request.socket)
    // As S3 does: a HEAD says how long the object is, a DELETE has no answer.
    if (request.method === 'DELETE') response.writeHead(204).end()
    else response.writeHead(200, { 'content-length': '4' }).end('body')
  })
  for (const method of ['GET', 'HEAD', 'HEAD', 'DELETE', 'GET'] as const) await text(await transport(get('/', { method }), never))
  expect(sockets.size).toBe(1)
})

it('refuses loopback without a route, by name and by number, before anything is sent', async () => {
  let requests = 0
  const { url } = await serve((_, response) => {
    requests += 1
    response.end()
  })
  const port = new URL(url).port
  const transport = createTransport({ resolve: (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) })
  closers.push(() => transport.close())
  await expect(transport(get('/', { url: new URL(`https://127.0.0.1:${port}/`) }), never)).rejects.toThrowError(reason('egress.refused'))
  await expect(transport(get('/', { url: new URL(`https://rebound.example.com:${port}/`) }), never)).rejects.toThrowError(
    reason('egress.refused'),
  )
  expect(requests).toBe(0)
})

it('connects to the address it checked, resolving a name once', async () => {
  const asked: string[] = []
  const { url } = await serve((request, response) => response.end(request.headers.host))
  const transport = createTransport({
    egress: { allowHosts: ['minio.internal'] },
    // The first answer is used; a second question would be answered with a metadata service.
    resolve: (host, done) => {
      asked.push(host)
      done(null, [{ address: asked.length === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }])
    },
  })
  closers.push(() => transport.close())
  const request = get('/', { url: new URL(`http://minio.internal:${new URL(url).port}/`) })
  expect(await text(await transport(request, never))).toBe(`minio.internal:${new URL(url).port}`)
  expect(asked).toEqual(['minio.internal'])
})

it('drops the addresses that are refused and connects to the others', async () => {
  const { url } = await serve((_, response) => response.end('ok'))
  const transport = createTransport({
    egress: { allowHosts: ['minio.internal'] },
    resolve: (_, done) =>
      done(null, [
        { address: '169.254.169.254', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]),
  })
  closers.push(() => transport.close())
  expect(await text(await transport(get('/', { url: new URL(`http://minio.internal:${new URL(url).port}/`) }), never))).toBe('ok')
})

it('tells a name that does not resolve from a connection that is refused', async () => {
  const transport = createTransport({ resolve: (_, done) => done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []) })
  closers.push(() => transport.close())
  await expect(transport(get('/'), never)).rejects.toThrowError(reason('network.dns'))
  const server = createTcpServer()
  const url = await listen(server)
  await new Promise<void>((resolve) => void server.close(() => resolve()))
  await expect(routed(url)(get('/'), never)).rejects.toThrowError(reason('network.reset'))
})

it('gives up on a server that accepts and never answers', async () => {
  const { transport } = await serve(() => undefined, { responseTimeoutMs: 30 })
  await expect(transport(get('/'), never)).rejects.toMatchObject({ reason: 'network.timeout', retry: 'later' })
})

it('gives up on a server that takes no more of a large body', async () => {
  const sockets: Socket[] = []
  const server = createTcpServer({ pauseOnConnect: true }, (socket) => void sockets.push(socket))
  const url = await listen(server)
  closers.push(
    () => new Promise<void>((resolve) => void server.close(() => resolve())),
    () => sockets.forEach((socket) => socket.destroy()),
  )
  const request = get('/', { method: 'PUT', body: new Uint8Array(32 * 1024 * 1024) })
  await expect(routed(url, { responseTimeoutMs: 50 })(request, never)).rejects.toThrowError(reason('network.timeout'))
})

it('gives up on a body that stands still, but not on a reader that does', async () => {
  const { transport } = await serve((_, response) => response.writeHead(200, { 'content-length': '10' }).write('five!'), {
    idleTimeoutMs: 40,
  })
  const iterator = (await transport(get('/'), never)).body[Symbol.asyncIterator]()
  expect((await iterator.next()).done).toBe(false)
  await expect(iterator.next()).rejects.toThrowError(reason('network.timeout'))

  const whole = await serve((_, response) => response.end('0123456789'), { idleTimeoutMs: 20 })
  const unhurried = (await whole.transport(get('/'), never)).body[Symbol.asyncIterator]()
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect((await unhurried.next()).value?.byteLength).toBe(10)
})

it.each([
  ['announced by length', { 'content-length': '100' }],
  ['sent in chunks', {}],
])('notices that a body %s ended early', async (_, headers) => {
  const { transport } = await serve((request, response) => {
    response.writeHead(200, headers).write('part', () => request.socket.destroy())
  })
  const response = await transport(get('/'), never)
  await expect(text(response)).rejects.toMatchObject({ reason: 'network.truncated', retry: 'later' })
})

it('notices that a connection was cut before an answer', async () => {
  const { transport } = await serve((request) => request.socket.destroy())
  await expect(transport(get('/'), never)).rejects.toThrowError(reason('network.reset'))
})

it('says so when the answer is not HTTP', async () => {
  const server = createTcpServer((socket) =>
    socket
      .resume()
      .on('error', () => undefined)
      .end('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
  )
  const url = await listen(server)
  closers.push(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  await expect(routed(url)(get('/'), never)).rejects.toMatchObject({ reason: 'network.protocol', retry: 'never' })
})

it('can be cancelled while connecting, waiting and reading', async () => {
  const reached = Promise.withResolvers<void>()
  const { transport } = await serve((request, response) => {
    if (request.url === '/silent') return reached.resolve()
    return void response.writeHead(200, { 'content-length': '10' }).write('five!')
  })
  await expect(transport(get('/'), AbortSignal.abort())).rejects.toThrowError(reason('request.cancelled'))

  const waiting = new AbortController()
  const silent = transport(get('/silent'), waiting.signal)
  await reached.promise
  waiting.abort()
  await expect(silent).rejects.toThrowError(reason('request.cancelled'))

  const reading = new AbortController()
  const iterator = (await transport(get('/'), reading.signal)).body[Symbol.asyncIterator]()
  await iterator.next()
  const next = iterator.next()
  reading.abort()
  await expect(next).rejects.toThrowError(reason('request.cancelled'))
})

it('lets go of the connection of a body that nobody begins to read', async () => {
  const closed = Promise.withResolvers<void>()
  const { transport } = await serve((request, response) => {
    request.socket.on('close', () => closed.resolve())
    response.writeHead(200, { 'content-length': '10000000' }).write('x')
  })
  await (await transport(get('/'), never)).body[Symbol.asyncIterator]().return?.()
  await closed.promise
})

it('delays no tenant because another waits for a slow server', async () => {
  const held: ServerResponse[] = []
  const full = Promise.withResolvers<void>()
  const { transport } = await serve(
    (request, response) => {
      if (request.url !== '/slow') return response.end('quick')
      held.push(response)
      if (held.length === 2) full.resolve()
      return undefined
    },
    { maxSocketsPerHost: 2 },
  )
  const slow = [1, 2, 3, 4].map(async () => text(await transport(get('/slow', { tenant: 'slow' }), never)))
  await full.promise
  expect(await text(await transport(get('/quick', { tenant: 'quick' }), never))).toBe('quick')
  expect(held).toHaveLength(2)
  for (let answered = 0; answered < 4; answered++) {
    while (held.length === 0) await new Promise((resolve) => setImmediate(resolve))
    held.shift()?.end('done')
  }
  expect(await Promise.all(slow)).toEqual(['done', 'done', 'done', 'done'])
})

it('puts no secret into an error: no path, no query, no header', async () => {
  const { transport } = await serve((request) => request.socket.destroy())
  const canary = 'c4n4ry'
  const request = get(`/${canary}?X-Amz-Signature=${canary}`, { headers: { authorization: canary, 'x-amz-security-token': canary } })
  const error: unknown = await transport(request, never).catch((thrown: unknown) => thrown)
  expect(inspect(error, { depth: 10 })).toContain('network.reset')
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(canary)
})
