import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'
import { readRequest, type LabRequest } from './request.ts'

/** A request at work: `signal` ends when its client is gone. */
export interface Exchange {
  readonly request: LabRequest
  readonly response: ServerResponse
  readonly signal: AbortSignal
}

export interface LabServer {
  readonly url: string
  close(): Promise<void>
}

/** Serves on 127.0.0.1. `handle` never rejects. */
export async function serve(
  port: number,
  deps: {
    readonly requestId: () => string
    readonly handle: (exchange: Exchange) => Promise<void>
    readonly malformed: (id: string) => Answer
  },
): Promise<LabServer> {
  const running = new Set<Promise<void>>()
  const take = (incoming: IncomingMessage, response: ServerResponse, waits: boolean): void => {
    const id = deps.requestId()
    let told = !waits
    const proceed = (): void => {
      if (!told) response.writeContinue()
      told = true
    }
    const request = readRequest(incoming, id, proceed)
    if (!request) {
      const answer = deps.malformed(id)
      response.writeHead(answer.status, { ...answer.headers, connection: 'close' }).end(answer.body)
      return
    }
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const work = deps.handle({ request, response, signal: gone.signal }).finally(() => running.delete(work))
    running.add(work)
  }
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (incoming, response) => take(incoming, response, false))
  server.on('checkContinue', (incoming, response) => take(incoming, response, true))
  await listen(server, port)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The lab has no TCP address')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await Promise.all([closed, ...running])
    },
  }
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}
