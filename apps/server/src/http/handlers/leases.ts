import { routes } from '@sluice/api'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, type Env } from '../serve.ts'
import { leaseView } from '../views.ts'

export function serveLeases(app: Hono<Env>, deps: AppDeps): void {
  serve(app, deps, routes.createLeaseRoute, async ({ body }, served) =>
    leaseView(await served.services.leases.create(served.caller, body, served.signal), served),
  )
}
