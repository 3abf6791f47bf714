import { routes } from '@sluice/api'
import type { Stage } from '@sluice/core'
import type { Hono } from 'hono'
import type { AppDeps, Parts } from '../deps.ts'
import { serve, type Env } from '../serve.ts'
import { stageView } from '../views.ts'

const PAGE = 100

export function serveStages(app: Hono<Env>, deps: AppDeps): void {
  serve(app, deps, routes.createStageRoute, async ({ body, query }, served) =>
    one(await served.services.stages.create(served.caller, body, query.mode ?? 'create'), served),
  )
  serve(app, deps, routes.listStagesRoute, async ({ query }, served) => {
    const limit = query.limit ?? PAGE
    const page = await served.services.stages.list(served.caller, { ...query, limit })
    const last = page.length < limit ? undefined : page.at(-1)
    return { stages: await views(page, served), ...(last === undefined ? {} : { next: last.name }) }
  })
  serve(app, deps, routes.showStageRoute, async ({ params }, served) =>
    one(await served.services.stages.get(served.caller, params.name), served),
  )
  serve(app, deps, routes.deleteStageRoute, async ({ params, query }, { services, caller }) => {
    await services.stages.delete(caller, params.name, query.ifExists === 'true')
    return {}
  })
  serve(app, deps, routes.stageFilesRoute, ({ params, query }, { services, caller, signal }) =>
    services.stages.files(caller, params.name, query, signal),
  )
}

async function one(stage: Stage, parts: Parts) {
  return { stage: stageView(stage, await parts.connectionName(stage.connectionId), parts) }
}

/** The views of many stages; each connection is looked up once. */
async function views(stages: readonly Stage[], parts: Parts) {
  const ids = [...new Set(stages.map((stage) => stage.connectionId))]
  const names = new Map(await Promise.all(ids.map(async (id) => [id, await parts.connectionName(id)] as const)))
  return stages.map((stage) => stageView(stage, names.get(stage.connectionId), parts))
}
