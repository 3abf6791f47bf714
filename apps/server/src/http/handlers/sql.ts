import { routes, type SqlEvent } from '@sluice/api'
import type { QueryProgress } from '@sluice/core'
import type { SqlRequest, StatementResult } from '@sluice/service'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { orProblem } from '../serve-events.ts'
import { serve, serveRaw, type Env } from '../serve.ts'
import { acceptedForm, started, streamResponse, withProgress } from '../stream.ts'
import { startWork } from '../work.ts'

export function serveSql(app: Hono<Env>, deps: AppDeps): void {
  serveRaw(app, deps, routes.runSqlRoute, async (c, { body }, caller) => {
    const { sql } = (await deps.parts()).services
    const work = startWork([c.req.raw.signal, deps.stopping])
    const form = acceptedForm(c.req.header('accept')) ?? 'application/x-ndjson'
    const events =
      form === 'text/event-stream'
        ? withProgressEvents((onProgress) => sql.run(caller, { ...body, onProgress }, work.signal))
        : await started(resultEvents(sql.run(caller, body satisfies SqlRequest, work.signal)))
    return streamResponse(
      orProblem(events, routes.runSqlRoute.id, caller.requestId, deps, 'A statement failed'),
      form,
      work,
      deps.limits.heartbeatMs,
    )
  })

  serve(app, deps, routes.sqlHistoryRoute, async ({ query }, { services, caller }) => ({
    statements: [...(await services.sql.history(caller, query.limit ?? 100))],
  }))
}

async function* resultEvents(results: AsyncIterable<StatementResult>): AsyncGenerator<SqlEvent, void, undefined> {
  let statements = 0
  for await (const result of results) {
    statements += 1
    yield resultEvent(result)
  }
  yield { type: 'end', statements }
}

async function* withProgressEvents(
  run: (onProgress: (progress: QueryProgress) => void) => AsyncIterable<StatementResult>,
): AsyncGenerator<SqlEvent, void, undefined> {
  let statements = 0
  for await (const item of withProgress<QueryProgress, StatementResult>(run)) {
    if ('progress' in item) yield { type: 'progress', progress: item.progress }
    else {
      statements += 1
      yield resultEvent(item.value)
    }
  }
  yield { type: 'end', statements }
}

function resultEvent(result: StatementResult): SqlEvent {
  return {
    type: 'result',
    result: { ...result, columns: [...result.columns], rows: [...result.rows], warnings: [...result.warnings] },
  }
}
