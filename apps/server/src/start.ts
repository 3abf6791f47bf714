import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { accessError } from '@sluice/core'
import type { Config } from './config/config.ts'
import { readContextFile, writeContextFile } from './context-file.ts'
import { answerUnreadable, createApp } from './http/app.ts'
import type { AppDeps } from './http/deps.ts'
import { base32 } from './ids.ts'
import { createLog, type Log } from './log.ts'
import { DEFAULT_PROJECT, openMetadata } from './metadata.ts'
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
  const parts = { store: await openMetadata(config, SYSTEM), ...SYSTEM, version: VERSION, log }
  const composed = once(async () => (await import('./compose.ts')).compose(config, parts))
  const stopping = new AbortController()
  try {
    const tokens = createTokens(parts)
    const contextFile = join(config.dataDir, 'context.json')
    const kept = await keptToken(contextFile, tokens.authenticate)
    const token = kept ?? (await tokens.issue(DEFAULT_PROJECT.id, 'first'))
    const deps: AppDeps = {
      parts: composed.get,
      authenticate: tokens.authenticate,
      newRequestId: () => `req_${base32(20, systemRandom)}`,
      version: VERSION,
      issuerUrl: config.platform.issuer?.url,
      log,
      clock: systemClock,
      limits: { bodyBytes: config.limits.bodyBytes, requestMs: config.limits.requestMs, heartbeatMs: 15_000 },
      stopping: stopping.signal,
    }
    const answer = getRequestListener(createApp(deps).fetch, { overrideGlobalObjects: false, errorHandler: answerUnreadable(deps) })
    const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
    const url = await listen(server, config)
    writeContextFile(contextFile, { server: url, token })
    log.info({ url, dataDir: config.dataDir }, 'listening')
    if (!isLoopback(config.host))
      log.warn({ host: config.host }, 'tokens travel unencrypted beyond this machine unless a proxy in front speaks TLS')
    // The first request of use finds everything loaded; a failure shows again, and where it belongs, when one comes.
    const warming = setTimeout(() => {
      composed.get().catch((cause: unknown) => log.defect({}, 'The use cases could not be loaded', cause))
    }, WARM_AFTER_MS)
    const close = once(async () => {
      clearTimeout(warming)
      await stop(server, stopping, config.limits.shutdownMs)
      await (await composed.made())?.close()
      await parts.store.close()
    })
    return { url, token, contextFile, isFirstStart: kept === undefined, close: close.get }
  } catch (thrown) {
    await parts.store.close()
    throw thrown
  }
}

/** Loading keeps the process busy for a while: whoever waits for it to be healthy comes first. */
const WARM_AFTER_MS = 200

const SYSTEM = { clock: systemClock, random: systemRandom }

/** Makes a thing when it is first asked for, and only then. */
function once<T>(make: () => Promise<T>) {
  let making: Promise<T> | undefined
  return {
    get: () => (making ??= make()),
    /** What was made, if it was asked for and could be made. */
    made: async () => making?.catch(() => undefined),
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
  const address = server.address()
  if (address === null || typeof address === 'string') throw accessError('internal.defect', { message: 'The server has no port.' })
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${shown === '0.0.0.0' ? '127.0.0.1' : shown === '[::]' ? '[::1]' : shown}:${address.port}`
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

async function stop(server: Server, stopping: AbortController, graceMs: number): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()))
  const grace = setTimeout(() => {
    stopping.abort(accessError('server.stopping', { message: 'The server was told to stop.' }))
    // What was aborted may still say so to its caller before its connection is cut.
    cut = setTimeout(() => server.closeAllConnections(), 1_000)
  }, graceMs)
  let cut: NodeJS.Timeout | undefined
  // A caller keeps its connection after its answer; without work on it, it must not hold up the end.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  await ended
  clearInterval(sweep)
  clearTimeout(grace)
  clearTimeout(cut)
}
