import { routes } from '@sluice/api'
import type { CheckEvent } from '@sluice/core'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serveEvents } from '../serve-events.ts'
import { serve, type Env } from '../serve.ts'

export function serveValidations(app: Hono<Env>, deps: AppDeps): void {
  serveEvents(app, deps, routes.validateRoute, ({ params, body }) => ({
    run: ({ validations }, caller, signal) => validations.validate(caller, params.name, body, signal),
    answer: (event: CheckEvent) => (event.type === 'report' ? event.report : undefined),
  }))

  serve(app, deps, routes.validationHistoryRoute, async ({ params, query }, { services, caller }) => ({
    reports: [...(await services.validations.history(caller, params.name, query.limit ?? 10))],
  }))
}
