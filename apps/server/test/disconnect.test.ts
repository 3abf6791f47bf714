import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createClient } from '@sluice/api'
import { afterEach, describe, expect, it } from 'vitest'
import { memoryApp, TOKEN } from './memory-app.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

/** The application behind a real port, with a connection whose validation never ends by itself. */
async function listening() {
  const { app, services, lines } = memoryApp({ limits: { bodyBytes: 10_000, requestMs: 60_000, heartbeatMs: 5 } })
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = createClient({ baseUrl: `http://127.0.0.1:${port}`, token: TOKEN })
  await client.connections.create({ name: 'slow', cloud: 'aws', method: 'role', auth: {}, locations: ['s3://b/'] })
  return { port, client, services, lines }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

describe('a caller who goes away', () => {
  it('cancels a validation that streams', async () => {
    const { client, services } = await listening()
    for await (const event of client.connections.validate('slow', {})) {
      if (event.type === 'checks-planned') continue
      expect(event.type).toBe('check-started')
      break
    }
    const [work] = services.work
    if (work === undefined) throw new Error('the validation was not started')
    await aborted(work)
  })

  it('cancels a validation that was to answer with its report', async () => {
    const { port, services } = await listening()
    const path = '/v1/connections/slow/validations'
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    const outgoing = request({ port, host: '127.0.0.1', method: 'POST', path, headers })
    outgoing.on('error', () => undefined)
    outgoing.end('{}')
    while (services.work.length === 0) await new Promise((resolve) => setImmediate(resolve))
    outgoing.destroy()
    const [work] = services.work
    if (work !== undefined) await aborted(work)
    expect(work?.aborted).toBe(true)
    expect(work?.reason).toMatchObject({ reason: 'request.cancelled' })
  })

  it('hears from a silent stream that it is alive', async () => {
    const { port, services } = await listening()
    const headers = { authorization: `Bearer ${TOKEN}`, accept: 'text/event-stream' }
    const stop = new AbortController()
    const response = await fetch(`http://127.0.0.1:${port}/v1/connections/slow/validations`, {
      method: 'POST',
      headers,
      signal: stop.signal,
    })
    let text = ''
    for await (const piece of response.body ?? []) {
      text += Buffer.from(piece).toString()
      if (text.includes(': alive\n\n')) break
    }
    expect(text).toContain('event: check-started')
    stop.abort()
    const [work] = services.work
    if (work !== undefined) await aborted(work)
  })
})
