import { accessError } from '@sluice/core'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { z } from 'zod'
import { fromProblem, problemSchema } from '../problem.ts'
import type { Route, RouteInput } from '../route.ts'
import { cut, jsonOr, parse, send, unexpected, type ClientOptions } from './http.ts'

/**
 * Calls a route that streams and yields its events. Leaving the loop early closes the connection, which cancels the work.
 *
 * `isLast` tells the event a whole stream ends with: one that ends before it was cut off and throws `network.truncated`.
 */
export async function* stream<R extends Route, E extends z.ZodType>(
  options: ClientOptions,
  route: R & { readonly events?: { readonly schema: E } },
  input: RouteInput<R>,
  as: 'text/event-stream' | 'application/x-ndjson',
  isLast: (event: z.output<E>) => boolean,
  signal?: AbortSignal,
): AsyncGenerator<z.output<E>, void, undefined> {
  const { events } = route
  if (events === undefined) throw unexpected(`${route.id} streams nothing.`)
  const leave = new AbortController()
  const either = signal === undefined ? leave.signal : AbortSignal.any([signal, leave.signal])
  try {
    const response = await send(options, route, input, as, either)
    const texts = as === 'text/event-stream' ? sseData(response) : lines(response)
    for await (const text of texts) {
      const value = jsonOr(text)
      if (value === undefined) throw unexpected('The server sent an event that is not JSON.')
      const problem = problemIn(value)
      if (problem !== undefined) throw problem
      const event = parse(events.schema, value)
      yield event
      if (isLast(event)) return
    }
  } catch (cause) {
    throw cut(cause, options.baseUrl, signal)
  } finally {
    leave.abort()
  }
  throw accessError('network.truncated', {
    message: `The answer of ${options.baseUrl} ended before its last event.`,
    remedy: 'Run it again; if it lasts, look for a proxy that cuts long answers.',
  })
}

function problemIn(value: unknown) {
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'problem' || !('problem' in value))
    return undefined
  return fromProblem(parse(problemSchema, value.problem))
}

async function* sseData(response: Response): AsyncGenerator<string> {
  if (response.body === null) return
  for await (const event of response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())) yield event.data
}

async function* lines(response: Response): AsyncGenerator<string> {
  if (response.body === null) return
  let rest = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) if (line !== '') yield line
  }
  // A last line without its end was cut.
}
