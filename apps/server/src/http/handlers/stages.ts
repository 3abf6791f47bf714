import { routes } from '@sluice/api'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, type Env } from '../serve.ts'
import { stageView } from '../views.ts'

const PAGE = 100

export function serveStages(app: Hono<Env>, deps: AppDeps): void {
  const { stages } = deps.services
  serve(app, deps, routes.createStageRoute, async ({ body, query }, { caller }) => ({
    stage: stageView(await stages.create(caller, body, query.mode ?? 'create'), deps),
  }))
  serve(app, deps, routes.listStagesRoute, async ({ query }, { caller }) => {
    const limit = query.limit ?? PAGE
    const page = await stages.list(caller, { ...query, limit })
    const last = page.length < limit ? undefined : page.at(-1)
    return { stages: page.map((stage) => stageView(stage, deps)), ...(last === undefined ? {} : { next: last.name }) }
  })
  serve(app, deps, routes.showStageRoute, async ({ params }, { caller }) => ({
    stage: stageView(await stages.get(caller, params.name), deps),
  }))
  serve(app, deps, routes.deleteStageRoute, async ({ params, query }, { caller }) => {
    await stages.delete(caller, params.name, query.ifExists === 'true')
    return {}
  })
  serve(app, deps, routes.stageFilesRoute, ({ params, query }, { caller, signal }) => stages.files(caller, params.name, query, signal))
}
