import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { accessError } from '@sluice/core'
import { compose, DEFAULT_PROJECT } from './compose.ts'
import type { Config } from './config/config.ts'
import { readContextFile, writeContextFile } from './context-file.ts'
import { createApp } from './http/app.ts'
import { base32 } from './ids.ts'
import { createLog, type Log } from './log.ts'
import { systemClock, systemRandom } from './system.ts'
import { createTokens } from './tokens.ts'
import { VERSION } from './version.ts'

/** A server that answers. */
export interface RunningServer {
  readonly url: string
  /** An API token of the default project; also in the context file. */
  readonly token: string
  readonly contextFile: string
  /** Whether the token was issued by this start. */
  readonly isFirstStart: boolean
  /** Takes no new work, lets what runs finish for a while, then ends it. Safe to call twice. */
  close(): Promise<void>
}

/** Starts a server: opens the metadata, listens, and writes the context file. */
export async function startServer(config: Config, log: Log = createLog(config.logLevel)): Promise<RunningServer> {
  const composed = await compose(config, { clock: systemClock, random: systemRandom, version: VERSION })
  const stopping = new AbortController()
  try {
    const tokens = createTokens({ store: composed.store, clock: systemClock, random: systemRandom })
    const contextFile = join(config.dataDir, 'context.json')
    const kept = await keptToken(contextFile, tokens.authenticate)
    const token = kept ?? (await tokens.issue(DEFAULT_PROJECT.id, 'first'))
    const app = createApp({
      services: composed.services,
      authenticate: tokens.authenticate,
      locationUrl: composed.locationUrl,
      newRequestId: () => `req_${base32(20, systemRandom)}`,
      version: VERSION,
      log,
      clock: systemClock,
      limits: { bodyBytes: config.limits.bodyBytes, requestMs: config.limits.requestMs, heartbeatMs: 15_000 },
      stopping: stopping.signal,
    })
    // It is an HTTP/1.1 server, because no other was asked for.
    const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server
    const url = await listen(server, config)
    writeContextFile(contextFile, { server: url, token })
    log.info({ url, dataDir: config.dataDir }, 'listening')
    let closed: Promise<void> | undefined
    return {
      url,
      token,
      contextFile,
      isFirstStart: kept === undefined,
      close: () => (closed ??= stop(server, stopping, config.limits.shutdownMs).then(() => composed.close())),
    }
  } catch (thrown) {
    await composed.close()
    throw thrown
  }
}

/** The token in the context file, if this installation's metadata still knows it. */
async function keptToken(path: string, authenticate: (token: string) => Promise<unknown>): Promise<string | undefined> {
  const context = readContextFile(path)
  return context !== undefined && (await authenticate(context.token)) !== undefined ? context.token : undefined
}

async function listen(server: Server, { host, port }: Config): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE'
      reject(
        accessError(taken ? 'server.port_taken' : 'config.invalid', {
          message: taken
            ? `Another process listens on port ${port} of ${host}.`
            : `Listening on ${host}:${port} failed (${cause.code ?? 'unknown'}).`,
          cause,
        }),
      )
    })
    server.listen(port, host, resolve)
  })
  // A listening TCP server has an address of this form, never a pipe's name.
  const address = server.address() as AddressInfo
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${shown === '0.0.0.0' ? '127.0.0.1' : shown === '[::]' ? '[::1]' : shown}:${address.port}`
}

async function stop(server: Server, stopping: AbortController, graceMs: number): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()))
  const grace = setTimeout(() => {
    stopping.abort(accessError('server.stopping', { message: 'The server was told to stop.' }))
    // What was aborted may still say so to its caller before its connection is cut.
    cut = setTimeout(() => server.closeAllConnections(), 1_000)
  }, graceMs)
  let cut: NodeJS.Timeout | undefined
  await ended
  clearTimeout(grace)
  clearTimeout(cut)
}
