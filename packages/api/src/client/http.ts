import { accessError, isAccessError, type AccessError } from '@sluice/core'
import type { z } from 'zod'
import { fromProblem, problemSchema } from '../problem.ts'
import { encodeQuery } from '../query.ts'
import type { Route, RouteInput } from '../route.ts'

/** Where a client sends its requests, as whom and through what. */
export interface ClientOptions {
  /** `http://127.0.0.1:7780` */
  readonly baseUrl: string
  readonly token?: string
  /** For tests and for embedding; the platform's own otherwise. */
  readonly fetch?: (request: Request) => Promise<Response> | Response
}

/** Calls one route; errors come back as AccessErrors. */
export async function call<R extends Route, A extends z.ZodType>(
  options: ClientOptions,
  route: R & { readonly answer: A },
  input: RouteInput<R>,
  signal?: AbortSignal,
): Promise<z.output<A>> {
  const response = await send(options, route, input, 'application/json', signal)
  if (response.status === 204) return parse(route.answer, {})
  return parse(route.answer, await readJson(response))
}

/** Sends a route's request and returns the response when it is a success. */
export async function send<R extends Route>(
  options: ClientOptions,
  route: R,
  input: RouteInput<R>,
  accept: string,
  signal?: AbortSignal,
): Promise<Response> {
  const params: { readonly [name: string]: unknown } = Object(input.params)
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(String(params[name])))
  const hasBody = route.method === 'post' || route.method === 'patch'
  const request = new Request(new URL(path + encodeQuery(Object(input.query)), options.baseUrl), {
    method: route.method.toUpperCase(),
    headers: {
      accept,
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    },
    ...(hasBody ? { body: JSON.stringify(input.body) } : {}),
    ...(signal === undefined ? {} : { signal }),
  })
  const response = await reach(options, request, signal)
  if (response.ok) return response
  throw await problemOf(response)
}

async function reach(options: ClientOptions, request: Request, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await (options.fetch ?? fetch)(request)
  } catch (cause) {
    throw cut(cause, options.baseUrl, signal)
  }
}

/** What became of a request that ended without an answer: cancelled by us, or the server is not there. */
export function cut(cause: unknown, baseUrl: string, signal: AbortSignal | undefined): AccessError {
  if (isAccessError(cause)) return cause
  if (signal?.aborted === true) return accessError('request.cancelled', { message: 'The request was cancelled.', cause })
  return accessError('server.unreachable', {
    message: `No answer came from the server at ${baseUrl}.`,
    context: { server: baseUrl },
    cause,
  })
}

async function problemOf(response: Response): Promise<AccessError> {
  const text = await response.text().catch(() => '')
  const problem = problemSchema.safeParse(jsonOr(text))
  if (problem.success) return fromProblem(problem.data)
  return unexpected(`The server answered ${response.status} without saying why.`, { status: response.status })
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (cause) {
    throw unexpected('The server answered something that is not JSON.', { status: response.status }, cause)
  }
}

/** What an answer or event must be; anything else means that client and server do not fit together. */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw unexpected(`The server's answer is not what this client expects at ${issue?.path.join('.') || 'its top'}: ${issue?.message ?? ''}`)
}

/** The parsed text, or undefined when it is not JSON. */
export function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function unexpected(message: string, context: { readonly [key: string]: string | number } = {}, cause?: unknown): AccessError {
  return accessError('server.unexpected_answer', { message, context, ...(cause === undefined ? {} : { cause }) })
}
