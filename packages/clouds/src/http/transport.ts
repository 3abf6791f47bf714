import { type LookupAddress, lookup as resolveName } from 'node:dns'
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { type HttpRequest, type HttpResponse, type Route, type Transport, accessError } from '@sluice/core'
import { type Agents, createAgents } from './agents.ts'
import { type EgressOptions, bareHost, createEgressPolicy } from './egress.ts'
import { cancelled, networkError } from './network-error.ts'
import { EMPTY_BODY, isBodiless, responseBody } from './response-body.ts'
import { routeFor } from './route.ts'

export interface TransportOptions {
  /** Hosts whose requests go elsewhere, free of the egress policy. Only operator configuration can set them. */
  readonly routes?: readonly Route[]
  readonly egress?: EgressOptions
  /** Sluice's version, for the user agent. */
  readonly version?: string
  /** From the start of a new connection to the end of its TLS handshake, name resolution included. */
  readonly connectTimeoutMs?: number
  /** From the last byte sent to the answer's head; also how long sending may stand still. */
  readonly responseTimeoutMs?: number
  /** Between two pieces of an answer's body. The time in which the reader does not ask for more is not counted. */
  readonly idleTimeoutMs?: number
  /** Connections to one host that one tenant may have at a time; more requests wait. */
  readonly maxSocketsPerHost?: number
  /** Certificates of the authorities to accept in place of the well-known ones. */
  readonly ca?: readonly string[]
  /** Resolves a host name: all its addresses. */
  readonly resolve?: Resolve
}

/** Tells all addresses of a host name, or why it could not. */
export type Resolve = (host: string, done: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void

/** A transport that holds connections. Close it to let them go. */
export type PooledTransport = Transport & { close(): void }

/** The transport of the product: pooled HTTP/1.1 with time-outs, an egress policy and routes. It follows no redirects and retries nothing. */
export function createTransport(options: TransportOptions = {}): PooledTransport {
  const policy = createEgressPolicy(options.egress)
  const resolve = options.resolve ?? ((host, done) => resolveName(host, { all: true }, done))
  const pool = (lookup: LookupFunction): Agents =>
    createAgents({ maxSocketsPerHost: options.maxSocketsPerHost ?? 64, lookup, ...(options.ca ? { ca: options.ca } : {}) })
  // What is connected to is what was checked: the name is resolved once, in the lookup of the socket itself.
  const guarded = pool(lookupWith(resolve, (host, address) => policy.checkAddress(host, address)))
  const routed = pool(lookupWith(resolve, () => undefined))
  const limits = {
    connect: options.connectTimeoutMs ?? 5_000,
    response: options.responseTimeoutMs ?? 30_000,
    idle: options.idleTimeoutMs ?? 20_000,
  }
  const userAgent = options.version === undefined ? 'sluice' : `sluice/${options.version}`

  const send = async (request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> => {
    if (signal.aborted) throw cancelled(request)
    const route = routeFor(options.routes ?? [], request.url)
    if (route === undefined) policy.checkUrl(request.url)
    const target = route ?? request.url
    const agents = route === undefined ? guarded : routed
    const outgoing = (target.protocol === 'https:' ? httpsRequest : httpRequest)({
      agent: agents.for(request.tenant ?? '', target.protocol),
      method: request.method,
      host: bareHost(target),
      port: target.port === '' ? (target.protocol === 'https:' ? 443 : 80) : Number(target.port),
      path: request.target ?? `${request.url.pathname}${request.url.search}`,
      headers: {
        'user-agent': userAgent,
        ...request.headers,
        host: request.headers['host'] ?? request.url.host,
        ...(request.body === undefined && request.method !== 'PUT' && request.method !== 'POST'
          ? {}
          : { 'content-length': String(request.body?.byteLength ?? 0) }),
      },
      setHost: false,
    })
    return exchange(outgoing, request, limits, signal)
  }

  return Object.assign(send, {
    close: () => {
      guarded.close()
      routed.close()
    },
  })
}

interface Limits {
  readonly connect: number
  readonly response: number
  readonly idle: number
}

/** Sends and waits for the answer's head; the body streams on under the same signal. */
function exchange(outgoing: ClientRequest, request: HttpRequest, limits: Limits, signal: AbortSignal): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    let incoming: IncomingMessage | undefined
    const timeout = (doing: string) =>
      accessError('network.timeout', { message: `${request.url.host} took too long ${doing} (${request.operation}).` })
    const limit = (ms: number, doing: string): void => {
      clearTimeout(timer)
      timer = setTimeout(() => outgoing.destroy(timeout(doing)), ms)
    }
    const abort = (): void => {
      const error = cancelled(request, signal.reason)
      if (incoming === undefined) outgoing.destroy(error)
      else incoming.destroy(error)
    }
    const settle = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }

    signal.addEventListener('abort', abort, { once: true })
    outgoing.on('socket', (socket) => {
      const connected = (): void => {
        clearTimeout(timer)
        outgoing.setTimeout(limits.response, () => outgoing.destroy(timeout('to take the request')))
      }
      if (!socket.connecting) return connected()
      limit(limits.connect, 'to connect')
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected)
    })
    outgoing.on('finish', () => {
      if (incoming !== undefined) return
      const socket = outgoing.socket
      // A request small enough is handed over before its connection stands; the answer is waited for only from then on.
      if (socket?.connecting === true)
        socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => limit(limits.response, 'to answer'))
      else limit(limits.response, 'to answer')
    })
    outgoing.on('response', (response) => {
      incoming = response
      clearTimeout(timer)
      outgoing.setTimeout(0)
      response.once('close', settle)
      const head = { status: response.statusCode ?? 0, headers: flatten(response) }
      if (!isBodiless(response, request)) return resolve({ ...head, body: responseBody(response, request, limits.idle, signal) })
      // Answered only once the connection is free, so that the next request finds it.
      response.on('end', () => resolve({ ...head, body: EMPTY_BODY }))
      response.on('error', (error) => reject(signal.aborted ? cancelled(request, signal.reason) : networkError(error, request)))
      response.resume()
    })
    // Stays after the answer's head has come: a reset then surfaces in the body.
    outgoing.on('error', (error) => {
      if (incoming === undefined) settle()
      reject(signal.aborted ? cancelled(request, signal.reason) : networkError(error, request))
    })
    outgoing.end(request.body)
  })
}

function flatten(response: IncomingMessage): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}

/** Gives a socket only addresses that pass. A name with none that does fails with what `check` threw for the first. */
function lookupWith(resolve: Resolve, check: (host: string, address: string) => void): LookupFunction {
  return (host, options, callback) =>
    resolve(host, (error, addresses) => {
      if (error !== null) return callback(error, '')
      const refusals: Error[] = []
      const passed = addresses.filter(({ address }) => {
        try {
          check(host, address)
          return true
        } catch (refusal) {
          refusals.push(asError(refusal))
          return false
        }
      })
      const [first] = passed
      if (first === undefined) return callback(refusals[0] ?? Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '')
      if (options.all === true) return callback(null, passed)
      return callback(null, first.address, first.family)
    })
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error('not an error', { cause: value })
}
