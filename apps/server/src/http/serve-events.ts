import { toProblem, type Problem, type Route, type RouteInput } from '@sluice/api'
import { accessError, asAccessError } from '@sluice/core'
import type { Caller, Services } from '@sluice/service'
import type { Hono } from 'hono'
import type { z } from 'zod'
import type { AppDeps, Parts } from './deps.ts'
import { serveRaw, type Env } from './serve.ts'
import { acceptedForm, started, streamResponse } from './stream.ts'
import { startWork } from './work.ts'

type Told = { readonly type: string }

/** What a route does, event by event, and what it answers to those who want no events: something of the last one. */
interface Events<Event extends Told, Answer> {
  readonly run: (services: Services, caller: Caller, signal: AbortSignal, parts: Parts) => AsyncIterable<Event>
  readonly answer: (event: Event) => Answer | undefined
}

/** Serves a route that tells what it does as it goes. Its reader going away ends the work. */
export function serveEvents<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType, Event extends Told>(
  app: Hono<Env>,
  deps: AppDeps,
  route: Route<P, Q, B, A>,
  events: (input: RouteInput<Route<P, Q, B>>) => Events<Event, z.output<A>>,
): void {
  serveRaw(app, deps, route, async (c, input, caller) => {
    const work = startWork([c.req.raw.signal, deps.stopping])
    const parts = await deps.parts()
    const { run, answer } = events(input)
    const told = run(parts.services, caller, work.signal, parts)
    if (acceptedForm(c.req.header('accept')) === 'text/event-stream') {
      const stream = orProblem(await started(each(told)), route.id, caller.requestId, deps)
      return streamResponse(stream, 'text/event-stream', work, deps.limits.heartbeatMs)
    }
    try {
      for await (const event of told) {
        const answered = answer(event)
        if (answered !== undefined) return Response.json(route.answer.parse(answered))
      }
    } finally {
      work.end()
    }
    throw accessError('internal.defect', { message: `${route.id} ended without its last event.` })
  })
}

async function* each<Event>(events: AsyncIterable<Event>): AsyncGenerator<Event, void, undefined> {
  yield* events
}

/** The events, and in the place of an error its problem as the last one. */
export async function* orProblem<Event extends Told>(
  events: AsyncIterable<Event>,
  operation: string,
  requestId: string,
  deps: AppDeps,
  words = 'A request failed',
): AsyncGenerator<Event | { readonly type: 'problem'; readonly problem: Problem }, void, undefined> {
  try {
    yield* events
  } catch (thrown) {
    const error = asAccessError(thrown)
    if (error.code === 'internal') deps.log.defect({ requestId, operation }, words, thrown)
    yield { type: 'problem', problem: toProblem(error, requestId) }
  }
}
