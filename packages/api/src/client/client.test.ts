import { accessError } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { toProblem } from '../problem.ts'
import { createClient } from './client.ts'

const TOKEN = 'sluice_canarycanarycanarycanarycana'

function clientOf(answer: (request: Request) => Response | Promise<Response>) {
  return createClient({ baseUrl: 'http://sluice.test', token: TOKEN, fetch: answer })
}

const caught = async (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe('the client', () => {
  it('writes names into the path so that they stay one segment', async () => {
    const seen: string[] = []
    const client = clientOf((request) => {
      seen.push(`${request.method} ${new URL(request.url).pathname}${new URL(request.url).search}`)
      return new Response(null, { status: 204 })
    })
    await client.stages.delete('a/b ?#', { ifExists: 'true' })
    expect(seen).toEqual(['DELETE /v1/stages/a%2Fb%20%3F%23?ifExists=true'])
  })

  it('turns a problem back into the error it was', async () => {
    const error = accessError('store.missing', { message: 'There is no connection acme.', context: { name: 'acme' } })
    const client = clientOf(() => Response.json(toProblem(error, 'req_1'), { status: 404 }))
    expect(await caught(client.connections.show('acme'))).toMatchObject({
      code: 'not_found',
      reason: 'store.missing',
      message: error.message,
      remedy: error.remedy,
      context: { name: 'acme', requestId: 'req_1' },
    })
  })

  it('tells a server that is not there from one that is not Sluice', async () => {
    const gone = clientOf(() => Promise.reject(new TypeError('fetch failed')))
    expect(await caught(gone.health())).toMatchObject({ reason: 'server.unreachable', code: 'unavailable' })
    const proxy = clientOf(() => new Response('<html>502</html>', { status: 502 }))
    expect(await caught(proxy.health())).toMatchObject({ reason: 'server.unexpected_answer', context: { status: 502 } })
    const page = clientOf(() => new Response('<html>', { status: 200 }))
    expect(await caught(page.health())).toMatchObject({ reason: 'server.unexpected_answer' })
    const other = clientOf(() => Response.json({ status: 'fine' }))
    expect(await caught(other.health())).toMatchObject({ reason: 'server.unexpected_answer' })
  })

  it('never quotes its token', async () => {
    const gone = clientOf((request) => Promise.reject(new TypeError(`failed: ${request.headers.get('authorization')}`)))
    const error = await caught(gone.health())
    expect(String(error)).not.toContain(TOKEN)
  })

  it('reads events however they are cut into pieces', async () => {
    const text =
      '{"type":"result","result":{"statement":"SELECT é","kind":"done","columns":[],"rows":[],"truncated":false,"warnings":[]}}\n{"type":"end","statements":1}\n'
    const bytes = new TextEncoder().encode(text)
    for (const size of [1, 2, 3, 7, 1000]) {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size))
          controller.close()
        },
      })
      const statements: string[] = []
      for await (const result of clientOf(() => new Response(body)).sql.run({ sql: 'SELECT é' })) statements.push(result.statement)
      expect(statements).toEqual(['SELECT é'])
    }
  })

  it('says so when a connection breaks in the middle of a stream', async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(
          new TextEncoder().encode('{"type":"progress","progress":{"phase":"running","bytesFetched":1,"bytesPlanned":2}}\n'),
        )
      },
      pull(controller) {
        controller.error(new TypeError('terminated'))
      },
    })
    const results = clientOf(() => new Response(body)).sql.run({ sql: 'SELECT 1' })
    expect(await caught(results.next())).toMatchObject({ reason: 'server.unreachable' })
  })
})
