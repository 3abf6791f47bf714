import { createClient, problemSchema } from '@sluice/api'
import type { CheckEvent, QueryProgress } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { memoryApp, TOKEN } from '../../test/memory-app.ts'
import { CANARIES, PLANNED } from '../../test/memory-services.ts'

const ROLE = { name: 'acme', cloud: 'aws', method: 'role', auth: {}, locations: ['s3://test-bucket-123/data/'] }
const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }

function start(change = {}) {
  const made = memoryApp(change)
  const client = createClient({ baseUrl: 'http://sluice.test', token: TOKEN, fetch: (request) => made.app.fetch(request) })
  const post = (path: string, body: unknown, accept: string) =>
    made.app.request(path, { method: 'POST', headers: { ...headers, accept }, body: JSON.stringify(body) })
  return { ...made, client, post }
}

const caught = async (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

async function drain<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const event of events) all.push(event)
  return all
}

describe('validation', () => {
  it('answers with the report', async () => {
    const { client, post } = start()
    await client.connections.create(ROLE)
    const response = await post('/v1/connections/acme/validations', {}, 'application/json')
    expect(await response.json()).toMatchObject({ verdict: 'passed', counts: { passed: PLANNED.length } })
    expect((await client.connections.validations('acme', {})).reports).toHaveLength(1)
  })

  it('streams each check as it starts and finishes, the report last', async () => {
    const { client } = start()
    await client.connections.create({ ...ROLE, name: 'broken' })
    const events = await drain<CheckEvent>(client.connections.validate('broken', {}))
    expect(events).toHaveLength(2 * PLANNED.length + 2)
    expect(events.at(-1)).toMatchObject({ type: 'report', report: { verdict: 'failed', counts: { failed: 1 } } })
  })

  it('names each event for EventSource', async () => {
    const { client, post } = start()
    await client.connections.create(ROLE)
    const response = await post('/v1/connections/acme/validations', {}, 'text/event-stream')
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const text = await response.text()
    expect(text.startsWith('event: checks-planned\ndata: {"type":"checks-planned"')).toBe(true)
    expect(text).toContain('event: check-started\ndata: {"type":"check-started"')
    expect(text).toContain('event: report\n')
  })

  it('answers with a status when the connection does not exist, streaming or not', async () => {
    const { post } = start()
    for (const accept of ['text/event-stream', 'application/json'])
      expect((await post('/v1/connections/nobody/validations', {}, accept)).status).toBe(404)
  })

  it('cancels the checks when the reader leaves, and starts anew when one comes back', async () => {
    const { client, services } = start()
    await client.connections.create({ ...ROLE, name: 'slow' })
    for (const attempt of [0, 1]) {
      for await (const event of client.connections.validate('slow', {})) {
        if (event.type === 'checks-planned') continue
        expect(event).toEqual({ type: 'check-started', name: PLANNED[0]?.name })
        expect(services.work[attempt]?.aborted).toBe(false)
        break
      }
      expect(services.work[attempt]?.aborted).toBe(true)
    }
  })

  it("cancels the checks when the caller's signal aborts", async () => {
    const { client, services } = start()
    await client.connections.create({ ...ROLE, name: 'slow' })
    const abort = new AbortController()
    const events = client.connections.validate('slow', {}, abort.signal)
    await events.next()
    await events.next()
    const next = caught(events.next())
    abort.abort()
    expect(await next).toMatchObject({ reason: 'request.cancelled' })
    expect(services.work[0]?.aborted).toBe(true)
  })
})

describe('SQL', () => {
  it('streams one result per line and an end', async () => {
    const { post } = start()
    const response = await post('/v1/sql', { sql: 'CREATE STAGE s; SELECT 1' }, '*/*')
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    const events = (await response.text())
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(events).toMatchObject([
      { type: 'result', result: { kind: 'done', message: 'Stage created.' } },
      {
        type: 'result',
        result: {
          kind: 'rows',
          rows: [
            ['LAX', 12, null],
            ['東京', -3, 'late'],
          ],
        },
      },
      { type: 'end', statements: 2 },
    ])
  })

  it('tells the client of progress while it waits', async () => {
    const { client } = start()
    const told: QueryProgress[] = []
    const results = await drain(client.sql.run({ sql: 'SELECT 1; SELECT 2' }, (progress) => told.push(progress)))
    expect(results).toHaveLength(2)
    expect(told[0]).toMatchObject({ phase: 'fetching', fraction: 0.5 })
  })

  it('answers 400 with the position when the first statement is wrong', async () => {
    const { post } = start()
    const response = await post('/v1/sql', { sql: 'SELECT 1 FROMM t' }, 'application/x-ndjson')
    expect(response.status).toBe(400)
    expect(problemSchema.parse(await response.json())).toMatchObject({ reason: 'sql.syntax', context: { line: 1, column: 10, length: 5 } })
  })

  it('ends with a problem when a later statement is wrong, in either form', async () => {
    const { client } = start()
    for (const onProgress of [undefined, () => {}]) {
      const results: unknown[] = []
      const failure = await caught(
        (async () => {
          for await (const result of client.sql.run({ sql: 'SELECT 1; SELECT 2 FROMM t' }, onProgress)) results.push(result)
        })(),
      )
      expect(results).toHaveLength(1)
      expect(failure).toMatchObject({ code: 'invalid', reason: 'sql.syntax', context: { column: 20 } })
    }
  })

  it('hides a defect in the middle of a stream and logs it', async () => {
    const { post, lines } = start()
    const text = await (await post('/v1/sql', { sql: 'SELECT 1; CRASH' }, 'application/x-ndjson')).text()
    expect(text).toContain('internal.defect')
    expect(text + lines.join()).not.toContain(CANARIES.cause)
    expect(lines.filter((line) => line.includes('causes'))).toHaveLength(1)
  })

  it('cancels the statement when the reader leaves', async () => {
    const { post, services } = start()
    const response = await post('/v1/sql', { sql: 'SELECT 1; WAIT' }, 'application/x-ndjson')
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    expect(services.work[0]?.aborted).toBe(true)
  })

  it('cancels what runs when the server stops', async () => {
    const { client, stop, services } = start()
    const results = client.sql.run({ sql: 'SELECT 1; WAIT' })
    await results.next()
    const next = caught(results.next())
    stop.abort()
    expect(await next).toMatchObject({ reason: 'request.cancelled' })
    expect(services.work[0]?.aborted).toBe(true)
  })

  it('says so when a stream is cut before its end', async () => {
    const cutShort = new Response('{"type":"progress","progress":{"phase":"running","bytesFetched":0,"bytesPlanned":0}}\n{"type":"res')
    const client = createClient({ baseUrl: 'http://sluice.test', fetch: () => cutShort })
    expect(await caught(drain(client.sql.run({ sql: 'SELECT 1' })))).toMatchObject({ reason: 'network.truncated', code: 'unavailable' })
  })

  it('keeps a history', async () => {
    const { client } = start()
    await drain(client.sql.run({ sql: 'SELECT 1; SELECT 2' }))
    expect((await client.sql.history({ limit: 1 })).statements).toMatchObject([{ sql: 'SELECT 2', ok: true }])
  })
})
