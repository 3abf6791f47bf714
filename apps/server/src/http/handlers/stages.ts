import { routes } from '@sluice/api'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, type Env } from '../serve.ts'
import { stageView } from '../views.ts'

const PAGE = 100

export function serveStages(app: Hono<Env>, deps: AppDeps): void {
  serve(app, deps, routes.createStageRoute, async ({ body, query }, { services, caller, locationUrl }) => ({
    stage: stageView(await services.stages.create(caller, body, query.mode ?? 'create'), { locationUrl }),
  }))
  serve(app, deps, routes.listStagesRoute, async ({ query }, { services, caller, locationUrl }) => {
    const limit = query.limit ?? PAGE
    const page = await services.stages.list(caller, { ...query, limit })
    const last = page.length < limit ? undefined : page.at(-1)
    return { stages: page.map((stage) => stageView(stage, { locationUrl })), ...(last === undefined ? {} : { next: last.name }) }
  })
  serve(app, deps, routes.showStageRoute, async ({ params }, { services, caller, locationUrl }) => ({
    stage: stageView(await services.stages.get(caller, params.name), { locationUrl }),
  }))
  serve(app, deps, routes.deleteStageRoute, async ({ params, query }, { services, caller }) => {
    await services.stages.delete(caller, params.name, query.ifExists === 'true')
    return {}
  })
  serve(app, deps, routes.stageFilesRoute, ({ params, query }, { services, caller, signal }) =>
    services.stages.files(caller, params.name, query, signal),
  )
}
