import { routes, toProblem, type Problem } from '@sluice/api'
import { accessError, asAccessError, type CheckEvent } from '@sluice/core'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, serveRaw, type Env } from '../serve.ts'
import { acceptedForm, started, streamResponse } from '../stream.ts'
import { startWork } from '../work.ts'

type Streamed = CheckEvent | { readonly type: 'problem'; readonly problem: Problem }

export function serveValidations(app: Hono<Env>, deps: AppDeps): void {
  serveRaw(app, deps, routes.validateRoute, async (c, { params, body }, caller) => {
    const work = startWork([c.req.raw.signal, deps.stopping])
    const { services } = await deps.parts()
    const events = services.validations.validate(caller, params.name, body, work.signal)
    if (acceptedForm(c.req.header('accept')) === 'text/event-stream') {
      const told = orProblem(await started(each(events)), caller.requestId, deps)
      return streamResponse(told, 'text/event-stream', work, deps.limits.heartbeatMs)
    }
    try {
      for await (const event of events) {
        if (event.type === 'report') return Response.json(routes.validateRoute.answer.parse(event.report))
      }
    } finally {
      work.end()
    }
    throw accessError('internal.defect', { message: 'The validation ended without a report.' })
  })

  serve(app, deps, routes.validationHistoryRoute, async ({ params, query }, { services, caller }) => ({
    reports: [...(await services.validations.history(caller, params.name, query.limit ?? 10))],
  }))
}

async function* each(events: AsyncIterable<CheckEvent>): AsyncGenerator<CheckEvent, void, undefined> {
  yield* events
}

async function* orProblem(events: AsyncIterable<CheckEvent>, requestId: string, deps: AppDeps): AsyncGenerator<Streamed, void, undefined> {
  try {
    yield* events
  } catch (thrown) {
    const error = asAccessError(thrown)
    if (error.code === 'internal') deps.log.defect({ requestId, operation: routes.validateRoute.id }, 'A validation failed', thrown)
    yield { type: 'problem', problem: toProblem(error, requestId) }
  }
}
