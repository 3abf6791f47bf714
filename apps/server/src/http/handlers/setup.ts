import { routes } from '@sluice/api'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, type Env } from '../serve.ts'

export function serveSetup(app: Hono<Env>, deps: AppDeps): void {
  serve(app, deps, routes.showSetupRoute, ({ params, query }, { services, caller }) =>
    services.setups.forConnection(caller, params.name, query),
  )
  serve(app, deps, routes.publishSetupRoute, ({ params, body }, { services, caller, signal }) =>
    services.setups.publish(caller, params.name, body, signal),
  )
}
