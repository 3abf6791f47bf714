import { decodeQuery, type Route, type RouteInput } from '@sluice/api'
import { accessError, isAccessError, isTooDeep, type Json } from '@sluice/core'
import type { Caller } from '@sluice/service'
import type { Context, Hono } from 'hono'
import type { z } from 'zod'
import { readBytes } from './body.ts'
import type { AppDeps, Parts } from './deps.ts'
import { startWork } from './work.ts'

/** What the application keeps with each request. */
export interface Env {
  Variables: { requestId: string; actor?: string; operation?: string }
}

/** What a handler knows about a request beside its input. */
export interface Served extends Parts {
  readonly caller: Caller
  /** Aborted when the caller has gone, the server stops, or the request took too long. */
  readonly signal: AbortSignal
}

type Input<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = RouteInput<Route<P, Q, B>>

const NOBODY = { organization: '', project: '', actor: 'nobody' }

/** Serves a route with JSON: input parsed by the contract, output held to it, so that nothing leaves that the contract does not name. */
export function serve<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(
  app: Hono<Env>,
  deps: AppDeps,
  route: Route<P, Q, B, A>,
  handle: (input: Input<P, Q, B>, served: Served) => Promise<z.output<A>>,
): void {
  serveRaw(app, deps, route, async (c, input, caller) => {
    const work = startWork([c.req.raw.signal, deps.stopping], deps.limits.requestMs)
    const handled = deps.parts().then((parts) => handle(input, { ...parts, caller, signal: work.signal }))
    const output = await answerBefore(work.signal, handled).finally(work.end)
    if (route.status === 204) return c.body(null, 204)
    return Response.json(route.answer.parse(output), { status: route.status })
  })
}

/** Serves a route whose handler makes the response itself. */
export function serveRaw<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  app: Hono<Env>,
  deps: AppDeps,
  route: Route<P, Q, B>,
  handle: (c: Context<Env>, input: Input<P, Q, B>, caller: Caller) => Promise<Response>,
): void {
  app.on(route.method.toUpperCase(), route.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
    c.set('operation', route.id)
    const requestId = c.get('requestId')
    const identity = route.open ? NOBODY : await identify(c, deps)
    c.set('actor', identity.actor)
    const input = {
      params: parse(route.params, c.req.param(), 'path'),
      query: parse(route.query, decodeQuery(new URL(c.req.url).searchParams), 'query'),
      body: parse(route.body, await readBody(c, deps, route), 'body'),
    }
    return handle(c, input, { ...identity, requestId })
  })
}

async function identify(c: Context<Env>, deps: AppDeps) {
  const token = /^Bearer ([\w.~+/=-]{1,512})$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (token === undefined) throw accessError('auth.missing_token', { message: 'The request carries no API token.' })
  const identity = await deps.authenticate(token)
  if (identity === undefined) throw accessError('auth.unknown_token', { message: 'This server did not issue the API token.' })
  return identity
}

async function readBody(c: Context<Env>, { limits }: AppDeps, route: Route): Promise<unknown> {
  if (route.method !== 'post' && route.method !== 'patch') return {}
  const bytes = await readBytes(c.req.raw, { bytes: limits.bodyBytes, milliseconds: limits.requestMs })
  if (bytes.byteLength === 0) return {}
  const body = jsonIn(bytes)
  if (isTooDeep(body)) throw accessError('request.invalid', { message: 'The body nests too deep.' })
  return body
}

function jsonIn(bytes: Uint8Array): Json {
  try {
    // Bytes that are no text must not become other text: a password would silently be another one.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw accessError('request.invalid', { message: 'The body is not JSON.', cause })
  }
}

function parse<S extends z.ZodType>(schema: S, value: unknown, part: 'path' | 'query' | 'body'): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const context: { [field: string]: string } = {}
  for (const issue of result.error.issues.slice(0, 10)) context[[part, ...issue.path].join('.')] = issue.message
  const listed = Object.entries(context).map(([field, message]) => `${field}: ${message}`)
  throw accessError('request.invalid', { message: `The request does not fit ${listed.join('; ')}.`, context })
}

/** The answer, or the reason there will be none: a use case that does not watch the signal must not keep its caller waiting. */
async function answerBefore<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () =>
    reject(isAccessError(signal.reason) ? signal.reason : accessError('request.cancelled', { message: 'The request was cancelled.' }))
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  return await Promise.race([answer, promise])
}
