import { routes } from '@sluice/api'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, type Env } from '../serve.ts'
import { leaseView } from '../views.ts'

export function serveLeases(app: Hono<Env>, deps: AppDeps): void {
  serve(app, deps, routes.createLeaseRoute, async ({ body }, { caller, signal }) =>
    leaseView(await deps.services.leases.create(caller, body, signal), deps),
  )
}
