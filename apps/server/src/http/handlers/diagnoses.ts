import { routes } from '@sluice/api'
import type { DiagnosisEvent } from '@sluice/core'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serveEvents } from '../serve-events.ts'
import type { Env } from '../serve.ts'

export function serveDiagnoses(app: Hono<Env>, deps: AppDeps): void {
  serveEvents(app, deps, routes.diagnoseRoute, ({ params, body }) => ({
    run: ({ diagnoses }, caller, signal) => diagnoses.follow(caller, params.name, body, signal),
    answer: (event: DiagnosisEvent) => (event.type === 'report' ? event.report : undefined),
  }))
}
