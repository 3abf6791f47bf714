import { routes } from '@sluice/api'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, type Env } from '../serve.ts'

export function serveSetup(app: Hono<Env>, deps: AppDeps): void {
  const { setups } = deps.services
  serve(app, deps, routes.showSetupRoute, ({ params, query }, { caller }) => setups.forConnection(caller, params.name, query))
  serve(app, deps, routes.publishSetupRoute, ({ params, body }, { caller, signal }) => setups.publish(caller, params.name, body, signal))
}
