import { routes } from '@sluice/api'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, type Env } from '../serve.ts'

export function serveDiagnoses(app: Hono<Env>, deps: AppDeps): void {
  serve(app, deps, routes.diagnoseRoute, ({ params, body }, { services, caller, signal }) =>
    services.diagnoses.diagnose(caller, params.name, body, signal),
  )
}
