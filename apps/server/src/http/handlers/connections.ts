import { routes } from '@sluice/api'
import type { Connection } from '@sluice/core'
import type { CreatedConnection, DeletionPlan } from '@sluice/service'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, type Env, type Served } from '../serve.ts'
import { connectionSummary, connectionView } from '../views.ts'

const PAGE = 100

export function serveConnections(app: Hono<Env>, deps: AppDeps): void {
  const now = () => deps.clock.now()
  serve(app, deps, routes.createConnectionRoute, async ({ body, query }, served) => {
    const { connections } = served.services
    return saved(
      query.replace === 'true' ? await connections.replace(served.caller, body) : await connections.create(served.caller, body),
      served,
      now(),
    )
  })
  serve(app, deps, routes.listConnectionsRoute, async ({ query }, served) => {
    const limit = query.limit ?? PAGE
    const page = await served.services.connections.list(served.caller, { ...query, limit })
    const last = page.length < limit ? undefined : page.at(-1)
    return {
      connections: page.map((connection) => connectionSummary(connection, served, now())),
      ...(last === undefined ? {} : { next: last.name }),
    }
  })
  serve(app, deps, routes.showConnectionRoute, async ({ params }, served) =>
    one(await served.services.connections.get(served.caller, params.name), served, now()),
  )
  serve(app, deps, routes.updateConnectionRoute, async ({ params, body, query }, served) =>
    saved(await served.services.connections.update(served.caller, params.name, body, query.version), served, now()),
  )
  serve(app, deps, routes.disableConnectionRoute, async ({ params }, served) =>
    one(await served.services.connections.disable(served.caller, params.name), served, now()),
  )
  serve(app, deps, routes.enableConnectionRoute, async ({ params }, served) =>
    one(await served.services.connections.enable(served.caller, params.name), served, now()),
  )
  serve(app, deps, routes.deletionPlanRoute, async ({ params }, { services, caller }) =>
    plan(await services.connections.deletionPlan(caller, params.name)),
  )
  serve(app, deps, routes.deleteConnectionRoute, async ({ params }, { services, caller }) =>
    plan(await services.connections.delete(caller, params.name)),
  )
}

function one(connection: Connection, served: Served, now: number) {
  return { connection: connectionView(connection, served, now) }
}

function saved({ connection, warnings }: CreatedConnection, served: Served, now: number) {
  return { ...one(connection, served, now), warnings: [...warnings] }
}

function plan({ stages, customerMayRemove }: DeletionPlan) {
  return { stages: [...stages], customerMayRemove: [...customerMayRemove] }
}
