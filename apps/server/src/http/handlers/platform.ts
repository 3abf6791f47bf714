import { openApiDocument, routes } from '@sluice/api'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, type Env } from '../serve.ts'

export function servePlatform(app: Hono<Env>, deps: AppDeps): void {
  // Answered without the use cases, which may still be loading: the metadata is open and requests are taken.
  app.get(routes.healthRoute.path, (c) => {
    c.set('operation', routes.healthRoute.id)
    return c.json(routes.healthRoute.answer.parse({ status: 'ok', version: deps.version }))
  })
  serve(app, deps, routes.platformRoute, async (_input, { services }) => services.platform())
  serve(app, deps, routes.cloudsRoute, async (_input, { services }) => ({
    clouds: services.connections.clouds().map((cloud) => ({
      id: cloud.id,
      label: cloud.label,
      schemes: [...cloud.schemes],
      storageTypes: [...cloud.storageTypes],
      takesEndpoint: cloud.takesEndpoint,
      presets: (cloud.presets ?? []).map(({ id, label, endpoint }) => ({ id, label, ...(endpoint === undefined ? {} : { endpoint }) })),
      capabilities: cloud.capabilities,
      methods: cloud.methods.map(({ sharesIdentity: _, ...method }) => ({
        ...method,
        fields: [...method.fields],
        access: [...method.access],
        awaits: [...method.awaits],
        setups: [...method.setups],
      })),
    })),
  }))
  serve(app, deps, routes.openapiRoute, async () => openApiDocument(deps.version))
}
