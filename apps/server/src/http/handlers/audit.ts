import { routes } from '@sluice/api'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, type Env } from '../serve.ts'

export function serveAudit(app: Hono<Env>, deps: AppDeps): void {
  serve(app, deps, routes.listAuditRoute, async ({ query }, { services, caller }) => ({
    events: [...(await services.audit.list(caller, { ...query, limit: query.limit ?? 100 }))],
  }))
}
