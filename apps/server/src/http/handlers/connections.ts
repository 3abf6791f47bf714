import { routes } from '@sluice/api'
import type { CreatedConnection, DeletionPlan } from '@sluice/service'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, type Env } from '../serve.ts'
import { connectionSummary, connectionView } from '../views.ts'

const PAGE = 100

export function serveConnections(app: Hono<Env>, deps: AppDeps): void {
  const { connections } = deps.services
  const saved = ({ connection, warnings }: CreatedConnection) => ({ connection: connectionView(connection, deps), warnings: [...warnings] })
  const plan = ({ stages, customerMayRemove }: DeletionPlan) => ({ stages: [...stages], customerMayRemove: [...customerMayRemove] })

  serve(app, deps, routes.createConnectionRoute, async ({ body, query }, { caller }) =>
    saved(query.replace === 'true' ? await connections.replace(caller, body) : await connections.create(caller, body)),
  )
  serve(app, deps, routes.listConnectionsRoute, async ({ query }, { caller }) => {
    const limit = query.limit ?? PAGE
    const page = await connections.list(caller, { ...query, limit })
    const last = page.length < limit ? undefined : page.at(-1)
    return {
      connections: page.map((connection) => connectionSummary(connection, deps)),
      ...(last === undefined ? {} : { next: last.name }),
    }
  })
  serve(app, deps, routes.showConnectionRoute, async ({ params }, { caller }) => ({
    connection: connectionView(await connections.get(caller, params.name), deps),
  }))
  serve(app, deps, routes.updateConnectionRoute, async ({ params, body, query }, { caller }) =>
    saved(await connections.update(caller, params.name, body, query.version)),
  )
  serve(app, deps, routes.disableConnectionRoute, async ({ params }, { caller }) => ({
    connection: connectionView(await connections.disable(caller, params.name), deps),
  }))
  serve(app, deps, routes.enableConnectionRoute, async ({ params }, { caller }) => ({
    connection: connectionView(await connections.enable(caller, params.name), deps),
  }))
  serve(app, deps, routes.deletionPlanRoute, async ({ params }, { caller }) => plan(await connections.deletionPlan(caller, params.name)))
  serve(app, deps, routes.deleteConnectionRoute, async ({ params }, { caller }) => plan(await connections.delete(caller, params.name)))
}
